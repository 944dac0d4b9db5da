"""Mail composition: one text of headers and parts, whose places lead into each of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any, NamedTuple

from decloak.core.source_map import Place, SourceMap

__all__ = ["Composition", "Straight"]


class Straight:
    """The source map of a text that is its source, code point for code point."""

    __slots__ = ()

    def places(self, start: int, end: int) -> tuple[Place, ...]:
        """Return the range itself."""
        return ({"start": start, "end": end},)


class _Section(NamedTuple):
    """A stretch of the text and where it comes from: from `inner` on in the text of `source_map`."""

    end: int
    source_map: SourceMap
    inner: int
    place: Mapping[str, Any]


class _Sections:
    """The source map of a composition; what stands in no section has no place."""

    __slots__ = ("_sections", "_starts")

    def __init__(self, starts: list[int], sections: list[_Section]) -> None:
        self._starts, self._sections = starts, sections

    def places(self, start: int, end: int) -> tuple[Place, ...]:
        """Return the places of a range, each with the header or the part that it lies in."""
        found: list[Place] = []
        for index in range(max(bisect_right(self._starts, start) - 1, 0), len(self._starts)):
            begin, section = self._starts[index], self._sections[index]
            if begin >= end:
                break
            first, last = max(start, begin), min(end, section.end)
            if first < last:
                shift = section.inner - begin
                inner = section.source_map.places(first + shift, last + shift)
                found += [{**section.place, **place} for place in inner]
        return tuple(found)


class Composition:
    """A text that is put together of others.

    Attributes:
        length: code points so far.
    """

    def __init__(self) -> None:
        self.length = 0
        self._pieces: list[str] = []
        self._starts: list[int] = []
        self._sections: list[_Section] = []

    def write(self, text: str) -> None:
        """Add what stands in no source."""
        self._pieces.append(text)
        self.length += len(text)

    def add(
        self,
        text: str,
        place: Mapping[str, Any],
        source_map: SourceMap | None = None,
        inner: int = 0,
    ) -> None:
        """Add a text of a part.

        Args:
            text: as it stands in the text of the part from `inner` on.
            place: what the places of the text begin with: the header or the part.
            source_map: of the text of the part; None where that is its own source.
            inner: code points before it.
        """
        if text:
            self._starts.append(self.length)
            end = self.length + len(text)
            self._sections.append(_Section(end, source_map or Straight(), inner, place))
            self.write(text)

    def paragraph(self) -> None:
        """Begin a new paragraph, unless nothing stands before it."""
        if self.length:
            last = self._pieces[-1]
            self.write("\n" * max(2 - len(last) + len(last.rstrip("\n")), 0))

    def done(self) -> tuple[str, SourceMap]:
        """Return the text and the way back to what it is made of."""
        return "".join(self._pieces), _Sections(self._starts, self._sections)
