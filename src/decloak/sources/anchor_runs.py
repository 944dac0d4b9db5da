"""Anchor runs: stretches of lines that one line grammar claims, found by the anchors of all grammars.

They are candidates: `cuts` weighs which of them are segments of their own.

One pattern holds all anchors. Inside a run the scan does not stop at every line: it looks for the
next anchor of another grammar, strides over the run's own, and looks back from where it must stop,
so dense output costs a few searches per run, not one per line.

An automaton has a state for each count of a bounded repetition, for all anchors at once: so the pattern of
all of them repeats without bound, and a line that it finds is then asked of each anchor as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from decloak.core.document import View
from decloak.indicators.bounds import LEAST_BOUND, unbounded
from decloak.indicators.engine import Match, Pattern, compile_pattern
from decloak.sources.base import PARSERS, LineParser

__all__ = ["BLANK_LINES", "SAME_GAP", "Run", "anchor_of", "find_runs"]

BLANK_LINES = compile_pattern(rb"\n(?:[ \t\x82]*\n)+", capture=False)

_STRIDE = 1000
SAME_GAP = 2000  # code points between two anchors of one grammar that always stay together
_PROBES = 8  # lines that are looked at one by one, from the end of a run backwards
_UNION_MEMORY = 1 << 25  # the states of all anchors together; with less, RE2 forgets them
_MAX_KNOWN = 4096  # matches whose grammar is remembered


@dataclass(slots=True)
class Run:
    """Anchor lines of one grammar: the first line's start, the last line's end.

    Attributes:
        parser: the grammar.
        start, end: half-open range; the end is that of a line, without its line feed.
        strides: how many anchor lines the scan stopped at.
        tails: ranges behind those, with the anchor, where it did not stop at every line.
    """

    parser: LineParser
    start: int
    end: int
    strides: int = 1
    tails: list[tuple[Pattern, int, int]] = field(default_factory=list)

    def marks(self, shadow: bytes) -> int:
        """Return a lower bound of the number of anchor lines."""
        return self.strides + sum(_stops(shadow, *tail) for tail in self.tails)


class _Grammar:
    """A parser, its anchor, and the anchors of all others at once.

    Attributes:
        order: its place in the order of registration.
        seen: which grammar the text of a match of `foreign` belongs to.
    """

    def __init__(self, parser: LineParser, order: int, lines: tuple[LineParser, ...]) -> None:
        self.parser = parser
        self.order = order
        self.own = anchor_of(parser.name)
        self.seen: dict[bytes, _Grammar] = {}
        self._others = tuple(other for other in lines if other is not parser)

    @property
    def foreign(self) -> Pattern:
        """The pattern of the other grammars' anchors; made when first needed."""
        return _union(self._others)


@cache
def _grammars(names: tuple[str, ...]) -> tuple[Pattern, tuple[_Grammar, ...]]:
    """Return the pattern of all anchors at once, and each grammar, in order of registration."""
    parsers = [PARSERS.get(name) for name in names]
    lines = tuple(parser for parser in parsers if isinstance(parser, LineParser))
    return _union(lines), tuple(
        _Grammar(parser, order, lines) for order, parser in enumerate(lines)
    )


@cache
def anchor_of(name: str) -> Pattern:
    """Return the anchor of a parser."""
    return compile_pattern(PARSERS.get(name).anchor, capture=False)


@cache
def _union(parsers: tuple[LineParser, ...]) -> Pattern:
    """Return a pattern that finds every line where an anchor matches, and few others.

    All anchors begin where a line does and stay on it, so that no text is read again and again for what is
    repeated without bound.
    """
    anchors = b"|".join(b"(?:%s)" % unbounded(parser.anchor) for parser in parsers)
    return compile_pattern(anchors, capture=False, memory=_UNION_MEMORY)


@cache
def _first_seen(_names: tuple[str, ...]) -> dict[bytes, _Grammar]:
    """Return what is known about matches of all anchors at once."""
    return {}


def find_runs(view: View, low: int, high: int) -> Iterator[Run]:
    """Yield the runs of a range, in order.

    A line that several grammars know goes to the one registered first; but a run keeps it from
    another layout of its own source.
    """
    scan = _Scan(view.shadow, high)
    position = low
    while (match := scan.union.search(scan.shadow, position, high)) is not None:
        start = match.start()
        grammar = scan.owner(match, scan.seen)
        if grammar is None:
            position = start + 1
            continue
        while True:
            run = Run(grammar.parser, start, scan.line_end(start))
            following = scan.extend(run, grammar)
            yield run
            if following is None:
                break
            start, grammar = following
        position = max(run.end, start + 1)


