"""Tally: counts per text and label that add up, and the figures that follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decloak.core.labels import CORE_LABELS, LABELS
from decloak.evaluation.score import Gold
from decloak.evaluation.tagger.matching import pair
from decloak.evaluation.tagger.mentions import Mention, Text

__all__ = ["LABEL_ORDER", "Figures", "Tally", "add_matches", "figures", "tally"]

LABEL_ORDER = (*CORE_LABELS, *(label for label in LABELS if label not in CORE_LABELS))
"""The axis `label` of all counts: the core labels first."""

HIT, MISSED, SPURIOUS, CHECKED_HIT, CHECKED_MISSED = range(5)
"""The axis `count`. *Checked*: under a label for which the text's gold is complete, so that
precision is defined; spurious ones are checked by definition."""

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tally:
    """What one system got right and wrong in a list of texts.

    Attributes:
        exact, overlap: counts, (text, label, count).
        disguised: entities in disguise, (text, 3): found exactly, found by overlap, all.
        ids: the document each text was made of.
        found: for every text, which of its gold (in the order of `Text.gold`) is found by overlap.
    """

    exact: Counts
    overlap: Counts
    disguised: Counts
    ids: tuple[str, ...]
    found: tuple[tuple[bool, ...], ...]

    @staticmethod
    def joined(parts: Sequence[Tally]) -> Tally:
        """Put the texts of several tallies one after another."""
        return Tally(
            np.concatenate([part.exact for part in parts]),
            np.concatenate([part.overlap for part in parts]),
            np.concatenate([part.disguised for part in parts]),
            tuple(each for part in parts for each in part.ids),
            tuple(each for part in parts for each in part.found),
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision, recall and F1; None where undefined.

    Attributes:
        precision: right ones among the checked predictions.
        recall: found ones among all that is known.
        f1: 2 TP / (2 TP + FP + FN) over what is checked.
        gold: how many are known.
    """

    precision: float | None
    recall: float | None
    f1: float | None
    gold: int


def tally(
    texts: Sequence[Text],
    said: Sequence[Iterable[Mention]],
    labels: Sequence[str] = LABEL_ORDER,
) -> Tally:
    """Count for every text; gold of other labels is left out.

    Args:
        texts: what is known.
        said: what a system reports of each.
        labels: the axis `label` of the counts.
    """
    place = {label: index for index, label in enumerate(labels)}
    exact = np.zeros((len(texts), len(labels), 5), np.int64)
    overlap = np.zeros_like(exact)
    disguised = np.zeros((len(texts), 3), np.int64)
    found: list[tuple[bool, ...]] = []
    hits: set[tuple[int, int]] = set()
    for index, (text, mentions) in enumerate(zip(texts, said, strict=True)):
        listed = [each for each in mentions if each.label in place]
        for column, (counts, is_exact) in enumerate(((exact, True), (overlap, False))):
            # The last round is that by overlap; what is found exactly is found by overlap too.
            hits = _count(text, listed, counts[index], place, exact=is_exact)
            disguised[index, column] = len(hits & text.disguised)
        disguised[index, 2] = len(text.disguised)
        found.append(tuple((each.start, each.end) in hits for each in text.gold))
    return Tally(exact, overlap, disguised, tuple(text.id for text in texts), tuple(found))


def _count(
    text: Text,
    said: Sequence[Mention],
    counts: Counts,
    place: Mapping[str, int],
    *,
    exact: bool,
) -> set[tuple[int, int]]:
    known = [each for each in text.gold if each.label in place]
    pairing = pair(known, said, exact=exact)
    add_matches(
        counts, place, text, [gold for gold, _ in pairing.hits], pairing.missed, pairing.spurious
    )
    return {(gold.start, gold.end) for gold, _ in pairing.hits}


def add_matches(
    counts: Counts,
    place: Mapping[str, int],
    text: Text,
    hits: Iterable[Gold],
    missed: Iterable[Gold],
    spurious: Iterable[Mention],
) -> None:
    """Count what matching one text gave.

    Args:
        counts: (label, count), added to.
        place: of each label on the first axis.
        text: says under which labels its gold is complete.
        hits: gold that is found.
        missed: gold that is not.
        spurious: what is reported and no gold.
    """
    for gold in hits:
        counts[place[gold.label], HIT] += 1
        counts[place[gold.label], CHECKED_HIT] += text.checks(gold.label)
    for gold in missed:
        counts[place[gold.label], MISSED] += 1
        counts[place[gold.label], CHECKED_MISSED] += text.checks(gold.label)
    for mention in spurious:
        if text.checks(mention.label) and not text.excuses(mention.start, mention.end):
            counts[place[mention.label], SPURIOUS] += 1


def figures(counts: Counts) -> Figures:
    """Return the figures of counts summed over texts and labels.

    Args:
        counts: (..., count).
    """
    hit, missed, spurious, checked, unfound = (
        int(each) for each in counts.reshape(-1, 5).sum(axis=0)
    )
    wrong = spurious + unfound
    return Figures(
        checked / (checked + spurious) if checked + spurious else None,
        hit / (hit + missed) if hit + missed else None,
        2 * checked / (2 * checked + wrong) if checked + unfound else None,
        hit + missed,
    )
