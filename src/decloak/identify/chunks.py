"""Chunks: a segment cut by record to what a model can read at a time, never through a record."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from decloak.core.facts import Fact, Facts, Segment

__all__ = ["Chunk", "chunks_of"]

_END = re.compile(r"[.!?;] +|\n+")
_HEADS = frozenset({"host", "domain", "network", "query"})
_ENDS = frozenset(".;,|")
_HEAD = 400
"""Code points of a host's own lines that are repeated above its later ports."""


class Chunk(NamedTuple):
    """What is sent in one prompt.

    Attributes:
        start, end: half-open decoded range.
        facts: the facts inside it.
        head: decoded range of the lines that name what the first record belongs to, repeated
            above it; empty where the chunk begins with them.
        too_long: it is one record that does not fit; it is not sent.
        cuts: where its records begin.
    """

    start: int
    end: int
    facts: tuple[Fact, ...]
    head: tuple[int, int] = (0, 0)
    too_long: bool = False
    cuts: tuple[int, ...] = ()

    def text(self, document: str) -> str:
        """Return the text of the chunk, its head in front.

        In a collapsed line every record begins a line of its own.
        """
        edges = sorted({self.start, *self.cuts, self.end})
        parts = [document[low:high] for low, high in pairwise(edges)]
        body = "".join(f"{part}\n" if part.rstrip(" ")[-1:] in _ENDS else part for part in parts)
        low, high = self.head
        return f"{document[low:high].rstrip()}\n{body}" if low < high else body

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """The decoded ranges that it shows."""
        body = ((self.start, self.end),)
        return (self.head, *body) if self.head[0] < self.head[1] else body


class _Unit(NamedTuple):
    """The smallest stretch that is never cut: one record without its children.

    `is_head`: whether the records that follow belong to it.
    """

    start: int
    end: int
    is_head: bool


def chunks_of(
    text: str,
    segment: Segment,
    found: Sequence[Fact],
    facts: Facts,
    room: int,
    count: Callable[[str], int],
) -> Iterator[Chunk]:
    """Cut a segment into chunks.

    Args:
        text: the decoded text.
        segment: the stretch of it.
        found: the facts inside the segment, sorted by start.
        facts: all facts, for the records they belong to.
        room: tokens that the data of one prompt may have.
        count: tokens of a text.
    """
    whole = text[segment.start : segment.end]
    # One count for the whole, shared out by length: counting every unit would cost a call each.
    size = max(count(whole), 1) / max(len(whole), 1)
    place = 0
    units = list(_units(text, segment, found, facts))
    has_records = any(fact.record >= 0 for fact in found)
    cuts = [unit.start for unit in units] if has_records else []
    for start, end, head in _packed(iter(units), room, size):
        first = place
        while place < len(found) and found[place].start < end:
            place += 1
        too_long = (end - start) * size > room
        inside = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
        yield Chunk(start, end, tuple(found[first:place]), head, too_long, tuple(inside))


def _packed(
    units: Iterator[_Unit], room: int, size: float
) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """Put units together while they fit: start, end and head of each chunk."""
    low = high = 0
    head = chunk_head = (0, 0)
    for unit in units:
        full = (unit.end - low + _HEAD) * size > room
        # A new head begins a new chunk once the old one is half full: hosts stay together.
        if low < high and (full or (unit.is_head and (unit.start - low) * size > room / 2)):
            yield low, high, chunk_head
            low = high
        if low == high:
            low = unit.start
            chunk_head = (0, 0) if unit.is_head else head
        if unit.is_head:
            head = unit.start, min(unit.end, unit.start + _HEAD)
        high = unit.end
    if low < high:
        yield low, high, chunk_head


def _units(text: str, segment: Segment, found: Sequence[Fact], facts: Facts) -> Iterator[_Unit]:
    """Cut a segment where one record ends and the next begins; prose at its sentences."""
    cuts: dict[int, bool] = {}
    seen: dict[int, None] = {}
    last_end = segment.start
    for fact in found:
        number = fact.record
        if number >= 0 and number not in seen:
            is_first = not seen
            for above in _chain(number, facts.parents):
                seen[above] = None
            # A record that comes back to an earlier one's lines is not cut off from them.
            line = text.rfind("\n", last_end, fact.start) + 1
            cut = max(line, last_end) if line else fact.start
            if is_first:  # what stands above the first record belongs to it
                cuts[segment.start] = True
            elif cut >= last_end:
                cuts[cut] = cuts.get(cut, False) or _leads(facts, number)
        last_end = max(last_end, fact.end)
    if not cuts:
        cuts = dict.fromkeys(_sentences(text, segment), False)
    begin, is_head = segment.start, False
    for cut in sorted(cuts):
        if cut > begin:
            yield _Unit(begin, cut, is_head)
            begin = cut
        is_head = cuts[cut]
    if begin < segment.end:
        yield _Unit(begin, segment.end, is_head)


def _leads(facts: Facts, number: int) -> bool:
    """Whether what follows a record's lines is about it: the ports of a host."""
    return facts.parents[number] < 0 or facts.kinds[number] in _HEADS


def _chain(number: int, parents: Sequence[int]) -> Iterator[int]:
    while number >= 0:
        yield number
        number = parents[number]


def _sentences(text: str, segment: Segment) -> Iterator[int]:
    """Yield where lines and sentences begin."""
    for match in _END.finditer(text, segment.start, segment.end):
        yield match.end()
