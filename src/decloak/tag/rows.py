"""Rows: what of free text is no prose: lines of a log, and lines of which everything is told.

A log repeats itself line for line. Its lines are read one by one, without the time in front, so that
those which are alike need be read once. Sentences are read together: what surrounds them is context.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from decloak.indicators.engine import compile_pattern

__all__ = ["PROSE", "ROW", "Stretch", "parts_of"]

PROSE, ROW = "prose", "row"


class Stretch(NamedTuple):
    """Text that the model should read.

    Attributes:
        start, end: half-open code-point range.
        kind: how it stands in the text: ``prose``, ``row`` (a line of a log), or behind the name of a
            source ``remark`` (lines in which nothing is told), ``told`` (one in which something is),
            ``near`` (a part of a long one), ``value`` (in JSON), ``tag`` (in XML): ``whois.remark``.
    """

    start: int
    end: int
    kind: str

    @property
    def is_tool(self) -> bool:
        """Whether a tool wrote it."""
        return "." in self.kind


_CLOCK = rb"[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,:][0-9]{1,9})?"
_DAY = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_NO_LETTER = rb"[^A-Za-z\x80\n]"
_STAMPS = compile_pattern(
    rb"(?m)^(?:(?:[0-9A-Fa-f.:]{3,45} [^ \n]{1,40} [^ \n]{1,40} \[)?"
    + _NO_LETTER + rb"{0,32}(?:" + _DAY + _NO_LETTER + rb"{1,16}){0,2}T?" + _CLOCK
    + rb"(?:Z| ?[+-][0-9]{2}:?[0-9]{2})?(?: [0-9]{4})?[\])|,;:]{0,2}|[0-9]{10}(?:\.[0-9]{1,6})?)(?:[ \t]|$)",
    capture=False,
)  # fmt: skip
"""A time of day with seconds in front of a line, behind a date or who asked a server; or seconds since 1970."""
_LIKE = compile_pattern(
    rb"(?m)^[^\n]{0,60}?" + _CLOCK + rb"|^[^\n]{0,40}?[0-9]{4}[-./][0-9]{2}[-./][0-9]{2}",
    capture=False,
)
"""A time somewhere near the front, of which a log has one in most of its lines."""
_LETTER = compile_pattern(rb"[A-Za-z\x80]", capture=False)
_TOLD_LINES = 3
"""Lines in a row that are told entirely, from which they are left out; fewer are context."""
_ROW_LINES = 8
"""Lines of a log in a row, from which they are read as such, in a text that is no log; and lines that a
log has at least, where what stands in front of them is more than a time."""


class _Line(NamedTuple):
    """One line.

    Attributes:
        start, end: half-open range, with its line end.
        body: where what is behind the time begins.
        is_row: whether a time stands in front.
        is_like: whether a time stands near the front.
        is_blank: whether there is nothing in it.
        is_told: whether no letter is left in it, by facts and patterns.
    """

    start: int
    end: int
    body: int
    is_row: bool
    is_like: bool
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
    like = sum(line.is_like for line in lines)
    if 2 * sum(line.is_row for line in lines) > full or 2 * like > full >= _ROW_LINES:
        for is_blank, group in groupby(lines, key=attrgetter("is_blank")):
            if not is_blank:
                yield from _paragraph(shadow, list(group))
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


def _paragraph(shadow: bytes, lines: Sequence[_Line]) -> Iterator[Stretch]:
    """Yield what should be read of a paragraph of a log, which may be prose all the same."""
    if any(line.is_row or line.is_like for line in lines):
        return _rows(lines)
    return _prose(shadow, lines[0].start, lines[-1].end)


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
    bodies = {found.start(): found.end() for found in _STAMPS.finditer(shadow, start, end)}
    like = {found.start() for found in _LIKE.finditer(shadow, start, end)}
    left = bytes(masked)
    while start < end:
        stop = shadow.find(b"\n", start, end) + 1 or end
        body = min(bodies.get(start, start), stop)
        is_blank = not shadow[start:stop].strip()
        is_told = not is_blank and _LETTER.search(left, body - low, stop - low) is None
        yield _Line(start, stop, body, body > start, start in like, is_blank, is_told)
        start = stop
