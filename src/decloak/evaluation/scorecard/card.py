"""Card: everything that is counted of one system on one set of gold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from decloak.evaluation.score import match_values
from decloak.evaluation.scorecard.gold import GoldSet, Predictions
from decloak.evaluation.tagger.calibration import Judged, judge
from decloak.evaluation.tagger.mentions import Mention, Text
from decloak.evaluation.tagger.tally import HIT, Counts, Figures, Tally, add_matches, figures, tally

__all__ = ["Card", "macro", "measured"]


@dataclass(frozen=True, slots=True)
class Card:
    """What one system gets right and wrong.

    Attributes:
        system: its name.
        labels: the axis `label` of the counts: those of the gold, then others that are predicted.
        tally: by exact span and by overlap.
        values: distinct (label, value) pairs of each text, counts (text, label, count).
        judged: the confidence of every prediction, and whether it is right.
        lost: for each family of disguise how many entities that are found clean are lost, of how many.
    """

    system: str
    labels: tuple[str, ...]
    tally: Tally
    values: Counts
    judged: Judged
    lost: dict[str, tuple[int, int]]

    @property
    def ways(self) -> dict[str, Counts]:
        """The counts by each way of matching."""
        return {"exact": self.tally.exact, "overlap": self.tally.overlap, "value": self.values}

    @property
    def boundaries(self) -> float | None:
        """Share of the entities found by overlap that are found with exactly their boundaries."""
        overlap = int(self.tally.overlap[..., HIT].sum())
        return int(self.tally.exact[..., HIT].sum()) / overlap if overlap else None


def measured(gold: GoldSet, said: Predictions) -> Card:
    """Count what a system gets right and wrong."""
    mentions = [
        [Mention(s.start, s.end, s.label, s.confidence, s.value) for s in spans]
        for spans in said.said
    ]
    more = sorted({m.label for each in mentions for m in each} - set(gold.labels))
    labels = (*gold.labels, *more)
    counted = tally(gold.texts, mentions, labels)
    values = np.stack(
        [
            _by_value(text, each, labels)
            for text, each in zip(gold.texts, mentions, strict=True)
        ]
    )  # fmt: skip
    return Card(
        said.system, labels, counted, values, judge(gold.texts, mentions), _lost(gold, counted)
    )


def _by_value(text: Text, said: Sequence[Mention], labels: Sequence[str]) -> Counts:
    """Count distinct values: one hit for a pair of label and value however often it stands there."""
    place = {label: index for index, label in enumerate(labels)}
    counts = np.zeros((len(labels), 5), np.int64)
    matches = match_values(text.gold, [each for each in said if each.label in place])
    hits = [gold for gold, _ in matches.hits]
    add_matches(counts, place, text, hits, matches.missed, matches.spurious)
    return counts


def _lost(gold: GoldSet, counted: Tally) -> dict[str, tuple[int, int]]:
    """Count attack success: entities found in the clean row (overlap) and not in the disguised one."""
    lost: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for index, origin in gold.clean.items():
        before, after = counted.found[origin], counted.found[index]
        was = sum(before)
        gone = sum(
            found and not still for found, still in zip(before, after, strict=True)
        )  # fmt: skip
        for family in gold.families[index] or ("unnamed",):
            one, all_of_them = lost[family]
            lost[family] = (one + gone, all_of_them + was)
    return dict(sorted(lost.items()))


def macro(counts: Counts) -> float | None:
    """Return the mean F1 over the labels that the gold has; None where none has one.

    Args:
        counts: (text, label, count).
    """
    each: list[Figures] = [figures(counts[:, index]) for index in range(counts.shape[1])]
    known = [made.f1 for made in each if made.gold and made.f1 is not None]
    return sum(known) / len(known) if known else None
