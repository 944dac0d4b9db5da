"""Run: every target under every condition, interleaved, so that all meet the same machine."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Protocol

from decloak.evaluation.attack.conditions import CLEAN, attacked, conditions
from decloak.evaluation.attack.measure import Cell, clean_answers, measure_target
from decloak.evaluation.attack.search import Fall, search
from decloak.evaluation.attack.targets import Target
from decloak.evaluation.tagger.mentions import Text

__all__ = ["drawn", "run"]

LONGEST = 20_000
"""Code points of a text that is attacked; longer ones are left out: every condition asks about it again."""


class Advance(Protocol):
    """Called after every condition, with its name."""

    def __call__(self, name: str, /) -> None: ...


def drawn(texts: Sequence[Text], most: int, seed: int) -> list[Text]:
    """Return some texts with entities, evenly over their sources, in an order drawn by the seed."""
    by_source: dict[str, list[Text]] = {}
    for text in texts:
        if text.gold and len(text.text) <= LONGEST:
            by_source.setdefault(text.source, []).append(text)
    found: list[Text] = []
    for source, members in sorted(by_source.items()):
        Random(f"attack/{seed}/{source}").shuffle(members)  # noqa: S311 - repeatable, no secrets
    while len(found) < most and any(by_source.values()):
        for members in by_source.values():
            if members and len(found) < most:
                found.append(members.pop())
    return found


def run(
    targets: Sequence[Target],
    texts: Sequence[Text],
    strengths: Sequence[float],
    seed: int,
    *,
    searched: int = 0,
    budget: int = 2,
    advance: Advance | None = None,
) -> tuple[dict[tuple[str, str, float], dict[str, Cell]], dict[str, list[Fall]]]:
    """Measure all targets.

    Args:
        targets: whom to ask.
        texts: clean labelled texts.
        strengths: shares of the entities that are disguised.
        seed: of the disguises.
        searched: indicators for which the cheapest disguise is searched; 0 for none.
        budget: of the search.
        advance: called after every condition.

    Returns:
        Counts by condition and target, and what the search found for each target.
    """
    cells: dict[tuple[str, str, float], dict[str, Cell]] = {}
    clean = {target.name: clean_answers(target, texts) for target in targets}
    for family, kind, strength in [(CLEAN, CLEAN, 0.0), *conditions(strengths)]:
        rows = list(attacked(texts, family, strength, seed))
        cells[family, kind, strength] = {
            target.name: measure_target(target, texts, clean[target.name], rows)
            for target in targets
        }
        if advance is not None:
            advance(family)
    falls = {}
    for target in targets if searched else ():
        falls[target.name] = search(target, texts, most=searched, budget=budget, seed=seed)
        if advance is not None:
            advance(f"search: {target.name}")
    return cells, falls
