"""Styles: which of a document's styles hide their text, or make it white."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from decloak.readers.docx.package import local
from decloak.readers.docx.values import is_on, is_shade, is_tiny, is_white, value_of

__all__ = ["PLAIN", "ReadStyles", "Styles"]

_DEEPEST = 20
"""Styles that a style is based on, one on the other."""


class Styles(NamedTuple):
    """The ids of styles of paragraphs and runs that say whether their text is seen."""

    hidden: frozenset[str]
    white: frozenset[str]


PLAIN = Styles(frozenset(), frozenset())


@dataclass(slots=True)
class _Style:
    base: str = ""
    hidden: bool | None = None
    white: bool | None = None
    shaded: bool = False


class ReadStyles:
    """Takes the styles from the events of their part's XML."""

    def __init__(self) -> None:
        self._found: dict[str, _Style] = {}
        self._style = _Style()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
        name, style, value = local(tag), self._style, value_of(attributes)
        if name == "style":
            self._style = self._found.setdefault(value_of(attributes, "styleId"), _Style())
        elif name == "basedOn":
            style.base = value
        elif name == "vanish":
            style.hidden = is_on(attributes)
        elif name == "sz" and is_tiny(value):
            style.hidden = True
        elif name == "color":
            style.white = is_white(value)
        elif name in {"shd", "highlight"}:
            style.shaded |= is_shade(name, attributes)

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if local(tag) == "style":
            self._style = _Style()

    def data(self, text: str) -> None:
        """Pass over text: styles have none."""

    def close(self) -> None:
        """Take the end of the part."""

    def styles(self) -> Styles:
        """Return what was found, with what each style takes over from those it is based on."""
        hidden, white = set(), set()
        for name in self._found:
            chain = self._chain(name)
            if next((each.hidden for each in chain if each.hidden is not None), False):
                hidden.add(name)
            shaded = any(each.shaded for each in chain)
            if not shaded and next((each.white for each in chain if each.white is not None), False):
                white.add(name)
        return Styles(frozenset(hidden), frozenset(white))

    def _chain(self, name: str) -> list[_Style]:
        chain: list[_Style] = []
        while name in self._found and len(chain) < _DEEPEST:
            chain.append(self._found[name])
            name = chain[-1].base
        return chain
