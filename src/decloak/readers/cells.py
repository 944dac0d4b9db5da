"""Cells: CSV, TSV and their kin. The text stays as it is; what is found in it is told by row and column."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from decloak.core.document import Document
from decloak.core.result import Failure
from decloak.core.source_map import Place
from decloak.readers.base import Context
from decloak.readers.cell_layout import SAMPLE, Layout, cell_pattern, layout_of, likely_layout
from decloak.readers.encoding import decode_bytes

__all__ = ["READER", "CellMap"]

_STEP = 64
"""Records between two of which the place is kept; a look-up reads no more than so many."""


class _Record(NamedTuple):
    """One record: its number from 0, where each of its cells begins, and where the next record does."""

    row: int
    cells: array[int]
    end: int


class CellMap:
    """The cell of every code point. What it needs to know of the text is found out when it is first asked.

    Args:
        text: of the document.
        layout: how it is written.
    """

    __slots__ = ("_last", "_layout", "_starts", "_text")

    def __init__(self, text: str, layout: Layout) -> None:
        self._text, self._layout = text, layout
        self._starts: array[int] | None = None
        self._last: _Record | None = None

    def __reduce__(self) -> tuple[type[CellMap], tuple[str, Layout]]:
        return CellMap, (self._text, self._layout)

    def places(self, start: int, end: int) -> tuple[Place, ...]:
        """Return the cells that a range touches; see `decloak.core.source_map.SourceMap`."""
        found: list[Place] = []
        while start < min(end, len(self._text)):
            record = self._record_at(start)
            column = bisect_right(record.cells, start) - 1
            while column < len(record.cells) and record.cells[column] < end:
                found.append(self._place(record.row, column))
                column += 1
            start = record.end
        return tuple(found)

    def _place(self, row: int, column: int) -> Place:
        place: dict[str, int | str] = {"row": row + 1, "column": column + 1}
        names = self._layout.names
        return place | {"header": names[column]} if column < len(names) else place

    def _record_at(self, offset: int) -> _Record:
        """Return the record at an offset; entities come in order, so it is mostly near the last one."""
        last = self._last
        if last is not None and last.cells[0] <= offset < last.end:
            return last
        starts = self._starts = self._starts or array("q", self._marks())
        mark = bisect_right(starts, offset) - 1
        row, start = mark * _STEP, starts[mark]
        if last is not None and start <= last.end <= offset:
            row, start = last.row + 1, last.end
        end = self._end_of(start)
        while end <= offset:
            row, start = row + 1, end
            end = self._end_of(start)
        self._last = _Record(row, array("q", self._cells_of(start, end)), end)
        return self._last

    def _marks(self) -> Iterator[int]:
        """Yield where every 64th record begins."""
        start = row = 0
        while start < len(self._text):
            if row % _STEP == 0:
                yield start
            start, row = self._end_of(start), row + 1

    def _end_of(self, start: int) -> int:
        """Return where the next record begins."""
        text = self._text
        end = text.find("\n", start) + 1 or len(text)
        if text.find('"', start, end) < 0:
            return end
        pattern = cell_pattern(self._layout.delimiter)
        while True:
            cell = pattern.match(text, start)
            if cell is None or not cell[1]:
                return cell.end() if cell is not None else end
            start = cell.end()

    def _cells_of(self, start: int, end: int) -> Iterator[int]:
        yield start
        for cell in cell_pattern(self._layout.delimiter).finditer(self._text, start, end):
            if cell[1]:
                yield cell.end()


class _Cells:
    """Adds the cells to a text."""

    name = "csv"

    def knows(self, head: bytes, name: str) -> bool:
        """Whether every row has as many cells, under names of columns."""
        return layout_of(decode_bytes(head).text, name) is not None

    def read(self, data: bytes, context: Context) -> Iterator[Document | Failure]:
        """Yield the document of the text; see `mapped`."""
        read = decode_bytes(data, context.options.encoding)
        yield self.mapped(Document(context.name, read.text, warnings=read.warnings))

    def mapped(self, document: Document) -> Document:
        """Return the document with its cells as the places of its text."""
        text = document.text
        layout = layout_of(text[:SAMPLE], document.id) or likely_layout(text)
        return replace(document, source_map=CellMap(text, layout))


READER = _Cells()
