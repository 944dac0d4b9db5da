"""Page: what one page says, what it hides, and where its links go."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from pypdfium2 import raw

from decloak.readers.html.links import shown_host, sides
from decloak.readers.pdf.annotations import Note
from decloak.readers.pdf.findings import Findings
from decloak.readers.pdf.glyphs import read_glyphs
from decloak.readers.pdf.hidden import INVISIBLE, NOT_CHECKED, hidden_glyphs
from decloak.readers.pdf.layers import has_picture, layers_of
from decloak.readers.pdf.lines import Line, lines_of
from decloak.readers.pdf.text import PdfText, box_around

__all__ = ["PageReader"]

_UNREADABLE = "could not be read; the others were"
_PICTURE = "pictures without text; recognise it first (OCR) to have it read"
_RECOGNISED = "text drawn invisibly over a picture, as OCR does; it may differ from what is shown"


class PageReader:
    """Reads the pages of one document into its text.

    Args:
        text: what takes the lines and notes.
        found: what takes the warnings.
        parts: what takes the name and the bytes of attached files.
        glyphs: code points that are read, of all pages together.
        part: bytes of attached files that are read, of all pages together.
        layered: whether the file may have layers that can be switched off.
    """

    def __init__(
        self, text: PdfText, found: Findings, parts: list[tuple[str, bytes]], *, glyphs: int, part: int,
        layered: bool,
    ) -> None:  # fmt: skip
        self._text, self._found, self._parts = text, found, parts
        self._glyphs, self._part, self._layered = glyphs, part, layered

    def read(self, number: int, page: Any, notes: Callable[[int], Iterator[Note]]) -> None:
        """Read one page; one that cannot be read is told of and costs no other.

        Args:
            number: from 1.
            page: its handle; None where pdfium could not load it.
            notes: yields what lies on it, given the bytes that an attached file may have.
        """
        text_page = raw.FPDFText_LoadPage(page) if page else None
        if not text_page:
            self._found.pages[_UNREADABLE].append(number)
            return
        try:
            self._read_text(number, page, text_page)
            for note in notes(self._part):
                self._take(number, text_page, note)
        finally:
            raw.FPDFText_ClosePage(text_page)

    def finish(self) -> None:
        """Tell of what is known only after the last page."""
        if self._glyphs <= 0:
            self._found.whole.append("it holds more text than the limit; split it to read all")

    def _read_text(self, number: int, page: Any, text_page: Any) -> None:
        glyphs = read_glyphs(text_page, self._glyphs)
        self._glyphs -= len(glyphs)
        layers = layers_of(page)
        hidden = hidden_glyphs(page, glyphs, _bounds(page), layers, layered=self._layered)
        if hidden.pop(NOT_CHECKED, None) is not None:
            self._found.pages[NOT_CHECKED].append(number)
        unseen = np.zeros(len(glyphs), bool)
        for where in hidden.values():
            unseen |= where
        shown = lines_of(glyphs, ~unseen, layers.rules)
        self._text.add_page(number, shown)
        if not shown and list(hidden) == [INVISIBLE] and has_picture(page):
            self._found.pages[_RECOGNISED].append(number)
        else:
            for reason, where in hidden.items():
                lines = lines_of(glyphs, where)
                self._tell_hidden(number, reason, lines)
        if unseen.any():
            self._text.add_page(number, lines_of(glyphs, unseen), hidden=True)
        elif not shown and has_picture(page):
            self._found.pages[_PICTURE].append(number)

    def _tell_hidden(self, number: int, reason: str, lines: list[Line]) -> None:
        box = ", ".join(f"{side:g}" for side in box_around(lines))
        self._found.places["hidden text"].append(
            f"page {number}: text within [{box}] {reason}; it was read and is marked as hidden"
        )

    def _take(self, number: int, text_page: Any, note: Note) -> None:
        if note.file is not None:
            self._parts.append(note.file)
            self._part -= len(note.file[1])
        if note.kind == "link":
            shown = _shown(text_page, note)
            if note.launches:
                self._found.places["links"].append(
                    f"page {number}: a link starts a program: {note.text}"
                )
            found = sides(" ".join(shown), note.text)
            if found is not None and not _shows_its_host("".join(shown), note.text):
                self._found.places["links"].append(
                    f"page {number}: a link shows {found[0]} and goes to {found[1]}"
                )
            if _same("".join(shown), note.text):
                return
        if note.text.strip():
            self._text.add_note(number, note)


def _bounds(page: Any) -> tuple[float, float, float, float]:
    area = raw.FS_RECTF()
    if not raw.FPDF_GetPageBoundingBox(page, area):
        return -1e6, -1e6, 1e6, 1e6
    return area.left, area.bottom, area.right, area.top


def _shown(text_page: Any, note: Note) -> list[str]:
    """Return the text that a link is shown as, line by line."""
    parts = []
    for x0, y0, x1, y1 in note.boxes:
        # Whatever a box touches counts as inside it, and links of two lines touch each other.
        inset = 0.25 * (y1 - y0)
        area = text_page, x0 + 1, y1 - inset, x1 - 1, y0 + inset
        length = raw.FPDFText_GetBoundedText(*area, None, 0)
        if 0 < length < 4_096:
            buffer = (ctypes.c_ushort * length)()
            raw.FPDFText_GetBoundedText(*area, buffer, length)
            text = bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")
            parts.append(text.replace("\x02", "-").replace("\ufffe", "-"))
    return parts


def _same(shown: str, target: str) -> bool:
    """Whether the text of a link says where it goes."""
    said = "".join(shown.split()).rstrip("/")
    return bool(said) and target.removeprefix("mailto:").rstrip("/") in {
        said,
        f"http://{said}",
        f"https://{said}",
    }


def _shows_its_host(text: str, target: str) -> bool:
    """Whether a host that is broken over lines is that to which the link goes."""
    return shown_host(text) is not None and sides(text, target) is None
