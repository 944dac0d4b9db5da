"""Text: what the pages and their annotations say, put together with the map that leads home."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from decloak.core.source_map import Place
from decloak.readers.pdf.annotations import Box, Note
from decloak.readers.pdf.flow import Piece, Words, flow, over_page
from decloak.readers.pdf.justified import justified
from decloak.readers.pdf.lines import Line
from decloak.readers.pdf.order import reading_order
from decloak.readers.pdf.source_map import PdfMap

__all__ = ["PdfText"]

_MOST_PLACES = 100
"""Places that one target of many links keeps."""


class PdfText:
    """The text of a document, as far as its pages were added."""

    def __init__(self) -> None:
        self.source_map = PdfMap()
        self._parts: list[str] = []
        self._length = 0
        self._last: Piece | None = None
        self._words = Words()
        self._notes: dict[tuple[str, str], list[Place]] = {}

    def add_page(self, page: int, lines: list[Line], *, hidden: bool = False) -> None:
        """Add the lines of a page.

        Args:
            page: from 1.
            lines: in the order in which they are drawn.
            hidden: whether no reader of the page sees them.
        """
        ordered = justified(reading_order(lines))
        if self._last is not None and ordered and not hidden:
            # As long as the line end that it takes the place of.
            self._parts[-1] = over_page(self._last, ordered[0], self._words)
        self._last = None
        for piece in flow(ordered, self._words):
            boxes = piece.line.boxes[: piece.length]
            self.source_map.add_line(self._length, page, boxes, hidden=hidden)
            self._write(piece.line.text[: piece.length], piece.then)
            self._last = None if hidden or piece.edge is None else piece

    def add_note(self, page: int, note: Note) -> None:
        """Keep what lies on a page; what says the same several times is written once."""
        place = {"page": page, "boxes": note.boxes, "annotation": note.kind}
        places = self._notes.setdefault((note.kind, note.text), [])
        if len(places) < _MOST_PLACES:
            places.append(place)

    def add_script(self, name: str, script: str) -> None:
        """Keep a script of the document."""
        self._notes.setdefault(("script", script), [{"script": name}])

    def finish(self) -> str:
        """Write what lies on the pages behind their text, and return all of it."""
        if self._notes and self._length:
            self._write("", "\n")
        for (_, text), places in self._notes.items():
            shown = text.replace("\r\n", "\n").replace("\r", "\n").strip()
            self.source_map.add_places(self._length, self._length + len(shown), tuple(places))
            self._write(shown, "\n")
        self._notes.clear()
        return "".join(self._parts)

    def _write(self, *parts: str) -> None:
        self._parts += parts
        self._length += sum(map(len, parts))


def box_around(lines: Iterable[Line]) -> Box:
    """Return the box around some lines, in whole points."""
    edges = np.array([(line.x0, line.y0, line.x1, line.y1) for line in lines])
    low, high = np.floor(edges[:, :2].min(0)), np.ceil(edges[:, 2:].max(0))
    return [*low.tolist(), *high.tolist()]
