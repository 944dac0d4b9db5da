"""Offsets: from code points to the units that JavaScript and C count in.

* ``codepoint``: code points of the text, what Python indexes.
* ``utf16``: UTF-16 code units of the text, what JavaScript and Java index. The byte-order mark is
  no part of the text.
* ``bytes``: bytes of the file as it was read (after decompression), its byte-order mark included,
  so that ``file[start:end]`` is the entity. For a UTF-16 or UTF-32 file these are bytes of that
  file. For a line of a JSON-lines file, whose text is escaped, they are bytes of the text in
  UTF-8, a lone surrogate counting three.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable
from functools import partial

from decloak.core.document import Document

__all__ = ["UNITS", "converter"]

UNITS = ("codepoint", "utf16", "bytes")

_STEP = 256
"""Code points between two checkpoints: a look-up measures at most this much text."""


def converter(document: Document, unit: str) -> Callable[[int], int] | None:
    """Return the map from code-point offsets of a document to `unit`; None when it is the identity.

    One pass over the text puts down checkpoints; a look-up then costs the same wherever it is.

    Raises:
        ValueError: for an unknown unit.
    """
    if unit not in UNITS:
        message = f"unknown unit {unit!r}; known: {', '.join(UNITS)}"
        raise ValueError(message)
    if unit == "codepoint":
        return None
    if unit == "utf16":
        return None if document.text.isascii() else _Units(document.text, _utf16).at
    family = document.encoding[:6] if document.encoding != "utf-8" else "utf-8"
    if document.text.isascii() and not document.bom and family == "utf-8":
        return None
    measures = {"utf-8": _utf8, "utf-16": _utf16_bytes, "utf-32": _utf32_bytes}
    measure = measures.get(family) or partial(_encoded, document.encoding)
    units = _Units(document.text, measure, document.bom)
    if document.broken:
        return _Broken(units, document.broken, measure("\ufffd")).at
    return units.at


def _utf8(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _utf16(text: str) -> int:
    return _utf16_bytes(text) // 2


def _utf16_bytes(text: str) -> int:
    return 2 * len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass"))


def _utf32_bytes(text: str) -> int:
    return 4 * len(text)


def _encoded(encoding: str, text: str) -> int:
    return len(text.encode(encoding, "replace"))


class _Units:
    """Checkpoints over a text: how many units stand before every 256th code point."""

    __slots__ = ("_before", "_measure", "_text")

    def __init__(self, text: str, measure: Callable[[str], int], first: int = 0) -> None:
        self._text = text
        self._measure = measure
        self._before = array("q", [first])
        total = first
        for start in range(0, len(text), _STEP):
            total += measure(text[start : start + _STEP])
            self._before.append(total)

    def at(self, offset: int) -> int:
        """Return the units before a code-point offset in [0, length]."""
        mark = offset // _STEP
        return self._before[mark] + self._measure(self._text[mark * _STEP : offset])


class _Broken:
    """Units of a text in which some U+FFFD stand for bytes that were not text."""

    __slots__ = ("_extra", "_positions", "_units")

    def __init__(self, units: _Units, broken: tuple[tuple[int, int], ...], width: int) -> None:
        self._units = units
        self._positions = array("q", [position for position, _ in broken])
        self._extra = array("q", [0])
        for _, size in broken:
            self._extra.append(self._extra[-1] + size - width)

    def at(self, offset: int) -> int:
        """Return the bytes before a code-point offset in [0, length]."""
        return self._units.at(offset) + self._extra[bisect_left(self._positions, offset)]
