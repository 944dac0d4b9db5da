"""CPE names: the formatted string of version 2.3 and the URI of 2.2, read and written (NISTIR 7695)."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

__all__ = ["BadCpeError", "Cpe", "parse_cpe"]

_COLON = re.compile(r"(?<!\\):")
_PLAIN = re.compile(r"[A-Za-z0-9_.\-]")
_ESCAPED = re.compile(r"\\(.)")
_PARTS = frozenset("aoh*-")


class BadCpeError(ValueError):
    """A text is no CPE name."""


class Cpe(NamedTuple):
    """A platform: the attributes that names are compared by, without escapes, in lower case.

    Attributes:
        part: ``a`` an application, ``o`` an operating system, ``h`` hardware.
        vendor, product, version, update: a value, ``*`` for any, ``-`` for none.
        target_sw: where it runs, ``*`` for any.
    """

    part: str
    vendor: str
    product: str
    version: str = "*"
    update: str = "*"
    target_sw: str = "*"

    @property
    def name(self) -> str:
        """The formatted string: ``cpe:2.3:a:openbsd:openssh:8.4:p1:*:*:*:*:*:*``."""
        values = (self.vendor, self.product, self.version, self.update)
        bound = ":".join(map(_bound, values))
        return f"cpe:2.3:{self.part}:{bound}:*:*:*:{_bound(self.target_sw)}:*:*"


def _bound(value: str) -> str:
    if value in {"*", "-", ""}:
        return value or "*"
    return "".join(char if _PLAIN.match(char) or char > "\x7f" else f"\\{char}" for char in value)


def parse_cpe(name: str) -> Cpe:
    """Read a CPE name of either version.

    Raises:
        BadCpeError: when it is none.
    """
    low = name.strip().lower()
    if low.startswith("cpe:2.3:"):
        cells = [_ESCAPED.sub(r"\1", cell) for cell in _COLON.split(low)[2:]]
        if len(cells) == 11 and cells[0] in _PARTS and cells[2]:
            part, vendor, product, version, update = cells[:5]
            return Cpe(part, vendor, product, version, update, cells[8])
    elif low.startswith("cpe:/"):
        cells = [unquote(cell) or "*" for cell in low[5:].split(":")]
        if 3 <= len(cells) <= 7 and cells[0] in _PARTS:
            return Cpe(*cells[:5])
    message = f"{name[:80]!r} is no CPE name"
    raise BadCpeError(message)
