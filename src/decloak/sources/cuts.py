"""Cuts: which anchor runs are segments of their own, and between which lines each begins and ends.

An anchor says "this tool writes such lines", not "nobody else does": a host of Shodan's has an
``Organization:`` as WHOIS has. So runs are candidates, and one pass finds the cheapest reading of all
of them: a change of writer costs, less after a blank line or at a line that an output opens with;
a run costs the reading in which another layout wrote it, little for a line which that layout knows,
much for one it does not. The weights are in ``data/cuts.json``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from types import SimpleNamespace

from decloak.core.document import View
from decloak.indicators.engine import Pattern, compile_pattern
from decloak.sources.anchor_runs import BLANK_LINES, SAME_GAP, Run, anchor_of
from decloak.sources.base import LineParser
from decloak.sources.paragraphs import FREE_FORM, absorb

__all__ = ["decided"]

_LINES_BELOW, _LINES_BELOW_EACH = 20, 5
_LONGEST_LINE = 512  # of what a grammar is asked about


@cache
def _weights() -> SimpleNamespace:
    text = (files("decloak.sources") / "data" / "cuts.json").read_text("utf-8")
    return SimpleNamespace(**json.loads(text))


@cache
def _opening(pattern: bytes) -> Pattern:
    return compile_pattern(rb"(?m)" + pattern, capture=False)


def decided(view: View, runs: list[Run], low: int, high: int) -> list[Run]:
    """Return the segments of a range as runs with their final borders, in order.

    Args:
        view: the text.
        runs: anchor runs of the range, in order; they are changed.
        low: where the range starts, which holds no container.
        high: where it ends.
    """
    runs = _joined(view, _weighed(view.shadow, runs))
    return _placed(view, runs, low, high)


def _weighed(shadow: bytes, runs: list[Run]) -> list[Run]:
    """Give every run the layout that the cheapest reading says wrote it, and join what is one."""
    parsers = list({run.parser.name: run.parser for run in runs}.values())
    if len(parsers) == 1 or not runs:
        return runs
    runs, parted = _parted(shadow, runs)
    weights = _weights()
    states = range(len(parsers))
    costs = [0.0] * len(parsers)
    came_from: list[list[int]] = []
    for index, run in enumerate(runs):
        least = min(states, key=costs.__getitem__)
        change = costs[least] + weights.change
        if index:
            low = _line_end(shadow, runs[index - 1].start, run.start) + 1
            head = _head(shadow, run, low)
            change += weights.after_blank_line * _after_blank(shadow, head)
            own_change = change + weights.at_an_opening * _opens(shadow, run.parser, head, run.end)
        else:
            own_change = change
        own = parsers.index(run.parser)
        # What costs more than to change from here is never returned to: how much more does not matter.
        most = min(costs[own], own_change) + weights.change
        sample = _Sample(shadow, run)
        origins, reached = [], []
        for state in states:
            move = own_change if state == own else change
            stays = costs[state] <= move
            origins.append(state if stays else least)
            cost = costs[state] if stays else move
            if state != own and cost <= most:
                cost += _cost_of_another(sample, parsers[state], most - cost)
            reached.append(cost)
        came_from.append(origins)
        costs = reached
    state = min(states, key=costs.__getitem__)
    written_by = []
    for origins in reversed(came_from):
        written_by.append(parsers[state])
        state = origins[state]
    return _merged(shadow, runs, written_by[::-1], parted)


def _parted(shadow: bytes, runs: list[Run]) -> tuple[list[Run], set[int]]:
    """Part short runs between others, whose first lines the one and last the other may have written.

    They are parted at blank lines, and where what a neighbour knows begins or ends; not where blank lines
    stand on either side.

    Returns:
        All runs, and the places of those that were parted from the run before them.
    """
    pieces: list[Run] = []
    parted: set[int] = set()
    last = len(runs) - 1
    for index, run in enumerate(runs):
        if (
            not 0 < index < last
            or run.end - run.start > SAME_GAP
            or (
                BLANK_LINES.search(shadow, runs[index - 1].end, run.start)
                and BLANK_LINES.search(shadow, run.end, runs[index + 1].start)
            )
        ):
            pieces.append(run)
            continue
        beside = runs[index - 1].parser, runs[index + 1].parser
        known: tuple[bool, ...] | None = None
        for match in anchor_of(run.parser.name).finditer(shadow, run.start, run.end):
            start = match.start()
            end = _line_end(shadow, start, run.end)
            line = _cut(shadow, start, end)
            knows = tuple(parser.knows(line) for parser in beside)
            if known == knows and not BLANK_LINES.search(shadow, pieces[-1].end, start):
                pieces[-1].end = end
                pieces[-1].strides += 1
                continue
            if known is not None:
                parted.add(len(pieces))
            pieces.append(Run(run.parser, start, end))
            known = knows
    return pieces, parted


class _Sample:
    """The first anchor lines of a run, each with whether an output opens with it; read when asked for."""

    def __init__(self, shadow: bytes, run: Run) -> None:
        self._shadow, self._run, self._position = shadow, run, run.start
        self._most = _weights().lines_sampled
        self._lines: list[tuple[bytes, bool]] = []

    def __iter__(self) -> Iterator[tuple[bytes, bool]]:
        yield from self._lines
        while len(self._lines) < self._most and (line := self._next()) is not None:
            self._lines.append(line)
            yield line

    def _next(self) -> tuple[bytes, bool] | None:
        shadow, run = self._shadow, self._run
        if self._position > run.end:
            return None
        match = anchor_of(run.parser.name).search(shadow, self._position, run.end)
        if match is None:
            return None
        start = match.start()
        end = _line_end(shadow, start, run.end)
        self._position = end + 1
        return _cut(shadow, start, end), _opens(shadow, run.parser, start, end)


def _cost_of_another(
    sample: Iterable[tuple[bytes, bool]], parser: LineParser, most: float
) -> float:
    """What it costs to say that a run was written by another layout than its anchors'.

    Args:
        sample: lines of the run, each with whether an output opens with it.
        parser: the other layout.
        most: anything above it is as good as the cost itself.
    """
    weights = _weights()
    known = 0
    cost = 0.0
    for line, opens in sample:
        if not parser.knows(line):
            cost += weights.foreign_line
        elif opens:
            cost += weights.known_opening
        else:
            known += 1
        if cost > most:
            return cost
    return cost + float(min(known * weights.known_line, weights.known_lines_at_most))


def _merged(
    shadow: bytes, runs: list[Run], written_by: list[LineParser], parted: set[int]
) -> list[Run]:
    """Join each run that goes to another layout, or was parted, with its neighbours of its layout."""
    merged: list[Run] = []
    gave_way = False  # whether the last run took a reassigned one, or was one
    for index, (run, parser) in enumerate(zip(runs, written_by, strict=True)):
        moved = parser is not run.parser or index in parted
        run.parser = parser
        last = merged[-1] if merged else None
        if last is not None and last.parser is parser and (moved or gave_way):
            apart = run.start - last.end > SAME_GAP
            if not apart or BLANK_LINES.search(shadow, last.end, run.start) is None:
                last.end = run.end
                last.strides += run.strides
                last.tails += run.tails
                gave_way = True
                continue
        merged.append(run)
        gave_way = moved
    return merged


def _joined(view: View, runs: list[Run]) -> list[Run]:
    """Join neighbours of one source and different layouts that no blank line parts.

    The layout is chosen once per group, so that alternating lines cost no more than others.
    """
    joined: list[Run] = []
    choices: list[list[LineParser]] = []
    for run in runs:
        last = joined[-1] if joined else None
        if (
            last is None
            or last.parser.source != run.parser.source
            or run.parser in choices[-1][-1:]
            or BLANK_LINES.search(view.shadow, last.end, run.start)
        ):
            joined.append(run)
            choices.append([run.parser])
            continue
        choices[-1] = [parser for parser in choices[-1] if parser is not run.parser]
        choices[-1].append(run.parser)
        last.end = run.end
        last.strides += run.strides
        last.tails += run.tails
    for run, parsers in zip(joined, choices, strict=True):
        if len(parsers) > 1:
            run.parser = max(parsers, key=lambda each: each.score(view, run.start, run.end))
    return joined


def _placed(view: View, runs: list[Run], low: int, high: int) -> list[Run]:
    """Put the borders of every run where its lines begin and end."""
    shadow = view.shadow
    for index, run in enumerate(runs):
        if index:
            _begin_after(shadow, runs[index - 1], run)
        else:
            run.start = _above(shadow, low, _head(shadow, run, low))
    for index, run in enumerate(runs):
        run.end = _below(shadow, run, runs[index + 1].start if index + 1 < len(runs) else high)
    for index, run in enumerate(runs):
        if run.parser.source in FREE_FORM:
            before = runs[index - 1].end if index else low
            after = runs[index + 1].start if index + 1 < len(runs) else high
            run.start, run.end = absorb(view, run.parser, run.start, run.end, before, after)
    return runs


def _begin_after(shadow: bytes, before: Run, run: Run) -> None:
    """Place the cut between two runs, which may move lines from either to the other."""
    start = _past_known(shadow, before.parser, run)
    if start == run.start:
        start = _head(shadow, run, _line_end(shadow, before.start, run.start) + 1)
        if start > before.end:
            before.end = _tail(shadow, before, run.parser, start)
            start = _above(shadow, before.end, start, before.parser)
    run.start = start
    before.end = min(before.end, max(start - 1, before.start))


def _past_known(shadow: bytes, before: LineParser, run: Run) -> int:
    """Return the first line of a run that its forerunner did not write as its own last ones."""
    position = run.start
    if _after_blank(shadow, position):
        return position
    for _ in range(_weights().lines_looked_back):
        end = _line_end(shadow, position, run.end)
        blank = not shadow[position:end].strip()
        if not blank and (
            _after_blank(shadow, position)
            or _opens(shadow, run.parser, position, run.end)
            or not before.knows(_cut(shadow, position, end))
        ):
            return position
        position = end + 1
        if position >= run.end:
            break
    return run.start


def _head(shadow: bytes, run: Run, low: int) -> int:
    """Return where the lines begin that stand above a run and that it knows.

    That is after a blank line, or at a line it opens with; without either, at its first anchor.
    """
    found = position = run.start
    for _ in range(_weights().lines_looked_back):
        if position <= low:
            return position if _after_blank(shadow, position) else found
        previous = _line_above(shadow, low, position)
        line = _cut(shadow, previous, position - 1)
        if not line.strip():
            return position
        if not run.parser.knows(line):
            break
        position = previous
        if _opens(shadow, run.parser, position, run.start):
            found = position
    return found


def _tail(shadow: bytes, run: Run, after: LineParser, high: int) -> int:
    """Return where the lines end that stand right below a run and that it knows."""
    end = run.end
    for _ in range(_weights().lines_looked_back):
        start = end + 1
        if start >= high:
            break
        stop = _line_end(shadow, start, high)
        line = _cut(shadow, start, stop)
        if not line.strip() or not run.parser.knows(line) or _opens(shadow, after, start, stop):
            break
        end = stop
    return min(end, high)


def _above(shadow: bytes, low: int, start: int, before: LineParser | None = None) -> int:
    """Return the start of the few lines right above, after a blank one or one of the forerunner's."""
    for _ in range(_weights().any_lines_above):
        if start <= low:
            return low
        previous = _line_above(shadow, low, start)
        line = _cut(shadow, previous, start - 1)
        if not line.strip() or (before is not None and before.knows(line)):
            return start
        start = previous
    return start


