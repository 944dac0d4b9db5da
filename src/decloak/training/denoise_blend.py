"""Denoise blend: how sure a match with the dictionary is, fitted on words broken anew.

A logistic regression over the cosine with the nearest word and the margin to the second. Broken names
are matches where the nearest word is the right one; broken ordinary words, and words put together
of two halves, which mean nothing, never are.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np

from decloak.decode.base import Near
from decloak.decode.denoiser import Denoiser
from decloak.kb.words import is_word
from decloak.training.denoise_words import Source, broken

__all__ = ["fit_blend"]

_ROUNDS = 30
_RIDGE = 1e-3


def fit_blend(denoiser: Denoiser, given: Source, seed: int, count: int) -> dict[str, float]:
    """Return bias and weights of the logit; names that were kept back take no part."""
    rng = Random(f"{seed}/blend")  # noqa: S311 - repeatable text, no secrets
    names = [rng.choice(given.names) for _ in range(count)]
    right = [broken(name, given, rng) for name in names]
    known = frozenset((*given.names, *given.kept_back))
    honest = [broken(rng.choice(given.words), given, rng) for _ in range(count)]
    honest += [_coined(rng.choice(given.words), rng.choice(given.words)) for _ in range(count)]
    honest = [word for word in honest if word not in known and not is_word(word)]
    matches = denoiser.nearest(denoiser.encode([*right, *honest]))
    is_match = [near.word == name for near, name in zip(matches, names, strict=False)]
    answers = np.array([*is_match, *[False] * len(honest)], dtype=np.float64)
    bias, cosine, margin = _logistic(_rows(matches), answers)
    return {"bias": round(bias, 4), "cosine": round(cosine, 4), "margin": round(margin, 4)}


def _coined(first: str, second: str) -> str:
    return first[: len(first) // 2 + 1] + second[len(second) // 2 :]


def _rows(matches: Sequence[Near]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([(1.0, near.cosine, near.margin) for near in matches], dtype=np.float64)


def _logistic(
    rows: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    answers: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> list[float]:
    """Fit by Newton's method, with a small ridge so that separable answers stay finite."""
    weights = np.zeros(rows.shape[1])
    for _ in range(_ROUNDS):
        shares = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        gradient = rows.T @ (answers - shares) - _RIDGE * weights
        curve = (rows * (shares * (1 - shares))[:, None]).T @ rows
        weights += np.linalg.solve(curve + _RIDGE * np.eye(len(weights)), gradient)
    return [float(weight) for weight in weights]
