"""Rows: what of free text is no prose: lines of a log, and lines of which everything is told.

A log repeats itself line for line. Its lines are read one by one, without the time in front, so that
those which are alike need be read once. Sentences are read together: what surrounds them is context.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from decloak.indicators.engine import compile_pattern

__all__ = ["PROSE", "ROW", "Stretch", "parts_of"]

PROSE, ROW = "prose", "row"


class Stretch(NamedTuple):
    """Text that the model should read.

    Attributes:
        start, end: half-open code-point range.
        kind: how it stands in the text: ``prose``, ``row`` (a line of a log), ``remark`` (lines of tool
            output in which nothing is told), ``told`` (one in which something is), ``near`` (a part of a
            long one), ``value`` (in JSON), ``tag`` (in XML).
    """

    start: int
    end: int
    kind: str


_STAMPS = compile_pattern(
    rb"(?m)^(?:[^A-Za-z\x80\n]{0,40}(?:[A-Za-z\x80][A-Za-z0-9\x80]{0,11}[^A-Za-z\x80\n]{1,24}){0,3}?"
    rb"[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,:][0-9]{1,9})?(?:Z| ?[+-][0-9]{2}:?[0-9]{2})?[\])|,;:]{0,2}"
    rb"|[0-9]{10}(?:\.[0-9]{1,6})?)[ \t]",
    capture=False,
)
"""A time of day with seconds in front of a line, behind a date or an address; or seconds since 1970."""
_LETTER = compile_pattern(rb"[A-Za-z\x80]", capture=False)
_TOLD_LINES = 3
"""Lines in a row that are told entirely, from which they are left out; fewer are context."""
_ROW_LINES = 8
"""Lines of a log in a row, from which they are read as such, in a text that is no log."""


class _Line(NamedTuple):
    """One line.

    Attributes:
        start, end: half-open range, with its line end.
        body: where what is behind the time begins.
        is_row: whether a time stands in front.
        is_blank: whether there is nothing in it.
        is_told: whether no letter is left in it, by facts and patterns.
    """

    start: int
    end: int
    body: int
    is_row: bool
    is_blank: bool
    is_told: bool


def parts_of(shadow: bytes, masked: bytearray, low: int, start: int, end: int) -> Iterator[Stretch]:
    """Yield what should be read of a segment of free text, in order.

    Args:
        shadow: of the whole text.
        masked: the same from `low` on, with blanks where something is told.
        low: where `masked` begins.
        start: where the segment begins, or what of it is looked at.
        end: where it ends.
    """
    lines = list(_lines(shadow, masked, low, start, end))
    full = sum(not line.is_blank for line in lines)
    if 2 * sum(line.is_row for line in lines) > full:
        yield from _rows(lines)
        return
    begin, rank = start, 0
    while rank < len(lines):
        stop = _run_of_rows(lines, rank)
        if stop - rank >= _ROW_LINES:
            yield from _prose(shadow, begin, lines[rank].start)
            yield from _rows(lines[rank:stop])
            begin, rank = lines[stop - 1].end, stop
            continue
        stop, count = _run_of_told(lines, rank)
        if count >= min(_TOLD_LINES, full):
            yield from _prose(shadow, begin, lines[rank].start)
            begin = lines[stop - 1].end
        rank = max(stop, rank + 1)
    yield from _prose(shadow, begin, end)


def _rows(lines: Sequence[_Line]) -> Iterator[Stretch]:
    return (Stretch(line.body, line.end, ROW) for line in lines if not line.is_told)


def _prose(shadow: bytes, start: int, end: int) -> Iterator[Stretch]:
    if shadow[start:end].strip():
        yield Stretch(start, end, PROSE)


def _run_of_rows(lines: Sequence[_Line], rank: int) -> int:
    while rank < len(lines) and lines[rank].is_row:
        rank += 1
    return rank


def _run_of_told(lines: Sequence[_Line], rank: int) -> tuple[int, int]:
    """Return where lines end that are told or blank, and how many are told."""
    count = 0
    while rank < len(lines) and (lines[rank].is_told or lines[rank].is_blank):
        count += not lines[rank].is_blank
        rank += 1
    return rank, count


def _lines(shadow: bytes, masked: bytearray, low: int, start: int, end: int) -> Iterator[_Line]:
    bodies = {
        found.start(): found.end()
        for found in _STAMPS.finditer(shadow, start, end)
        if found.start() == start or shadow[found.start() - 1] == 10
    }
    left = bytes(masked)
    while start < end:
        stop = shadow.find(b"\n", start, end) + 1 or end
        body = bodies.get(start, start)
        is_blank = not shadow[start:stop].strip()
        is_told = not is_blank and _LETTER.search(left, body - low, stop - low) is None
        yield _Line(start, stop, body, body > start, is_blank, is_told)
        start = stop
