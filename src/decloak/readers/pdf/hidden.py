"""Hidden: glyphs that are in the file and that no reader of the page sees.

Some the file says: drawn invisibly, too small, outside the page. Others show only in a picture: text whose
colour is near to that of what is behind it, or that something was painted over. Where that may be, the
page is drawn with that text and without it: what makes no difference is hidden.
"""

from __future__ import annotations

import ctypes
from collections import deque
from typing import Any, NamedTuple

import numpy as np
from pypdfium2 import raw

from decloak.readers.pdf.engine import calls
from decloak.readers.pdf.glyphs import Glyphs
from decloak.readers.pdf.layers import Layers
from decloak.readers.pdf.picture import difference

__all__ = ["INVISIBLE", "NOT_CHECKED", "OUTSIDE", "TINY", "UNSEEN", "hidden_glyphs"]

INVISIBLE = "is drawn invisibly"
TINY = "is too small to be read"
OUTSIDE = "lies outside the page"
UNSEEN = "has the colour of what is behind it, is covered, or lies in a layer that is off"
NOT_CHECKED = "has too many objects to look for hidden text"

_INVISIBLE_MODES = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
_FILLED = raw.FPDF_TEXTRENDERMODE_FILL
_TINY = 2.0  # points from ascent to descent
_NEAR = 60  # of 255, in the channel that differs most: colours that may be taken for one
_OPAQUE = 128
_SEEN = 24  # of 255, in the picture
_MOST_COVERS = 500
_SHARE = 0.7  # of a word's glyphs that are hidden, where the word is
_MOST_MARKS = 16
_LAYER = "OC\0".encode("utf-16-le")

Array = np.ndarray[Any, Any]


def hidden_glyphs(
    page: Any,
    glyphs: Glyphs,
    bounds: tuple[float, float, float, float],
    layers: Layers,
    *,
    layered: bool,
) -> dict[str, Array]:
    """Say which glyphs of a page are hidden, and why: reason -> (glyph,) bool, none twice.

    `NOT_CHECKED` is among them, with no glyph, where there is too much to look at.

    Args:
        page: the handle.
        glyphs: of the page.
        bounds: what is shown of the page: x0, y0, x1, y1 in points.
        layers: what it is painted of.
        layered: whether the file may have layers that can be switched off.
    """
    ink = glyphs.ink
    runs = np.flatnonzero(np.diff(glyphs.objects, prepend=np.uint64(0)))
    if not ink.any() or not len(runs):
        return {}
    left = ink.copy()
    found: dict[str, Array] = {}
    paint = _paint_of(glyphs, runs)
    x0, y0, x1, y1 = glyphs.boxes.T
    across, up = (x0 + x1) / 2, (y0 + y1) / 2
    inside = (across >= bounds[0]) & (across <= bounds[2]) & (up >= bounds[1]) & (up <= bounds[3])
    for reason, where in (
        (INVISIBLE, np.isin(paint.modes, _INVISIBLE_MODES)),
        (OUTSIDE, _whole_words(glyphs, ~inside)),
        (TINY, np.maximum(x1 - x0, y1 - y0) < _TINY),
    ):
        found[reason] = left & where
        left &= ~where
    if layers.whole:
        doubtful = left & _doubtful(glyphs, runs, paint, layers, layered=layered)
        if doubtful.any():
            found[UNSEEN] = doubtful & ~_seen(page, glyphs, doubtful)
    told = {reason: where for reason, where in found.items() if where.any()}
    return told if layers.whole else told | {NOT_CHECKED: np.zeros(len(glyphs), bool)}


class _Paint(NamedTuple):
    """How each glyph is painted: (glyph,) modes of rendering, (glyph, 4) red, green, blue, alpha."""

    modes: Array
    colours: Array


