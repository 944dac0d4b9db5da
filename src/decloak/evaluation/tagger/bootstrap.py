"""Bootstrap: how far a figure moves when other documents of the same kind had been drawn.

Documents are drawn with replacement (Efron, 1979), 95 % percentile intervals. All texts made of one
document are drawn together, and two systems are compared on the same draws.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from decloak.evaluation.tagger.tally import CHECKED_HIT, CHECKED_MISSED, SPURIOUS, Counts

__all__ = ["Interval", "difference", "f1_interval", "f1_of", "interval", "significance", "weights"]

RESAMPLES = 2000
Interval = tuple[float, float]
Floats = NDArray[np.float64]


def weights(documents: int, seed: int, resamples: int = RESAMPLES) -> NDArray[np.int64]:
    """Return how often each document is drawn, (resample, document); every row sums to `documents`."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(documents, np.full(documents, 1 / documents), size=resamples)


def f1_of(counts: NDArray[np.integer]) -> Floats:
    """Return micro F1 of sums, (..., count) -> (...); nan where nothing is known and nothing said."""
    double = 2.0 * counts[..., CHECKED_HIT]
    total = double + counts[..., SPURIOUS] + counts[..., CHECKED_MISSED]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(double / total, np.float64)


def interval(values: Floats) -> Interval:
    """Return the 2.5th and 97.5th percentile, undefined values left out; nan when all are."""
    known = values[~np.isnan(values)]
    if not known.size:
        return float("nan"), float("nan")
    low, high = np.percentile(known, (2.5, 97.5))
    return float(low), float(high)


def f1_interval(
    counts: Counts, ids: Sequence[str], seed: int, resamples: int = RESAMPLES
) -> Interval:
    """Return the interval of micro F1.

    Args:
        counts: (text, label, count).
        ids: the document each text was made of.
        seed: of the draws.
        resamples: how many draws.
    """
    return interval(_resampled(counts, ids, seed, resamples))


def difference(
    first: Counts, second: Counts, ids: Sequence[str], seed: int, resamples: int = RESAMPLES
) -> tuple[float, Interval]:
    """Return how much higher the micro F1 of `first` is than that of `second`, with its interval.

    Args:
        first: counts, (text, label, count).
        second: counts of the same texts by another system.
        ids: the document each text was made of.
        seed: of the draws.
        resamples: how many draws.
    """
    point, within, _ = significance(first, second, ids, seed, resamples)
    return point, within


def significance(
    first: Counts, second: Counts, ids: Sequence[str], seed: int, resamples: int = RESAMPLES
) -> tuple[float, Interval, float]:
    """Return the same as `difference`, and the two-sided p-value of no difference.

    The p-value is twice the share of draws on the other side of zero, a draw of exactly zero
    counting for both sides, and never below 1 / resamples.
    """
    drawn = _resampled(first, ids, seed, resamples) - _resampled(second, ids, seed, resamples)
    point = float(f1_of(first.sum(axis=(0, 1))) - f1_of(second.sum(axis=(0, 1))))
    known = drawn[~np.isnan(drawn)]
    if not known.size:
        return point, interval(drawn), float("nan")
    side = min(float((known <= 0).mean()), float((known >= 0).mean()))
    return point, interval(drawn), min(1.0, max(2 * side, 1 / known.size))


def _resampled(counts: Counts, ids: Sequence[str], seed: int, resamples: int) -> Floats:
    names = sorted(set(ids))
    place = {name: index for index, name in enumerate(names)}
    each = np.zeros((len(names), counts.shape[-1]), np.int64)
    np.add.at(each, [place[name] for name in ids], counts.sum(axis=1))
    return f1_of(weights(len(names), seed, resamples) @ each)
