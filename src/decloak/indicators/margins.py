"""Margins: what a log, a chat or an editor wrote before every line of somebody else's text.

``2024-07-22T19:23:06Z 22/tcp open ssh`` is a line of Nmap behind a time stamp. Margins are time stamps,
line numbers and speakers, on at least three lines in a row. They are no disguise: nothing is edited,
grammars and the tagger just do not look at them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from decloak.core.document import View
from decloak.indicators.engine import compile_pattern

__all__ = ["margins_of", "without_margins"]

_QUOTED = rb"[ \t>|*]{0,8}"
_CLOCK = rb"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?: ?[AP]M)?"
_ZONE = rb"(?: ?(?:Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}))?"
_DATE = rb"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}/[0-9]{2}/[0-9]{2}|[0-9]{2}[./][0-9]{2}[./][0-9]{4})[T ]"
_MONTH = rb"(?:<[0-9]{1,3}>)?(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-3][0-9] )?"
_STAMP = (
    rb"(?:\[?" + _DATE + _CLOCK + _ZONE + rb"\]?|\[" + _CLOCK + rb"\]|" + _MONTH + _CLOCK + rb")"
)
_LEVEL = rb"(?:[ \t]+\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL)\]?)?"
_NAME = rb"[A-Za-z\x80][A-Za-z0-9_.\x80-]{0,31}"
_END = rb"(?:[ \t]|$)"
_LINES = compile_pattern(
    rb"(?m)^" + _QUOTED + rb"(?:"
    rb"(" + _STAMP + _LEVEL + rb"(?:[ \t]*:)?" + _END + rb")"
    rb"|(" + _NAME + rb" " + _CLOCK + _END + rb")"
    rb"|((?:[A-Za-z_./~][A-Za-z0-9_./~-]{0,95}:)?\[?([0-9]{1,7})(?:\t|$|: ?|\]" + _END + rb"| \|" + _END + rb"))"
    rb"|((?:@" + _NAME + rb"|<" + _NAME + rb">|" + _NAME + rb" {0,24}\|)" + _END + rb")"
    rb")"
)  # fmt: skip
_SPEAKER = compile_pattern(
    rb"(?m)[ \t]*((?:<"
    + _NAME
    + rb">|"
    + _NAME
    + rb"(?:\[[0-9]{1,9}\])?:|"
    + _NAME
    + rb" ?\|)"
    + _END
    + rb")"
)
_STAMPED, _SAID, _NUMBERED, _NUMBER, _SPOKEN = range(1, 6)
_KINDS = (_STAMPED, _SAID, _NUMBERED, _SPOKEN)
_FEWEST = 3
"""Lines in a row that make it a margin."""
_FEWEST_SPOKEN = 6
"""Those before which a word with a colon is a speaker, and no field of the text."""
_MOST = 4096
"""Lines that are judged together, so that a log of any length takes no more memory."""


class _Line(NamedTuple):
    """The margin of one line: half-open range, kind, and what is in it.

    Attributes:
        name: the speaker, or the file before a number; the same on all lines in a row.
        number: of the line.
    """

    start: int
    end: int
    kind: int
    name: bytes
    number: int


def without_margins(view: View) -> View:
    """Return the view with blanks where lines have margins; the same one where there are none."""
    return view.blanked(margins_of(view, 0, len(view)))


def margins_of(view: View, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Yield the margins of the lines of a range that begins and ends at line ends, in order.

    A margin ends with one blank or tab, which belongs to it; a line end does not.
    """
    group: list[_Line] = []
    shadow = view.shadow
    for line in _lines(shadow, low, high):
        if group and not _goes_on(shadow, group[-1], line):
            yield from _settled(shadow, group)
            group = []
        group.append(line)
        if len(group) == _MOST:
            yield from _settled(shadow, group[:-_FEWEST_SPOKEN])
            group = group[-_FEWEST_SPOKEN:]
    yield from _settled(shadow, group)


def _lines(shadow: bytes, low: int, high: int) -> Iterator[_Line]:
    for found in _LINES.finditer(shadow, low, high):
        kind = next(kind for kind in _KINDS if found.start(kind) >= 0)
        name, number = b"", 0
        if kind == _NUMBERED:
            name = shadow[found.start(kind) : found.start(_NUMBER)]
            number = int(found.group(_NUMBER))
        elif kind == _SPOKEN:
            name = found.group(kind).strip()
        yield _Line(found.start(), found.end(), kind, name, number)


def _goes_on(shadow: bytes, last: _Line, line: _Line) -> bool:
    """Whether a line is the next one after the last, blank ones aside, with the same kind of margin."""
    if (last.kind, last.name) != (line.kind, line.name):
        return False
    stop = shadow.find(b"\n", last.end, line.start)
    return stop >= 0 and not shadow[stop : line.start].strip(b"\n\t \x82")


def _settled(shadow: bytes, group: list[_Line]) -> Iterator[tuple[int, int]]:
    """Yield the margins of lines in a row, unless it takes more to call them that."""
    if len(group) < _FEWEST:
        return
    kind = group[0].kind
    if kind == _NUMBERED and not (_is_counted(group) and _has_lines(shadow, group)):
        return
    if kind != _STAMPED:
        yield from ((line.start, line.end) for line in group)
        return
    ends = [line.end for line in group]
    said = [_SPEAKER.match(shadow, line.end - 1) for line in group]
    names = {shadow[found.start(1) : found.end(1)].strip() for found in said if found is not None}
    if len(names) == 1 and None not in said:
        name = names.pop()
        if not name.endswith(b":") or len(group) >= _FEWEST_SPOKEN:
            ends = [found.end() for found in said if found is not None]
    for line, end in zip(group, ends, strict=True):
        yield line.start, end


def _has_lines(shadow: bytes, group: list[_Line]) -> bool:
    """Whether something stands behind enough of the numbers, which are more than a column then."""
    return sum(shadow[line.end : line.end + 1] not in b"\n" for line in group) >= _FEWEST


def _is_counted(group: list[_Line]) -> bool:
    """Whether numbers go up by one from line to line, as a rule."""
    steps = sum(after.number == before.number + 1 for before, after in pairwise(group))
    return 4 * steps >= 3 * (len(group) - 1)