class _Scan:
    """One pass over a range, with what is known about the anchors ahead."""

    def __init__(self, shadow: bytes, high: int) -> None:
        self.shadow = shadow
        self.high = high
        names = PARSERS.names()
        self.union, self.grammars = _grammars(names)
        self.seen = _first_seen(names)
        # By parser, where the next line of another one starts, and whose it is.
        self.ahead: dict[str, tuple[int, _Grammar | None]] = {}

    def line_end(self, start: int) -> int:
        """Return the end of the line that starts here; no anchor goes beyond it."""
        line_end = self.shadow.find(b"\n", start, self.high)
        return line_end if line_end >= 0 else self.high

    def owner(self, match: Match, seen: dict[bytes, _Grammar]) -> _Grammar | None:
        """Return the first of the grammars that know the line where a union of anchors matched, if any does.

        The union prefers the anchor registered first, so what it matched, with the character
        behind it for the sake of `$`, always belongs to the same grammar; where it is short enough.
        """
        start, end = match.span()
        key = self.shadow[start : end + 1] if end - start < LEAST_BOUND else b""
        grammar = seen.get(key)
        if grammar is None:
            matching = (
                grammar
                for grammar in self.grammars
                if grammar.seen is not seen
                and grammar.own.match(self.shadow, start, self.high) is not None
            )
            grammar = next(matching, None)
            if len(seen) >= _MAX_KNOWN:
                seen.clear()
            if key and grammar is not None:
                seen[key] = grammar
        return grammar

    def extend(self, run: Run, grammar: _Grammar) -> tuple[int, _Grammar] | None:
        """Move the end of a run to its last anchor before another grammar's, or before a gap.

        Returns the start and the grammar of the next run, where they are known for certain.
        """
        limit, following = self._next_foreign(run.end, grammar)
        own, shadow = grammar.own, self.shadow
        while limit - run.end > SAME_GAP:
            match = own.search(shadow, run.end + _STRIDE, run.end + SAME_GAP)
            if match is None:
                match = own.search(shadow, run.end, limit)
                if match is None:
                    return (limit, following) if following else None
                if self._apart(run.end, match.start()):
                    return None
            run.end = min(self.line_end(match.start()), limit)
            run.strides += 1
        if run.end < limit:
            run.tails.append((own, run.end, limit))
            run.end = self._last(own, run.end, limit)
        return (limit, following) if following else None

    def _last(self, own: Pattern, end: int, limit: int) -> int:
        """Return the end of the last anchor line in a short range; `end` when it has none."""
        shadow = self.shadow
        line_end = limit
        for _ in range(_PROBES):
            start = shadow.rfind(b"\n", end, line_end) + 1
            if not start:
                return end
            if start < line_end and own.match(shadow, start, limit) is not None:
                return line_end
            line_end = start - 1
        while (match := own.search(shadow, end, line_end + 1)) is not None:
            end = min(self.line_end(match.start()), limit)
        return end

    def _apart(self, low: int, high: int) -> bool:
        return high - low > SAME_GAP and BLANK_LINES.search(self.shadow, low, high) is not None

    def _next_foreign(self, position: int, grammar: _Grammar) -> tuple[int, _Grammar | None]:
        """Return where the next line starts that another grammar gets, and which; or the end."""
        name = grammar.parser.name
        known = self.ahead.get(name, (-1, None))
        while known[0] < position:
            match = grammar.foreign.search(self.shadow, position, self.high)
            if match is None:
                known = self.high, None
                continue
            start = match.start()
            other = self.owner(match, grammar.seen)
            if other is None:
                position = start + 1
                continue
            before = grammar.order < other.order or grammar.parser.source == other.parser.source
            if before and grammar.own.match(self.shadow, start, self.high) is not None:
                position = max(self.line_end(start), start + 1)
            else:
                known = start, other
        self.ahead[name] = known
        return known


def _stops(shadow: bytes, own: Pattern, end: int, limit: int) -> int:
    """Return at how many anchor lines of a range the scan would stop, were it to stride on."""
    stops = 0
    while end < limit:
        far = min(end + _STRIDE, limit)
        match = own.search(shadow, far, min(end + SAME_GAP, limit)) or own.search(
            shadow, end, limit
        )
        if match is None:
            break
        line_end = shadow.find(b"\n", match.start(), limit)
        end = line_end if line_end >= 0 else limit
        stops += 1
    return stops