def _below(shadow: bytes, run: Run, high: int) -> int:
    """Return the end of the lines right below, up to a blank one, more of them for longer runs."""
    end = run.end
    if high - end <= 1:
        return high
    if shadow.startswith(b"\n\n", end):
        return end + 1
    blank = BLANK_LINES.search(shadow, end, high)
    stop = blank.start() + 1 if blank else high
    if shadow.count(b"\n", end, stop) < _LINES_BELOW + _LINES_BELOW_EACH:
        return stop
    for _ in range(_LINES_BELOW + _LINES_BELOW_EACH * run.marks(shadow)):
        line_end = shadow.find(b"\n", end, stop)
        if line_end < 0:
            return stop
        end = line_end + 1
    return end


def _line_end(shadow: bytes, start: int, high: int) -> int:
    end = shadow.find(b"\n", start, high)
    return end if end >= 0 else high


def _line_above(shadow: bytes, low: int, start: int) -> int:
    return shadow.rfind(b"\n", low, start - 1) + 1 or low


def _cut(shadow: bytes, start: int, end: int) -> bytes:
    return shadow[start : min(end, start + _LONGEST_LINE)]


def _after_blank(shadow: bytes, start: int) -> bool:
    """Whether the line above a line is blank; nothing above is."""
    return start == 0 or not shadow[_line_above(shadow, 0, start) : start].strip()


def _opens(shadow: bytes, parser: LineParser, start: int, high: int) -> bool:
    return _opening(parser.opening).match(shadow, start, high) is not None
