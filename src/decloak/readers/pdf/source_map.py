"""Map: the page and the boxes of every code point of a text that was read from a PDF."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING

from decloak.core.source_map import Place

if TYPE_CHECKING:  # whoever only asks for places loads no pdfium
    from decloak.readers.pdf.glyphs import Boxes

__all__ = ["PdfMap"]

_DECIMALS = 2


class PdfMap:
    """A source map of runs: stretches of lines with a box per code point, and stretches with places as a whole.

    Boxes are worked out when they are asked for.
    """

    __slots__ = ("_at", "_boxes", "_ends", "_fixed", "_hidden", "_pages", "_starts")

    def __init__(self) -> None:
        self._starts, self._ends, self._pages = array("q"), array("q"), array("l")
        self._at, self._boxes = array("q"), array("f")  # of each run, four for each code point
        self._hidden: set[int] = set()
        self._fixed: dict[int, tuple[Place, ...]] = {}

    def add_line(self, start: int, page: int, boxes: Boxes, *, hidden: bool) -> None:
        """Add a stretch of one line behind all others.

        Args:
            start: its first code point in the text.
            page: from 1.
            boxes: of its code points, in points.
            hidden: whether no reader of the page sees it.
        """
        if not len(boxes):  # damaged pages have lines without a letter
            return
        if hidden:
            self._hidden.add(len(self._starts))
        self._begin(start, start + len(boxes), page)
        self._boxes.frombytes(boxes.astype("f4", copy=False).tobytes())

    def add_places(self, start: int, end: int, places: tuple[Place, ...]) -> None:
        """Add a stretch of the text that has its places as a whole, behind all others."""
        self._fixed[len(self._starts)] = places
        self._begin(start, end, 0)

    def _begin(self, start: int, end: int, page: int) -> None:
        self._starts.append(start)
        self._ends.append(end)
        self._pages.append(page)
        self._at.append(len(self._boxes))

    def places(self, start: int, end: int) -> tuple[Place, ...]:
        """Return a place per page, with a box per line; see `decloak.core.source_map.SourceMap`."""
        found: list[dict[str, object] | Place] = []
        last: tuple[int, bool] | None = None
        boxes: list[list[float]] = []
        for run in range(max(bisect_right(self._starts, start) - 1, 0), len(self._starts)):
            if self._starts[run] >= end:
                break
            if self._ends[run] <= start:
                continue
            if run in self._fixed:
                found += self._fixed[run]
                last = None
                continue
            page = self._pages[run], run in self._hidden
            if page != last:
                boxes = []
                found.append(
                    {"page": page[0], "boxes": boxes} | ({"hidden": True} if page[1] else {})
                )
                last = page
            boxes.append(self._box(run, start, end))
        return tuple(found)

    def _box(self, run: int, start: int, end: int) -> list[float]:
        """Return what surrounds the code points of a range that stand in a run."""
        first = max(start, self._starts[run]) - self._starts[run]
        last = min(end, self._ends[run]) - self._starts[run]
        at = self._at[run]
        sides = self._boxes[at + 4 * first : at + 4 * last]
        low, high = (min(sides[0::4]), min(sides[1::4])), (max(sides[2::4]), max(sides[3::4]))
        return [round(side, _DECIMALS) for side in (*low, *high)]
