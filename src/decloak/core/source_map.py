"""Source map: from a document's text back to the page, cell, element or part that it came from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

__all__ = ["Anchors", "Place", "SourceMap"]

Place = Mapping[str, Any]
"""One place in a source, as it is printed in JSON. Which names it has says which kind it is; the readers'
page of the docs lists them: ``{"page": 3, "boxes": [[x0, y0, x1, y1]]}``, ``{"element":
"/html/body/p[2]", "start": 120, "end": 131}``, ``{"paragraph": 5}``, ``{"row": 2, "column": 3}``."""


class SourceMap(Protocol):
    """Where in its source each part of a document's text stands. Immutable and picklable."""

    def places(self, start: int, end: int) -> tuple[Place, ...]:
        """Return the places of a half-open range of the text's code points, in order of the text.

        Empty for what stands in no source: a line end or a label that the reader wrote.
        """
        ...


class Anchors:
    """A source map of stretches that have one place each.

    Args:
        starts: the first code point of every stretch, ascending.
        places: the place of each, or None where the reader wrote the text itself; a stretch
            ends where the next begins.

    Raises:
        ValueError: when there are not as many places as starts.
    """

    __slots__ = ("_places", "_starts")

    def __init__(self, starts: Sequence[int], places: Sequence[Place | None]) -> None:
        if len(starts) != len(places):
            message = f"{len(starts)} starts and {len(places)} places"
            raise ValueError(message)
        self._starts, self._places = starts, places

    def places(self, start: int, end: int) -> tuple[Place, ...]:
        """Return each place once; see `SourceMap`."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        found: list[Place] = []
        for index in range(first, len(self._starts)):
            if self._starts[index] >= end:
                break
            place = self._places[index]
            if place is not None and (not found or found[-1] != place):
                found.append(place)
        return tuple(found)
