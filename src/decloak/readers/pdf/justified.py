"""Justified: lines whose words stand as far apart as cells, because they are drawn out to both edges."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from decloak.readers.pdf.lines import Line
from decloak.readers.pdf.order import same_row

__all__ = ["justified"]

_EDGE = 0.5  # ems within which two lines end at one edge
_WORDS = 2  # blanks in a line that is no cell


def justified(lines: list[Line]) -> list[Line]:
    """Join the words of a row that begins and ends where a line of prose above or below it does.

    Args:
        lines: of a page, in reading order.
    """
    rows: list[list[Line]] = []
    for line in lines:
        if rows and same_row(rows[-1][-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    if len(rows) == len(lines):
        return lines
    for index, row in enumerate(rows):
        around = rows[max(index - 1, 0) : index] + rows[index + 1 : index + 2]
        if len(row) > 1 and any(_frames(near, row) for near in around):
            rows[index] = [_joined(row)]
    return [line for row in rows for line in row]


def _frames(near: Sequence[Line], row: Sequence[Line]) -> bool:
    """Whether a row is one line of prose with the edges of another row."""
    line, slack = near[0], _EDGE * row[0].size
    return (
        len(near) == 1
        and line.text.count(" ") >= _WORDS
        and abs(line.x0 - row[0].x0) <= slack
        and abs(line.x1 - row[-1].x1) <= slack
        and abs(line.size - row[0].size) <= slack
    )


def _joined(row: Sequence[Line]) -> Line:
    parts = [row[0].boxes]
    for a, b in pairwise(row):
        gap = a.x1, min(a.y0, b.y0), b.x0, max(a.y1, b.y1)
        parts += [np.array([gap], np.float32), b.boxes]
    return Line(
        " ".join(line.text for line in row),
        np.concatenate(parts),
        row[0].x0,
        min(line.y0 for line in row),
        row[-1].x1,
        max(line.y1 for line in row),
        row[0].size,
    )
