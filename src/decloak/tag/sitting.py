"""Sitting: one document read by the model, window by window, within a budget where it is long."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import log2
from operator import itemgetter
from typing import TYPE_CHECKING

from decloak.core.document import View
from decloak.core.entity import Candidate, Tagged
from decloak.core.facts import Fact, Segment
from decloak.tag.base import Scene
from decloak.tag.blobs import parts_between
from decloak.tag.budget import Budget, rates, tokens_of
from decloak.tag.cascade import Cascade
from decloak.tag.explained import confirmed_spans, unexplained
from decloak.tag.name_confidence import EVERYWHERE, UNMEASURED, Lines, believed, without_noun
from decloak.tag.rows import PROSE, ROW, Stretch
from decloak.tag.units import Unit, placed, units_of

if TYPE_CHECKING:  # NumPy and onnxruntime cost nothing where no model is asked
    from decloak.tag.neural import Tagger

__all__ = ["Sitting", "names_of"]

_NAME = re.compile(r"(?<![A-Za-z0-9])(?:[a-z]*[A-Z][A-Za-z0-9]*|[A-Za-z]+[0-9][A-Za-z0-9]*)")
_LEAST_PIECES = 6
"""Code points of a piece, at most, as a rule: what is too long for the budget by that is not split."""


class Sitting:
    """Reads the windows of one document.

    Args:
        load: gives the model; asked for when there is first something to read.
        budget: what may be spent; None to read everything.
        cascade: reads the prose; None to read it as all else.
        lines: how far the model is to be believed about names.
    """

    def __init__(
        self,
        load: Callable[[], Tagger],
        budget: Budget | None,
        cascade: Cascade | None = None,
        lines: Lines = UNMEASURED,
    ) -> None:
        self._load = load
        self._budget = budget
        self._cascade = cascade
        self._lines = lines

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know of what was not read."""
        return self._budget.warnings() if self._budget else ()

    def read(
        self, scene: Scene, facts: list[Fact], candidates: Sequence[Candidate]
    ) -> list[Tagged]:
        """Return what the model finds in a window, in order.

        Args:
            scene: the window.
            facts: those that begin in it, in order.
            candidates: what the other proposers found there.

        Raises:
            ModelFileError: when anything about the folder is amiss.
        """
        view, low, high = scene.view, scene.low, scene.high
        text, budget = view.text, self._budget
        if budget is None:
            read = self._exact(text, parts_between(view.shadow, low, high))
            return self._names(text, read, scene.segments)
        if not budget.is_open:
            tokens = tokens_of(view.shadow[low:high])
            budget.earn(high - low, tokens, len(facts), len(candidates))
        stretches = list(unexplained(view, low, high, scene.segments, facts, candidates))
        budget.fold(sum(stretch.kind == ROW for stretch in stretches))
        found: list[Tagged] = []
        prose = [stretch for stretch in stretches if stretch.kind == PROSE]
        if self._cascade is not None and prose:
            found += self._cascade.read(text, _ranges(view, prose))
            stretches = [stretch for stretch in stretches if stretch.kind != PROSE]
        if budget.is_open:
            # Windows of prose overlap, so that each word is seen with what surrounds it.
            exact = [stretch for stretch in stretches if stretch.kind != ROW]
            found += self._exact(text, _ranges(view, exact))
            stretches = [stretch for stretch in stretches if stretch.kind == ROW]
        if stretches:
            units = units_of(view, stretches, confirmed_spans(facts, candidates))
            units = units if budget.is_open else self._chosen(budget, units)
            answers = self._load().each([unit.text for unit in units]) if units else ()
            for unit, spans in zip(units, answers, strict=True):
                found += placed(text, unit, spans)
        found.sort(key=itemgetter(0))
        return self._names(text, found, scene.segments)

    def _names(
        self, text: str, found: Iterable[Tagged], segments: Iterable[Segment]
    ) -> list[Tagged]:
        """Return what was found, as confident as the model deserves there."""
        prose = [(start, end) for start, end, source, _, _ in segments if source == PROSE]
        starts = [start for start, _ in prose]
        rest = {label: line for label, line in self._lines.items() if label in EVERYWHERE}
        made: list[Tagged] = []
        for each in found:
            span = without_noun(each, text)
            place = bisect_right(starts, span.start) - 1
            inside = place >= 0 and span.start < prose[place][1]
            made += believed((span,), text, self._lines if inside else rest)
        return made

    def _exact(self, text: str, ranges: Iterable[tuple[int, int]]) -> list[Tagged]:
        ranges = list(ranges)
        return list(self._load().stretches(text, ranges)) if ranges else []

    def _chosen(self, budget: Budget, units: Sequence[Unit]) -> list[Unit]:
        """Return the units that the budget allows, those first of which most is to be expected."""
        chosen: list[Unit] = []
        for unit in sorted(units, key=_expected, reverse=True):  # stable: else in order of the text
            if budget.affords(1, len(unit.text) // _LEAST_PIECES):
                windows, pieces = self._load().work(unit.text)
                if budget.affords(windows, pieces):
                    budget.spend(windows, pieces)
                    chosen.append(unit)
                    continue
            budget.leave(len(unit.places), sum(end - start for start, end, _ in unit.places))
        return chosen


def _ranges(view: View, stretches: Iterable[Stretch]) -> Iterator[tuple[int, int]]:
    """Yield the parts of stretches that may be read."""
    for each in stretches:
        yield from parts_between(view.shadow, each.start, each.end, tool=each.is_tool)


def names_of(text: str) -> int:
    """Return how many words are spelt like names, with a capital or a digit."""
    return sum(1 for _ in _NAME.finditer(text))


def _expected(unit: Unit) -> float:
    """Return what may be found for its cost: names, as often as such are found in its kind.

    The same at many places is worth more than at one, and less than so many different things.
    """
    cost = rates().window + rates().piece * len(unit.text) / 3
    gain = rates().gain
    return (
        gain.get(unit.kind, min(gain.values()))
        * log2(1 + len(unit.places))
        * (names_of(unit.text) + 0.5)
        / cost
    )