def _paint_of(glyphs: Glyphs, runs: Array) -> _Paint:
    """Ask once for each run of glyphs of one object."""
    call, handles = calls(), glyphs.objects[runs].tolist()
    modes = np.fromiter(map(call.render_mode, handles), np.int8, len(runs))
    colours = np.zeros((len(runs), 4), np.uint32)
    base, size = colours.ctypes.data, colours.nbytes
    channels = (range(base + at, base + size, 16) for at in (0, 4, 8, 12))
    deque(map(call.fill_colour, handles, *channels), 0)
    lengths = np.diff(runs, append=len(glyphs))
    before = runs[0]  # glyphs of no object: their paint is never asked for
    return _Paint(
        np.concatenate((np.zeros(before, np.int8), np.repeat(modes, lengths))),
        np.concatenate((np.zeros((before, 4), int), np.repeat(colours.astype(int), lengths, 0))),
    )


def _doubtful(
    glyphs: Glyphs, runs: Array, paint: _Paint, layers: Layers, *, layered: bool
) -> Array:
    """Say which glyphs may not be seen: by what is known of the colours behind and of what is above."""
    count = len(glyphs)
    behind, unknown = np.full((count, 3), 255), np.zeros(count, bool)
    if len(layers.covers) > _MOST_COVERS:
        unknown[:] = True
    elif layers.covers:
        depths = np.zeros(count, np.int64)
        lengths = np.diff(runs, append=count)
        each = [layers.texts.get(item, -1) for item in glyphs.objects[runs].tolist()]
        depths[runs[0] :] = np.repeat(np.array(each, np.int64), lengths)
        x0, y0, x1, y1 = glyphs.boxes.T
        for cover in layers.covers:
            low_x, low_y, high_x, high_y = cover.box
            touched = (x1 > low_x) & (x0 < high_x) & (y1 > low_y) & (y0 < high_y)
            if not touched.any():
                continue
            above = touched & (depths < cover.depth)
            whole = (
                (x0 >= low_x) & (x1 <= high_x) & (y0 + y1 >= 2 * low_y) & (y0 + y1 <= 2 * high_y)
            )
            if cover.colour is None:
                unknown |= touched
            else:
                beneath = touched & whole & ~above
                behind[beneath], unknown[beneath] = cover.colour, False
                unknown |= above | (touched & ~whole)
    near = np.abs(paint.colours[:, :3] - behind).max(1) < _NEAR
    odd = (paint.modes != _FILLED) | (paint.colours[:, 3] < _OPAQUE)
    doubtful = near | unknown | odd
    if layered:
        doubtful |= _in_layers(glyphs, runs)
    return np.asarray(doubtful)


def _in_layers(glyphs: Glyphs, runs: Array) -> Array:
    """Say which glyphs belong to objects that are marked as content of a layer."""
    lengths = np.diff(runs, append=len(glyphs))
    marked = [_is_in_layer(item) for item in glyphs.objects[runs].tolist()]
    return np.concatenate((np.zeros(runs[0], bool), np.repeat(np.array(marked, bool), lengths)))


def _is_in_layer(item: int) -> bool:
    pointer = ctypes.cast(item, raw.FPDF_PAGEOBJECT)
    buffer, length = ctypes.create_string_buffer(8), ctypes.c_ulong()
    for index in range(min(raw.FPDFPageObj_CountMarks(pointer), _MOST_MARKS)):
        mark = raw.FPDFPageObj_GetMark(pointer, index)
        place = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
        if raw.FPDFPageObjMark_GetName(mark, place, len(buffer), length) and (
            buffer.raw[: length.value] == _LAYER
        ):
            return True
    return False


def _whole_words(glyphs: Glyphs, where: Array) -> Array:
    """Leave those words alone of which only a part is meant: one that runs off the page is one word."""
    if not where.any():
        return where
    words = np.cumsum(~glyphs.ink)
    others = np.bincount(words, glyphs.ink & ~where)
    return np.asarray(where & (others[words] == 0))


def _seen(page: Any, glyphs: Glyphs, doubtful: Array) -> Array:
    """Say which doubtful glyphs make a difference to the picture, word by word."""
    places = np.flatnonzero(doubtful)
    seen = np.zeros(len(glyphs), bool)
    items = np.unique(glyphs.objects[places]).tolist()
    seen[places] = difference(page, items, glyphs.boxes[places], _SEEN)
    words = np.cumsum(~glyphs.ink)[places]
    _, word = np.unique(words, return_inverse=True)
    share = np.bincount(word, ~seen[places]) / np.bincount(word)
    seen[places] = share[word] <= _SHARE
    return seen
