"""Balance: leave out some of the surplus, so that sources have the same share in every part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

__all__ = ["Drawn", "balanced"]

_AIM = {"train": 0.8, "validation": 0.1, "test": 0.1}
_KEPT = 0.97
"""Part of what was drawn that is aimed at; the rest is room to even things out."""


class Drawn(NamedTuple):
    """What balancing needs to know of a sample."""

    id: str
    split: str
    source: str
    tokens: int


def balanced(drawn: Sequence[Drawn]) -> frozenset[str]:
    """Return the ids to keep.

    A cell (part and source) that holds more than its share gives some up: first those that bring its
    mean length nearer to the source's. Parts that are missing altogether (a tiny corpus) change
    nothing.
    """
    cells: dict[tuple[str, str], list[Drawn]] = {}
    sources: Counter[str] = Counter()
    lengths: Counter[str] = Counter()
    for each in drawn:
        cells.setdefault((each.split, each.source), []).append(each)
        sources[each.source] += 1
        lengths[each.source] += each.tokens
    if {part for part, _ in cells} != set(_AIM):
        return frozenset(each.id for each in drawn)
    kept: set[str] = set()
    for (part, source), cell in cells.items():
        wanted = max(1, round(_KEPT * sources[source] * _AIM[part]))
        kept.update(_fewer(cell, wanted, lengths[source] / sources[source]))
    return frozenset(kept)


def _fewer(cell: Sequence[Drawn], wanted: int, mean: float) -> list[str]:
    """Return the ids of `wanted` samples whose mean length is near `mean`."""
    order = sorted(cell, key=lambda each: crc32(each.id.encode()))
    long = [each for each in order if each.tokens > mean]
    short = [each for each in order if each.tokens <= mean]
    count, total = len(order), sum(each.tokens for each in order)
    while count > wanted:
        side = long if (total > mean * count and long) or not short else short
        total -= side.pop().tokens
        count -= 1
    return [each.id for each in (*long, *short)]
