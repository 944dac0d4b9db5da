"""Lines: glyphs that stand beside each other on one base line, without a gap as wide as between cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from decloak.readers.pdf.glyphs import BLANK, LINE_END_HYPHEN, Boxes, Glyphs
from decloak.readers.pdf.layers import Rule

__all__ = ["Line", "lines_of"]

_CELL_GAP = 1.5  # ems between two glyphs that stand in different cells
_NEAR_CELL_GAP = 0.65  # the same, where blanks are drawn between all words
_DRAWN, _FEWEST = 0.9, 20  # share and number of gaps with a blank from which on that is so
_BACK = 0.5  # ems that a glyph may lie behind the end of the one before: kerning, accents
_RULED_GAP = 0.1  # ems between glyphs with an edge of a cell between them
_ON = 1.25  # points that an edge, as wide as pdfium says it is, may lie within a glyph's box
_ALIGNED = 0.5  # points within which cells of one column begin
_ROWS_NEAR = 15  # ems up and down in which a column's other cells are looked for
_COLUMN_ROWS = 2  # fewest of them
_MOST_COMPARED = 10_000_000
_KERN = 0.1
_OVERLAP = 0.5  # share of the lower glyph's height in which both must stand
_LINE_END = 0xA
_WORD_GAP = 0.15  # ems, from which on letters belong to two words
_IGNORED = 0xD  # the first half of pdfium's line ends

Array = np.ndarray[Any, Any]


class Line(NamedTuple):
    """A stretch of one line of the page.

    Attributes:
        text: one code point per glyph, blanks inside, none at the edges.
        boxes: (glyph, 4).
        x0, y0, x1, y1: what it covers, in points.
        size: mean height of its glyphs: ascent and descent of the font, in points.
        upright: False where the text runs up or down the page.
    """

    text: str
    boxes: Boxes
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    upright: bool = True

    @property
    def first_word(self) -> float:
        """The width of the first word in points."""
        end = self.text.find(" ")
        return float(self.boxes[end - 1 if end > 0 else -1, 2]) - self.x0


def lines_of(glyphs: Glyphs, wanted: Array, rules: Sequence[Rule] = ()) -> list[Line]:
    """Return the lines of some glyphs of a page, in the order in which they are drawn.

    Args:
        glyphs: of the page.
        wanted: (glyph,) bool; other ink is passed over as if it were not there.
        rules: upright edges that part cells.
    """
    codes, boxes, objects, blank = _kept(glyphs, wanted)
    ink = np.flatnonzero(~blank)
    if not len(ink):
        return []
    text = _text(codes, blank)
    # A blank that was drawn stands between words, however wide; between cells nothing is drawn.
    drawn = np.cumsum(blank & (objects != 0))[ink]
    cuts, upright = _cuts(boxes[ink], objects[ink], np.diff(drawn) > 0, rules)
    starts = np.concatenate(([0], cuts))
    ends = np.concatenate((cuts, [len(ink)]))
    low = np.minimum.reduceat(boxes[ink, :2], starts)
    high = np.maximum.reduceat(boxes[ink, 2:], starts)
    heights = np.where(upright, boxes[ink, 3] - boxes[ink, 1], boxes[ink, 2] - boxes[ink, 0])
    sizes = np.add.reduceat(heights, starts) / (ends - starts)
    edges = np.concatenate((low, high, sizes[:, None]), axis=1).tolist()
    firsts, lasts = ink[starts].tolist(), (ink[ends - 1] + 1).tolist()
    lines = []
    for a, b, edge, up in zip(firsts, lasts, edges, upright[starts].tolist(), strict=True):
        x0, y0, x1, y1, size = edge
        lines.append(Line(text[a:b], boxes[a:b], x0, y0, x1, y1, size, up))
    return lines


def _kept(glyphs: Glyphs, wanted: Array) -> tuple[Array, Boxes, Array, Array]:
    """Return the codes, boxes and objects of the glyphs that make up the text, and which are blanks."""
    blanks = ~glyphs.ink
    kept = np.flatnonzero((wanted | blanks) & (glyphs.codes != _IGNORED))
    blank = blanks[kept]
    # Of the blanks before and after what is passed over one is enough.
    drop = np.zeros(len(kept), bool)
    drop[1:] = blank[1:] & blank[:-1] & (np.diff(kept) > 1)
    # A line end that pdfium wrote between two letters that touch: it took the page for a vertical one.
    ends = (
        np.flatnonzero((glyphs.codes[kept[1:-1]] == _LINE_END) & (glyphs.objects[kept[1:-1]] == 0))
        + 1
    )
    before, after = kept[ends - 1], kept[ends + 1]
    x0, y0, x1, y1 = glyphs.boxes.T
    height = np.minimum(y1[before] - y0[before], y1[after] - y0[after])
    shared = np.minimum(y1[before], y1[after]) - np.maximum(y0[before], y0[after])
    near = np.abs(x0[after] - x1[before]) < _WORD_GAP * height
    drop[ends] |= near & (shared > _OVERLAP * height) & ~blanks[before] & ~blanks[after]
    kept, blank = kept[~drop], blank[~drop]
    return glyphs.codes[kept], glyphs.boxes[kept], glyphs.objects[kept], blank


def _text(codes: Array, blank: Array) -> str:
    """Return one code point for each; all that is no ink is a blank."""
    shown = np.where(blank, BLANK, codes).astype("<u4")
    shown[shown == LINE_END_HYPHEN] = ord("-")
    return shown.tobytes().decode("utf-32-le")


def _cuts(
    boxes: Boxes, objects: Array, spaced: Array, rules: Sequence[Rule]
) -> tuple[Array, Array]:
    """Return before which glyphs a line begins, but the first, and which glyphs stand upright.

    Args:
        boxes: (glyph, 4).
        objects: (glyph,).
        spaced: (glyph - 1,) whether a blank was drawn before each glyph but the first.
        rules: upright edges that part cells.
    """
    x0, y0, x1, y1 = boxes.T
    same = objects[1:] == objects[:-1]
    across = np.abs(np.diff(x0 + x1))
    along = np.abs(np.diff(y0 + y1))
    turned = same & (along > across)
    sideways = np.zeros(len(boxes), bool)
    sideways[1:] |= turned
    sideways[:-1] |= turned
    cut = _parted(x0, y0, x1, y1, spaced, _cell_gap(boxes, spaced))
    if rules:
        cut |= _ruled_off(boxes, cut | spaced, rules)
    cut |= _in_columns(boxes, cut, spaced)
    both = sideways[1:] & sideways[:-1]
    if both.any():
        down = _parted(y0, x0, y1, x1, spaced, _CELL_GAP) & _parted(
            -y1, x0, -y0, x1, spaced, _CELL_GAP
        )
        cut = np.where(both, down & ~same, cut)
    return np.flatnonzero(cut & ~(turned & same)) + 1, ~sideways


def _cell_gap(boxes: Boxes, spaced: Array) -> float:
    """Return from how many ems on a gap in which nothing is drawn parts cells, on this page."""
    height = boxes[1:, 3] - boxes[1:, 1]
    gap = boxes[1:, 0] - boxes[:-1, 2]
    words = (gap > _WORD_GAP * height) & (gap < _CELL_GAP * height)
    count = int(words.sum())
    drawn = int((words & spaced).sum())
    return _NEAR_CELL_GAP if count >= _FEWEST and drawn >= _DRAWN * count else _CELL_GAP


def _ruled_off(boxes: Boxes, settled: Array, rules: Sequence[Rule]) -> Array:
    """Whether an upright edge stands between each glyph and the one before."""
    x0, y0, x1, y1 = boxes.T
    ruled = np.zeros(len(settled), bool)
    pairs = np.flatnonzero(~settled & (x0[1:] - x1[:-1] > _RULED_GAP * (y1[1:] - y0[1:])))
    low, high, middle = x1[pairs], x0[pairs + 1], (y0[pairs] + y1[pairs]) / 2
    for x, bottom, top in rules:
        ruled[pairs[(low < x + _ON) & (high > x - _ON) & (middle > bottom) & (middle < top)]] = True
    return ruled


def _in_columns(boxes: Boxes, cut: Array, spaced: Array) -> Array:
    """Whether each glyph begins a cell as those do above and below it, however near the cell before is."""
    x0, y0, x1, y1 = boxes.T
    height = y1[1:] - y0[1:]
    gap = x0[1:] - x1[:-1]
    shared = np.minimum(y1[1:], y1[:-1]) - np.maximum(y0[1:], y0[:-1])
    in_row = (shared > _OVERLAP * height) & (gap > _RULED_GAP * height)
    cells, pairs = np.flatnonzero(in_row & cut) + 1, np.flatnonzero(in_row & ~cut & ~spaced) + 1
    begun = np.zeros(len(cut), bool)
    if len(cells) < _COLUMN_ROWS or len(cells) * len(pairs) > _MOST_COMPARED:
        return begun
    across = np.abs(x0[pairs, None] - x0[cells]) < _ALIGNED
    up = np.abs(y0[pairs, None] - y0[cells]) < _ROWS_NEAR * height[pairs - 1, None]
    begun[pairs[(across & up).sum(1) >= _COLUMN_ROWS] - 1] = True
    return begun


def _parted(x0: Array, y0: Array, x1: Array, y1: Array, spaced: Array, cell_gap: float) -> Array:
    """Whether each glyph is parted from the one before, in lines that run along x."""
    height = y1 - y0
    em = np.maximum(np.maximum(height[1:], height[:-1]), 0.1)
    shared = np.minimum(y1[1:], y1[:-1]) - np.maximum(y0[1:], y0[:-1])
    gap = x0[1:] - x1[:-1]
    other_row = shared < _OVERLAP * np.minimum(height[1:], height[:-1])
    # The letters of a ligature have one box.
    back = (gap < -_BACK * em) & (x0[1:] < x0[:-1] - _KERN * em)
    return np.asarray(other_row | back | ~spaced & (gap > cell_gap * em))
