"""Reliability: whether a confidence of 0.9 is right nine times in ten.

Expected calibration error (Naeini et al., 2015): the mean distance between confidence and share of
right ones over bins, weighted by their size. Bins of equal width show where a model is wrong about
itself; bins of equal mass do not depend on a few spans in empty regions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["BINS", "Bin", "bins", "calibration_error"]

BINS = 15


class Bin(NamedTuple):
    """One bin.

    Attributes:
        low, high: its edges; of equal mass: its smallest and largest confidence.
        size: spans in it.
        confidence: their mean confidence.
        right: the share of them that is right.
    """

    low: float
    high: float
    size: int
    confidence: float
    right: float


def bins(
    confidence: Sequence[float], right: Sequence[bool], *, equal_mass: bool, count: int = BINS
) -> list[Bin]:
    """Sort spans into bins; empty ones are left out.

    Args:
        confidence: in [0, 1], (span,).
        right: whether each is right, (span,).
        equal_mass: as many spans in every bin, instead of bins of equal width.
        count: number of bins.
    """
    sure, good = np.asarray(confidence, np.float64), np.asarray(right, np.bool_)
    order = np.argsort(sure, kind="stable")
    sure, good = sure[order], good[order]
    if equal_mass:
        parts = [part for part in np.array_split(np.arange(sure.size), count) if part.size]
        return [_bin(sure[part], good[part], sure[part][0], sure[part][-1]) for part in parts]
    edges = np.linspace(0, 1, count + 1)
    place = np.clip(np.searchsorted(edges, sure, side="right") - 1, 0, count - 1)
    return [
        _bin(sure[place == index], good[place == index], edges[index], edges[index + 1])
        for index in range(count)
        if (place == index).any()
    ]


def _bin(sure: NDArray[np.float64], good: NDArray[np.bool_], low: float, high: float) -> Bin:
    return Bin(float(low), float(high), sure.size, float(sure.mean()), float(good.mean()))


def calibration_error(made: Sequence[Bin]) -> float:
    """Return the expected calibration error, in [0, 1]; nan without spans."""
    total = sum(each.size for each in made)
    if not total:
        return float("nan")
    return sum(each.size * abs(each.confidence - each.right) for each in made) / total
