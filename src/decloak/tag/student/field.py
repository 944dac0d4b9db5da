"""Field: the best labelling of many short rows of words, where only what may follow what is known.

It is the CRF of `decloak.tag.crf` with no potentials but minus infinity for what is impossible. An I-X follows B-X
or I-X; all else may follow anything. So a step costs as much as there are labels, not their square, and rows
are sorted by length, so that none is padded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from decloak.tag.crf import Found
from decloak.tag.scheme import spans_of

__all__ = ["Labelled", "label_rows"]

_Doubles = NDArray[np.float64]
_Ranks = NDArray[np.int64]


class Labelled(NamedTuple):
    """The best labelling of a row.

    Attributes:
        found: its entities: first word, stop word, label, probability of exactly this one.
        sure: the probability of the whole labelling.
    """

    found: list[Found]
    sure: float


def label_rows(
    emissions: NDArray[np.float32],
    rows: Sequence[tuple[int, int]],
    labels: Sequence[str],
    temperature: float,
) -> list[Labelled]:
    """Return the best labelling of each row; of equals the one with the lower labels.

    Args:
        emissions: (place, label) of a stream.
        rows: half-open ranges of places, none of them empty.
        labels: a BIO scheme, ``O`` first.
        temperature: divides the emissions for probabilities; it changes how sure, never what is best.
    """
    made: list[Labelled] = [Labelled([], 1.0)] * len(rows)
    order = sorted(range(len(rows)), key=lambda rank: rows[rank][0] - rows[rank][1])
    chosen = [rows[rank] for rank in order]
    for rank, labelled in zip(
        order, _labelled(emissions, chosen, labels, temperature), strict=True
    ):
        made[rank] = labelled
    return made


def _labelled(
    emissions: NDArray[np.float32],
    rows: Sequence[tuple[int, int]],
    labels: Sequence[str],
    temperature: float,
) -> Iterator[Labelled]:
    """Yield the labellings of rows that are sorted, the longest first."""
    if not rows:
        return
    starts = np.asarray([first for first, _ in rows])
    lengths = np.asarray([stop - first for first, stop in rows])
    longest = int(lengths[0])
    # How many rows have a word at each place.
    live = np.searchsorted(-lengths, -np.arange(1, longest + 1), "right").tolist()
    steps = [emissions[starts[:count] + word].astype(np.float64) for word, count in enumerate(live)]
    paths = _paths(steps, lengths)
    scaled = [step / temperature for step in steps]
    alphas, betas, total = _sums(scaled, lengths)
    for row, path in enumerate(paths):
        score = sum(float(scaled[word][row, label]) for word, label in enumerate(path))
        sure = float(np.exp(min(score - total[row], 0.0)))
        found = []
        for first, stop, name in spans_of(path, labels):
            begin = path[first]
            mass = alphas[first][row, begin]
            for word in range(first + 1, stop):
                mass += scaled[word][row, begin + 1]
            if stop < len(path):
                mass += _outer(scaled[stop][row : row + 1] + betas[stop][row : row + 1])[0]
            found.append((first, stop, name, float(np.exp(min(mass - total[row], 0.0)))))
        yield Labelled(found, sure)


def _paths(steps: Sequence[_Doubles], lengths: _Ranks) -> list[list[int]]:
    """Return the best path of each row (Viterbi)."""
    best = steps[0].copy()
    best[:, 2::2] = -np.inf  # none begins inside
    ends = best.copy()
    tops: list[_Ranks] = []
    stays: list[NDArray[np.bool_]] = []
    for step in steps[1:]:
        best = best[: len(step)]
        top = best.argmax(1)
        stay = best[:, 2::2] > best[:, 1::2]
        made = best.max(1, keepdims=True) + step
        made[:, 2::2] = np.maximum(best[:, 1::2], best[:, 2::2]) + step[:, 2::2]
        tops.append(top)
        stays.append(stay)
        best = made
        ends[: len(best)] = best
    return [
        _back(row, last, int(length), tops, stays)
        for row, (last, length) in enumerate(zip(ends.argmax(1).tolist(), lengths, strict=True))
    ]


def _back(
    row: int, last: int, length: int, tops: Sequence[_Ranks], stays: Sequence[NDArray[np.bool_]]
) -> list[int]:
    """Return the path that ends with a label."""
    path = [last]
    for word in range(length - 2, -1, -1):
        here = path[-1]
        if here and here % 2 == 0:  # inside: it follows its own kind
            path.append(here if stays[word][row, here // 2 - 1] else here - 1)
        else:
            path.append(int(tops[word][row]))
    path.reverse()
    return path


def _sums(
    steps: Sequence[_Doubles], lengths: _Ranks
) -> tuple[list[_Doubles], list[_Doubles], _Doubles]:
    """Return forward and backward scores of each word, and the logarithm of the sum over all paths."""
    alpha = steps[0].copy()
    alpha[:, 2::2] = -np.inf
    alphas = [alpha]
    for step in steps[1:]:
        alpha = alpha[: len(step)]
        made = _log_sum(alpha)[:, None] + step
        made[:, 2::2] = np.logaddexp(alpha[:, 1::2], alpha[:, 2::2]) + step[:, 2::2]
        alphas.append(made)
        alpha = made
    total = np.empty(len(lengths))
    for word in range(len(steps)):
        total[lengths == word + 1] = _log_sum(alphas[word])[
            lengths[: len(alphas[word])] == word + 1
        ]
    betas = [np.zeros_like(step) for step in steps]
    for word in range(len(steps) - 2, -1, -1):
        after = steps[word + 1] + betas[word + 1]
        count = len(after)
        outer = _outer(after)[:, None]
        beta = betas[word]
        beta[:count] = outer
        inner = np.logaddexp(outer, after[:, 2::2])
        beta[:count, 1::2] = inner
        beta[:count, 2::2] = inner
    return alphas, betas, total


def _outer(scores: _Doubles) -> _Doubles:
    """Return the sum over the labels that may follow anything: (row,)."""
    return np.logaddexp(scores[:, 0], _log_sum(scores[:, 1::2]))


def _log_sum(scores: _Doubles) -> _Doubles:
    peak = scores.max(1, keepdims=True)
    made: _Doubles = np.log(np.exp(scores - peak).sum(1)) + peak[:, 0]
    return made
