"""Order: the lines of a page as a reader takes them.

Most programs draw in that order, and then it is kept: a table, a caption or a box in the margin reads
best as its author wrote it. Where lines are drawn in no order they are sorted from the top, and where
columns are drawn line by line across, each column is read to its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, groupby, pairwise

from decloak.readers.pdf.lines import Line

__all__ = ["reading_order", "same_row"]

_JUMBLED = 0.2  # share of the steps that go up within a column, in a page that is sorted
_FEWEST = 4  # lines on each side of what parts two columns
_CROSSINGS = 3  # from one side to the other and back: fewer are columns in order already
_WORDS = 3.0  # words in a line of a column, on average; cells of tables have fewer
_FULL = 0.6  # share of a column's width that its lines fill, on average
_GRID = 2.0  # points in which gaps between columns are looked for
_MOST_LINES = 20_000
_DEPTH = 4


def reading_order(lines: list[Line]) -> list[Line]:
    """Return the lines in reading order, each once."""
    if not _FEWEST <= len(lines) <= _MOST_LINES:
        return lines
    upward = sum(_goes_up(a, b) for a, b in pairwise(lines))
    if upward > max(_FEWEST, _JUMBLED * len(lines)):
        lines = _from_the_top(lines)
    return _by_columns(lines, _DEPTH)


def same_row(a: Line, b: Line) -> bool:
    """Whether `b` stands beside `a`, to the right of it."""
    shared = min(a.y1, b.y1) - max(a.y0, b.y0)
    return b.x0 >= a.x1 and shared > 0.5 * min(a.y1 - a.y0, b.y1 - b.y0)


def _goes_up(a: Line, b: Line) -> bool:
    return b.y0 > a.y1 and b.x0 < a.x1 and a.x0 < b.x1


def _from_the_top(lines: list[Line]) -> list[Line]:
    """Sort into rows from the top, and each row from the left."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (-(line.y0 + line.y1), line.x0)):
        first = rows[-1][0] if rows else None
        if first is not None and line.y0 + line.y1 > 2 * first.y0:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.x0)]


def _by_columns(lines: list[Line], depth: int) -> list[Line]:
    """Put each stretch of lines that runs across a gap into columns."""
    middle = _gap(lines) if depth else None
    if middle is None:
        return lines
    ordered: list[Line] = []
    stretch: list[Line] = []
    for line in lines:
        if line.x0 < middle < line.x1:
            ordered += _columns(stretch, middle, depth)
            ordered.append(line)
            stretch = []
        else:
            stretch.append(line)
    return ordered + _columns(stretch, middle, depth)


def _columns(lines: list[Line], middle: float, depth: int) -> list[Line]:
    """Return the left column and then the right one, where the lines are two columns drawn across."""
    left = [line for line in lines if line.x1 <= middle]
    right = [line for line in lines if line.x0 >= middle]
    crossings = sum((a.x1 <= middle) != (b.x1 <= middle) for a, b in pairwise(lines))
    if crossings < _CROSSINGS or not (_is_prose(left) and _is_prose(right)):
        return lines
    return _by_columns(left, depth - 1) + _by_columns(right, depth - 1)


def _is_prose(lines: Sequence[Line]) -> bool:
    if len(lines) < _FEWEST:
        return False
    words = sum(line.text.count(" ") + 1 for line in lines) / len(lines)
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    filled = sum(line.x1 - line.x0 for line in lines) / len(lines)
    return words >= _WORDS and filled >= _FULL * (right - left)


def _gap(lines: Sequence[Line]) -> float | None:
    """Return the middle of the widest gap that the fewest lines cross, or None."""
    if len(lines) < 2 * _FEWEST:
        return None
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    cells = int(min((right - left) / _GRID, 10_000)) + 1
    step = (right - left) / cells or 1.0
    change = [0] * (cells + 2)
    for line in lines:
        change[int((line.x0 - left) / step)] += 1
        change[int((line.x1 - left) / step) + 1] -= 1
    covered = list(accumulate(change[: cells + 1]))
    edge = cells // 5
    inside = covered[edge : cells + 1 - edge]
    least = min(inside, default=len(lines))
    if least > len(lines) // 4:
        return None
    # Lines that end early widen a gap; where the fewest cross is the gap itself.
    runs = [(low, len(list(run))) for low, run in groupby(inside, key=least.__eq__)]
    place, width, start = edge, 0, 0
    for low, length in runs:
        if low and length > width:
            width, start = length, place
        place += length
    return left + (start + width / 2) * step if width * step >= 2 * _GRID else None
