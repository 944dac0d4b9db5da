"""Windows: what the encoder reads at a time, cut from a stream of words.

A window holds at most so many pieces. It ends behind a line end where one lies in its last quarter,
else wherever it is full. The next one begins `overlap` pieces earlier, at a line start where one is
near; each word of the overlap belongs to the window where it has more context, which is decided at
the middle of the overlap. Where a window begins depends only on the words before its end, so a text
may be read piece by piece.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Cut", "cut", "line_ends_of"]


class Cut(NamedTuple):
    """One window over words, as ranks.

    Attributes:
        first, stop: half-open range of the words it holds.
        own, own_stop: half-open range of the words it speaks for; no two windows share one.
    """

    first: int
    stop: int
    own: int
    own_stop: int


def cut(
    offsets: Sequence[int], line_ends: Sequence[int], budget: int, overlap: int, own: int = 0
) -> list[Cut]:
    """Cut words into windows. Linear in their number.

    Args:
        offsets: where the pieces of each word begin, and one more entry for their end.
        line_ends: ranks of the words that are line ends, in order.
        budget: most pieces of a window; no word has more.
        overlap: pieces that neighbours share, at most; below half of the budget.
        own: the first word that is not spoken for yet.
    """
    count = len(offsets) - 1
    windows: list[Cut] = []
    first = 0
    while first < count:
        stop = bisect_right(offsets, offsets[first] + budget) - 1
        if stop >= count:
            windows.append(Cut(first, count, own, count))
            break
        stop = _after_line(offsets, line_ends, first, stop, budget)
        following = _start(offsets, line_ends, first, stop, overlap)
        middle = (offsets[following] + offsets[stop]) // 2
        own_stop = min(max(bisect_left(offsets, middle), following, own), stop)
        windows.append(Cut(first, stop, own, own_stop))
        first, own = following, own_stop
    return windows


def _after_line(
    offsets: Sequence[int], line_ends: Sequence[int], first: int, stop: int, budget: int
) -> int:
    """Return the rank behind the last line end in the window's last quarter, else `stop`."""
    place = bisect_left(line_ends, stop) - 1
    if place >= 0:
        behind = line_ends[place] + 1
        if behind > first and offsets[behind] - offsets[first] >= budget - budget // 4:
            return behind
    return stop


def _start(
    offsets: Sequence[int], line_ends: Sequence[int], first: int, stop: int, overlap: int
) -> int:
    """Return where the next window begins: behind `first`, at most `overlap` pieces before `stop`.

    At a line start, where one lies in there.
    """
    earliest = max(bisect_left(offsets, offsets[stop] - overlap), first + 1)
    if earliest >= stop:
        return stop
    place = bisect_left(line_ends, earliest - 1)
    if place < len(line_ends) and line_ends[place] + 1 < stop:
        return line_ends[place] + 1
    return earliest


def line_ends_of(text: str, starts: array[int]) -> list[int]:
    """Return the ranks of the words that are line ends."""
    return [rank for rank, start in enumerate(starts) if text[start] == "\n"]
