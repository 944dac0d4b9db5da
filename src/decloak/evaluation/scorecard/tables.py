"""Tables of a scorecard: over all, per label, per source, under disguise, calibration, differences."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from decloak.evaluation.report import Table
from decloak.evaluation.scorecard.card import Card, macro
from decloak.evaluation.scorecard.gold import GoldSet
from decloak.evaluation.tagger.bootstrap import f1_interval, significance
from decloak.evaluation.tagger.tables import number
from decloak.evaluation.tagger.tally import figures

__all__ = ["all_tables"]

SEED = 1
"""Of the bootstrap: the same figures in every run."""


def all_tables(gold: GoldSet, cards: Sequence[Card], *, seed: int = SEED) -> list[Table]:
    """Return all tables, most general first; what is not defined for the gold is left out."""
    made = [_summary(gold, cards, seed)]
    if len(cards) > 1:
        made.append(_differences(gold, cards, seed))
    made.append(_labels(cards))
    if len({text.source for text in gold.texts}) > 1:
        made.append(_sources(gold, cards))
    if gold.clean:
        made.append(_lost(cards))
    if any(len(set(card.judged.confidence)) > 1 for card in cards):
        made.append(_calibration(cards))
    return made


def _summary(gold: GoldSet, cards: Sequence[Card], seed: int) -> Table:
    table = Table(
        "Micro and macro",
        ("system", "match", "documents", "entities", "precision", "recall", "F1", "95 %",
         "macro F1", "boundaries"),
    )  # fmt: skip
    ids = [text.id for text in gold.texts]
    for card in cards:
        for way, counts in card.ways.items():
            made = figures(counts)
            low, high = f1_interval(counts, ids, seed)
            table.add(
                card.system, way, len(ids), made.gold,
                *map(number, (made.precision, made.recall, made.f1)),
                f"{number(low)} to {number(high)}", number(macro(counts)),
                number(card.boundaries) if way == "exact" else "–",
            )  # fmt: skip
    return table


def _differences(gold: GoldSet, cards: Sequence[Card], seed: int) -> Table:
    """Compare each system with the one before it, on the same documents."""
    table = Table(
        "Difference in micro F1, paired bootstrap over documents",
        ("systems", "match", "difference", "95 %", "p", "verdict"),
    )
    ids = [text.id for text in gold.texts]
    for before, after in pairwise(cards):
        for way, counts in after.ways.items():
            other = before.ways[way]
            point, (low, high), chance = significance(
                counts.sum(axis=1, keepdims=True), other.sum(axis=1, keepdims=True), ids, seed
            )
            verdict = "tie" if not (low > 0 or high < 0) else ("better" if low > 0 else "worse")
            table.add(
                f"{after.system} - {before.system}", way, f"{point:+.3f}",
                f"{low:+.3f} to {high:+.3f}", number(chance), verdict,
            )  # fmt: skip
    return table


def _labels(cards: Sequence[Card]) -> Table:
    table = Table(
        "Per label",
        ("label", "system", "entities", "precision", "recall", "F1", "overlap F1", "value F1"),
    )
    order = list(dict.fromkeys(label for card in cards for label in card.labels))
    for label in order:
        for card in cards:
            if label not in card.labels:
                continue
            at = card.labels.index(label)
            exact, overlap, value = (figures(each[:, at]) for each in card.ways.values())
            if exact.gold or exact.precision is not None:
                table.add(
                    label, card.system, exact.gold,
                    *map(number, (exact.precision, exact.recall, exact.f1, overlap.f1, value.f1)),
                )  # fmt: skip
    return table


def _sources(gold: GoldSet, cards: Sequence[Card]) -> Table:
    table = Table(
        "Per source",
        ("source", "system", "documents", "entities", "precision", "recall", "F1", "overlap F1",
         "value F1"),
    )  # fmt: skip
    for source in sorted({text.source for text in gold.texts}):
        rows = np.array([text.source == source for text in gold.texts])
        for card in cards:
            exact, overlap, value = (figures(each[rows]) for each in card.ways.values())
            table.add(
                source, card.system, int(rows.sum()), exact.gold,
                *map(number, (exact.precision, exact.recall, exact.f1, overlap.f1, value.f1)),
            )  # fmt: skip
    return table


def _lost(cards: Sequence[Card]) -> Table:
    table = Table(
        "Attack success: share of the entities found clean that their disguise hides (overlap)",
        ("family", "entities", *(card.system for card in cards)),
    )
    for family in sorted({name for card in cards for name in card.lost}):
        pairs = [card.lost.get(family, (0, 0)) for card in cards]
        shares = [number(lost / total if total else None) for lost, total in pairs]
        table.add(family, max(total for _, total in pairs), *shares)
    return table


def _calibration(cards: Sequence[Card]) -> Table:
    table = Table(
        "Calibration of exact spans: expected calibration error over 15 bins",
        ("system", "predictions", "mean confidence", "right", "equal width", "equal mass"),
    )
    for card in cards:
        judged = card.judged
        if not judged.confidence:
            continue
        table.add(
            card.system,
            len(judged.confidence),
            number(float(np.mean(judged.confidence))),
            number(float(np.mean(judged.right))),
            number(judged.error(equal_mass=False)),
            number(judged.error(equal_mass=True)),
        )
    return table
