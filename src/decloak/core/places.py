"""Places: offsets as the line and column that editors show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

__all__ = ["places"]


def places(text: str, offsets: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the line and column of every offset, both from 1; lines end with LF, columns are code points.

    Args:
        text: the text.
        offsets: into it; one pass where they are sorted.
    """
    line, line_start, done = 1, 0, 0
    for offset in offsets:
        if offset < done:
            line, line_start, done = 1, 0, 0
        found = text.count("\n", done, offset)
        if found:
            line += found
            line_start = text.rfind("\n", done, offset) + 1
        done = offset
        yield line, offset - line_start + 1
