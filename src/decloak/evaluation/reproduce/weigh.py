"""Weigh: documents weighted so that a sample looks like another one in some means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["effective", "tilted"]

Floats = NDArray[np.float64]
_ROUNDS = 200
_LARGEST = 30.0


def tilted(features: Sequence[Sequence[float]]) -> Floats | None:
    """Return weights, of mean 1, under which every feature has the mean 0; None where there are none.

    Of all such weights those of the largest entropy (exponential tilting), found by Newton's method
    on the convex dual.

    Args:
        features: (document, feature); each is what it has above what is wanted.
    """
    wanted = np.asarray(features, np.float64)
    if wanted.size == 0:
        return None
    scale = np.abs(wanted).max(axis=0)
    scaled = wanted / np.where(scale > 0, scale, 1.0)
    tilt = np.zeros(scaled.shape[1])
    for _ in range(_ROUNDS):
        shares = _shares(scaled, tilt)
        off = shares @ scaled
        if np.abs(off).max() < 1e-9:
            return shares * len(scaled)
        spread = (scaled * shares[:, None]).T @ scaled - np.outer(off, off)
        step = np.linalg.solve(spread + 1e-9 * np.eye(len(off)), off)
        tilt -= step * min(1.0, 1.0 / max(np.abs(step).max(), 1e-12))
        if np.abs(tilt).max() > _LARGEST:
            return None  # no weights do it: all documents lie on one side
    return None


def _shares(features: Floats, tilt: Floats) -> Floats:
    logits = features @ tilt
    shares = np.exp(logits - logits.max())
    return np.asarray(shares / shares.sum(), np.float64)


def effective(weights: Floats) -> float:
    """Return how many equally weighted documents say as much (Kish)."""
    return float(weights.sum() ** 2 / (weights**2).sum())
