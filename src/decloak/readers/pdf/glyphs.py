"""Glyphs: what stands on a page, glyph by glyph, in the order in which it is drawn."""

from __future__ import annotations

import ctypes
from collections import deque
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from pypdfium2 import raw

from decloak.readers.pdf.engine import address, calls

__all__ = ["BLANK", "LINE_END_HYPHEN", "Boxes", "Glyphs", "read_glyphs"]

Boxes = np.ndarray[tuple[int, int], np.dtype[np.float32]]
"""(glyph, side) with the sides x0, y0, x1, y1 in points, x0 <= x1 and y0 <= y1."""

LINE_END_HYPHEN = 2
"""The code that pdfium gives a hyphen at the end of a line."""
BLANK = 0x20
"""The last of the codes that are shown as nothing."""

_NO_BREAK = 0xA0
_FURTHEST = 1e6
_REPLACEMENT = 0xFFFD


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The glyphs of one page, with the blanks and line ends that pdfium put between them.

    Attributes:
        codes: (glyph,) code points.
        boxes: (glyph, 4) in the page's own coordinates.
        objects: (glyph,) addresses of the text objects they belong to; 0 where pdfium wrote it.
    """

    codes: np.ndarray[tuple[int], np.dtype[np.uint32]]
    boxes: Boxes
    objects: np.ndarray[tuple[int], np.dtype[np.uint64]]

    @property
    def ink(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which of them are more than a blank or a line end: (glyph,)."""
        blank = (self.codes <= BLANK) & (self.codes != LINE_END_HYPHEN) | (self.codes == _NO_BREAK)
        return np.asarray((self.objects != 0) & ~blank)

    def __len__(self) -> int:
        return len(self.codes)


def read_glyphs(text_page: Any, most: int) -> Glyphs:
    """Read the glyphs of a page whose text pdfium has loaded.

    Args:
        text_page: the handle.
        most: glyphs that are read.
    """
    count = max(0, min(raw.FPDFText_CountChars(text_page), most))
    page, call = address(text_page), calls()
    boxes = np.zeros((count, 4), np.float32)
    base = boxes.ctypes.data
    # In a C loop: left, top, right, bottom of each glyph go straight into the array.
    deque(map(call.loose_box, repeat(page), range(count), range(base, base + 16 * count, 16)), 0)
    boxes = np.nan_to_num(boxes[:, (0, 3, 2, 1)], copy=False, posinf=_FURTHEST, neginf=-_FURTHEST)
    boxes = np.clip(boxes, -_FURTHEST, _FURTHEST)
    sides = (0, 1), (2, 3)
    low = np.minimum(boxes[:, sides[0]], boxes[:, sides[1]])
    high = np.maximum(boxes[:, sides[0]], boxes[:, sides[1]])
    objects = np.fromiter(map(call.text_object, repeat(page), range(count)), np.uint64, count)
    return Glyphs(_codes(text_page, count), np.concatenate((low, high), axis=1), objects)


def _codes(text_page: Any, count: int) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """Return the code points, by one call where pdfium leaves none out."""
    buffer = np.zeros(count + 1, np.uint16)
    pointer = buffer.ctypes.data_as(ctypes.POINTER(ctypes.c_ushort))
    written = raw.FPDFText_GetText(text_page, 0, count, pointer) if count else 1
    codes = buffer[:count].astype(np.uint32)
    if written != count + 1 or ((codes >= 0xD800) & (codes < 0xE000)).any():
        get = calls().unicode
        codes = np.fromiter(map(get, repeat(address(text_page)), range(count)), np.uint32, count)
    codes[codes == 0xFFFE] = LINE_END_HYPHEN
    codes[((codes >= 0xD800) & (codes < 0xE000)) | (codes > 0x10FFFF)] = _REPLACEMENT
    return codes
