"""Values: what the attributes of WordprocessingML say."""

from __future__ import annotations

from collections.abc import Mapping

from decloak.readers.docx.package import local

__all__ = ["is_on", "is_shade", "is_tiny", "is_white", "value_of"]

_OFF = ("0", "false", "off", "none")
_WHITES = ("FFFFFF", "FEFEFE", "FDFDFD")
_NO_FILL = ("auto", "FFFFFF", "")
_TINY = 3  # half points


def value_of(attributes: Mapping[str, str], name: str = "val") -> str:
    """Return an attribute by its name without namespace, or ""."""
    for key, value in attributes.items():
        if local(key) == name:
            return value
    return ""


def is_on(attributes: Mapping[str, str]) -> bool:
    """Whether a property that is named is on: it is, unless it says that it is not."""
    return value_of(attributes).lower() not in _OFF


def is_white(colour: str) -> bool:
    """Whether a colour is that of paper, or as good as that."""
    return colour.upper() in _WHITES


def is_tiny(size: str) -> bool:
    """Whether a size in half points is too small to be read."""
    return size.isdecimal() and int(size[:6]) <= _TINY


def is_shade(name: str, attributes: Mapping[str, str]) -> bool:
    """Whether ``shd`` or ``highlight`` gives text another colour behind it than paper's."""
    if name == "highlight":
        return is_on(attributes)
    return value_of(attributes, "fill") not in _NO_FILL
