"""Words: the text of one part of a document, line by line, with the place of each stretch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from decloak.core.source_map import Place
from decloak.readers.docx.format import Format
from decloak.readers.docx.links import Link, Links
from decloak.readers.docx.package import Relation, local
from decloak.readers.docx.styles import Styles
from decloak.readers.docx.values import value_of

__all__ = ["Line", "Words"]

Line = list[tuple[str, Place | None]]
"""Stretches of one line of the text; without a place what the reader wrote."""

_SKIPPED = frozenset(
    {
        "Fallback",
        "rPrChange",
        "pPrChange",
        "tblPrChange",
        "trPrChange",
        "tcPrChange",
        "sectPrChange",
    }
)
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_BLANKS = str.maketrans("\n\r\t", "   ")
_TEXTS = frozenset({"t", "delText", "instrText", "delInstrText"})
_CODES = frozenset({"instrText", "delInstrText"})
_INSERTED, _DELETED = frozenset({"ins", "moveTo"}), frozenset({"del", "moveFrom"})
_LINKS = frozenset({"hyperlink", "fldSimple", "fldChar"})
_NOTES = frozenset({"footnote", "endnote", "comment"})

_HOLDERS = frozenset({"p", "tbl", "txbxContent"})
_DEEPEST = 100
"""Paragraphs, tables and boxes within each other."""

_Marks = tuple[str, ...]


@dataclass(slots=True)
class _Paragraph:
    """A paragraph that is read now: what is seen, what is not, and the lines that stand in it."""

    seen: list[tuple[str, _Marks]] = field(default_factory=list)
    unseen: list[tuple[str, _Marks]] = field(default_factory=list)
    inside: list[Line] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


@dataclass(slots=True)
class _Table:
    """A table that is read now; rows and columns count from 1."""

    number: int
    row: int = 0
    column: int = 0
    span: int = 1
    cells: list[Line] = field(default_factory=list)
    inside: list[Line] = field(default_factory=list)


class Words:
    """Takes the events of a part's XML and keeps its lines and links.

    Args:
        place: what all places of the part begin with: nothing for the body, ``{"footer": 1}`` ...
        relations: of the part.
        styles: the ids of styles that say whether text is seen.

    Attributes:
        lines: of the part, in order; a row of a table is one, its cells parted by tabs.
        links: of the part with their places, in order.
        hidden: the places of hidden text, in order.
        inserted, deleted: whether text was inserted or deleted with changes tracked.
        too_deep: whether something lies deeper than a hundred tables and boxes, and was left out.
    """

    def __init__(self, place: Place, relations: Mapping[str, Relation], styles: Styles) -> None:
        self.lines: list[Line] = []
        self.links: list[tuple[Link, Place]] = []
        self.hidden: list[Place] = []
        self.inserted = self.deleted = self.too_deep = False
        self._part = dict(place)
        self._format, self._links = Format(styles), Links(relations)
        self._paragraphs = self._tables = self._boxes = 0
        self._open: list[_Paragraph | _Table | dict[str, Any]] = []
        self._skipping = self._inserting = self._deleting = 0
        self._text = ""  # the element whose text is read now
        self._starts: dict[str, Callable[[Mapping[str, str]], None]] = {
            "p": self._start_paragraph, "tbl": self._start_table, "tr": self._start_row,
            "tc": self._start_cell, "gridSpan": self._span, "txbxContent": self._start_box,
            "sym": self._symbol,
        }  # fmt: skip
        self._ends: dict[str, Callable[[], None]] = {
            "p": self._end_paragraph, "tbl": self._end_table, "tr": self._end_row,
            "txbxContent": self._end_box,
        }  # fmt: skip

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
        name = local(tag)
        if self._skipping or name in _SKIPPED:
            self._skipping += 1
            return
        if name in _HOLDERS and len(self._open) >= _DEEPEST:
            self.too_deep = True
            self._skipping += 1
            return
        self._format.start(name, attributes)
        if name in _TEXTS:
            self._text = name
        elif name in _SIGNS:
            self._sign(name, attributes)
        elif name in _INSERTED:
            self._inserting += 1
        elif name in _DELETED:
            self._deleting += 1
        elif name in _NOTES:
            identity = value_of(attributes, "id")
            self._part = {name: int(identity) if identity.isdecimal() else identity}
        elif name in _LINKS:
            self._keep(self._links.start(name, attributes))
        elif name in self._starts:
            self._starts[name](attributes)

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if self._skipping:
            self._skipping -= 1
            return
        name = local(tag)
        if name in _TEXTS:
            self._text = ""
        elif name in _INSERTED:
            self._inserting -= 1
        elif name in _DELETED:
            self._deleting -= 1
        elif name in _LINKS:
            self._keep(self._links.end(name))
        elif name in self._ends:
            self._ends[name]()
        self._format.end(name)

    def data(self, text: str) -> None:
        """Take a stretch of text."""
        if self._text and not self._skipping:
            self._add(text.translate(_BLANKS), is_code=self._text in _CODES)

    def close(self) -> None:
        """Take the end of the part, wherever it ends."""
        while self._open:
            self._ends[{_Paragraph: "p", _Table: "tbl"}.get(type(self._open[-1]), "txbxContent")]()

    def _add(self, text: str, *, is_code: bool = False) -> None:
        """Take what stands in the paragraph that is read now."""
        self._links.add(text, is_code=is_code)
        if is_code or self._links.in_code or not self._open:
            return
        paragraph = self._open[-1]
        if not isinstance(paragraph, _Paragraph):
            return
        hidden, deleted = self._format.is_hidden, self._deleting > 0
        marks = (
            *["hidden"] * hidden,
            *["deleted"] * deleted,
            *["inserted"] * (self._inserting > 0),
        )
        self.deleted |= deleted
        self.inserted |= self._inserting > 0
        (paragraph.unseen if hidden or deleted else paragraph.seen).append((text, marks))

    def _sign(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._open and isinstance(self._open[-1], _Paragraph):
            paged = name == "br" and value_of(attributes, "type") in {"page", "column"}
            if not (
                name == "tab" and value_of(attributes)
            ):  # a tab stop of the paragraph's properties
                self._add(" " if paged else _SIGNS[name])

    def _symbol(self, attributes: Mapping[str, str]) -> None:
        code = value_of(attributes, "char")[:6]
        try:
            self._add(chr(int(code, 16)))
        except (ValueError, OverflowError):
            return

    def _start_paragraph(self, _: Mapping[str, str]) -> None:
        self._paragraphs += not self._open
        self._open.append(_Paragraph())

    def _end_paragraph(self) -> None:
        if not self._open or not isinstance(self._open[-1], _Paragraph):
            return
        self._links.end_paragraph()
        paragraph = self._open.pop()
        assert isinstance(paragraph, _Paragraph)  # noqa: S101 - told to the type checker
        place = self._place()
        self.links += [(link, place) for link in paragraph.links]
        line = _line(paragraph.seen, place)
        around = self._open[-1] if self._open else None
        if isinstance(around, _Table):
            if line:
                around.cells = around.cells or [[]]
                around.cells[-1] += [(" ", None), *line] if around.cells[-1] else line
        elif line:
            self._emit(line)
        unseen = _line(paragraph.unseen, place)
        if unseen:
            self._emit(unseen)
            self.hidden += [at for _, at in unseen if at is not None and "hidden" in at]
        for held in paragraph.inside:
            self._emit(held)

    def _start_table(self, _: Mapping[str, str]) -> None:
        self._tables += 1
        self._open.append(_Table(self._tables))

    def _end_table(self) -> None:
        self._end_row()
        if self._open and isinstance(self._open[-1], _Table):
            self._open.pop()

    def _start_row(self, _: Mapping[str, str]) -> None:
        if self._open and isinstance(self._open[-1], _Table):
            table = self._open[-1]
            table.row, table.column, table.span = table.row + 1, 0, 1

    def _end_row(self) -> None:
        if not self._open or not isinstance(self._open[-1], _Table):
            return
        table = self._open.pop()
        assert isinstance(table, _Table)  # noqa: S101 - told to the type checker
        row: Line = []
        for number, cell in enumerate(table.cells):
            row += [("\t", None)] * (number > 0) + [(_flat(text), place) for text, place in cell]
        inside, table.cells, table.inside = table.inside, [], []
        if any(text.strip() for text, _ in row):
            self._emit(row)
        for line in inside:
            self._emit(line)
        self._open.append(table)

    def _start_cell(self, _: Mapping[str, str]) -> None:
        if self._open and isinstance(self._open[-1], _Table):
            table = self._open[-1]
            table.column, table.span = table.column + table.span, 1
            table.cells.append([])

    def _span(self, attributes: Mapping[str, str]) -> None:
        if self._open and isinstance(self._open[-1], _Table):
            count = value_of(attributes)[:4]
            self._open[-1].span = max(int(count), 1) if count.isdecimal() else 1

    def _start_box(self, _: Mapping[str, str]) -> None:
        self._boxes += 1
        self._open.append({**self._place(), "textbox": self._boxes})

    def _end_box(self) -> None:
        if self._open and isinstance(self._open[-1], dict):
            self._open.pop()

    def _place(self) -> dict[str, Any]:
        """Return the place of the paragraph that is read now, or of what it stands in."""
        for around in reversed(self._open):
            if isinstance(around, dict):
                return around
            if isinstance(around, _Table):
                return {
                    **self._part,
                    "table": around.number,
                    "row": around.row,
                    "column": around.column,
                }
        return self._part or {"paragraph": self._paragraphs}

    def _emit(self, line: Line) -> None:
        """Keep a line, behind the paragraph or row that it stands in."""
        for around in reversed(self._open):
            if not isinstance(around, dict):
                around.inside.append(line)
                return
        self.lines.append(line)

    def _keep(self, link: Link | None) -> None:
        if link is None:
            return
        for around in reversed(self._open):
            if isinstance(around, _Paragraph):
                around.links.append(link)
                return


def _line(pieces: list[tuple[str, _Marks]], place: Place) -> Line:
    """Return the stretches of a paragraph with their places; none where it is blank."""
    if not any(text.strip() for text, _ in pieces):
        return []
    return [
        (
            "".join(text for text, _ in run),
            {**place, **dict.fromkeys(marks, True)} if marks else place,
        )
        for marks, run in groupby(pieces, key=itemgetter(1))
    ]


def _flat(text: str) -> str:
    """Return the text of a cell on one line."""
    return text.replace("\t", " ").replace("\n", " ")
