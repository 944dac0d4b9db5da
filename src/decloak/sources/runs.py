"""Runs: stretches of lines that one line grammar claims, found by the anchors of all grammars.

One pattern holds all anchors. Inside a run the scan does not stop at every line: it looks for the
next anchor of another grammar, and strides over the run's own, so dense output costs one search
per thousand code points, not one per line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from decloak.core.document import View
from decloak.indicators.engine import Pattern, compile_pattern
from decloak.sources.base import PARSERS, SourceParser
from decloak.sources.detect import CONTAINERS

__all__ = ["BLANK_LINES", "Run", "find_runs"]

BLANK_LINES = compile_pattern(rb"\n(?:[ \t\x82]*\n)+", capture=False)

_STRIDE = 1000
_SAME_GAP = 2000  # code points between two anchors of one grammar that always stay together


@dataclass(slots=True)
class Run:
    """Anchor lines of one grammar: the first line's start, the last line's end, how many at least.

    Attributes:
        parser: the grammar.
        start, end: half-open range; the end is that of a line, without its line feed.
        marks: a lower bound of the number of anchor lines.
    """

    parser: SourceParser
    start: int
    end: int
    marks: int = 1


@dataclass(frozen=True, slots=True)
class _Grammar:
    """A parser, its anchor, and the anchors of all others at once."""

    parser: SourceParser
    own: Pattern
    foreign: Pattern


@cache
def _grammars(names: tuple[str, ...]) -> tuple[Pattern, tuple[_Grammar, ...]]:
    """Return the pattern of all anchors at once, and each grammar, in order of registration."""
    parsers = [PARSERS.get(name) for name in names]
    lines = [parser for parser in parsers if parser.layout not in CONTAINERS]
    return _union(lines), tuple(
        _Grammar(
            parser,
            compile_pattern(parser.anchor, capture=False),
            _union([other for other in lines if other is not parser]),
        )
        for parser in lines
    )


def _union(parsers: list[SourceParser]) -> Pattern:
    return compile_pattern(b"|".join(b"(?:%s)" % p.anchor for p in parsers), capture=False)


def find_runs(view: View, low: int, high: int) -> Iterator[Run]:
    """Yield the runs of a range, in order.

    A line that several grammars know goes to the one registered first; but a run keeps it from
    another layout of its own source.
    """
    scan = _Scan(view.shadow, high)
    position = low
    while (match := scan.union.search(scan.shadow, position, high)) is not None:
        start = match.start()
        grammar = scan.grammar_at(start, None)
        run = Run(grammar.parser, start, scan.line_end(start, match.end()))
        scan.extend(run, grammar)
        yield run
        position = max(run.end, start + 1)


class _Scan:
    """One pass over a range, with what is known about the anchors ahead."""

    def __init__(self, shadow: bytes, high: int) -> None:
        self.shadow = shadow
        self.high = high
        self.union, self.grammars = _grammars(PARSERS.names())
        self.ahead: dict[str, int] = {}  # by parser, where the next line of another one starts

    def line_end(self, start: int, end: int) -> int:
        """Return the end of the line in which a match ends."""
        line_end = self.shadow.find(b"\n", max(start, end - 1), self.high)
        return line_end if line_end >= 0 else self.high

    def grammar_at(self, start: int, current: _Grammar | None) -> _Grammar:
        """Return the grammar that gets the line which starts here."""
        matching = (
            grammar
            for grammar in self.grammars
            if grammar.own.match(self.shadow, start, self.high) is not None
        )
        first = next(matching, self.grammars[-1])
        if current is None or first is current or first.parser.source != current.parser.source:
            return first
        return current if current in matching else first

    def extend(self, run: Run, grammar: _Grammar) -> None:
        """Move the end of a run to its last anchor before another grammar's, or before a gap."""
        limit = self._next_foreign(run.end, grammar)
        own, shadow = grammar.own, self.shadow
        while run.end < limit:
            far = min(run.end + _STRIDE, limit)
            match = own.search(shadow, far, min(run.end + _SAME_GAP, limit))
            if match is None:
                match = own.search(shadow, run.end, limit)
                if match is None or self._apart(run.end, match.start()):
                    return
            run.end = max(min(self.line_end(match.start(), match.end()), limit), run.end + 1)
            run.marks += 1

    def _apart(self, low: int, high: int) -> bool:
        return high - low > _SAME_GAP and BLANK_LINES.search(self.shadow, low, high) is not None

    def _next_foreign(self, position: int, grammar: _Grammar) -> int:
        """Return where the next line starts that another grammar gets, or the end."""
        name = grammar.parser.name
        known = self.ahead.get(name, -1)
        while known < position:
            match = grammar.foreign.search(self.shadow, position, self.high)
            if match is None:
                known = self.high
            elif self.grammar_at(match.start(), grammar) is not grammar:
                known = match.start()
            else:
                position = max(self.line_end(match.start(), match.end()), match.start() + 1)
        self.ahead[name] = known
        return known
