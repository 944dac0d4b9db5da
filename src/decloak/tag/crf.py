"""CRF: the best labelling of words and how sure each entity in it is, in NumPy, batched.

A labelling y of n words scores ``start[y1] + sum emissions[t, yt] + sum between[yt-1, yt] + end[yn]``
(Lafferty et al., 2001). Everything is a log-potential. Sequences of different lengths share a batch:
what lies beyond a sequence's length is not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from decloak.tag.scheme import OUTSIDE, spans_of

__all__ = ["Crf", "Floats", "Found", "Integers", "Lattice", "padded"]

Floats = NDArray[np.floating]
Integers = NDArray[np.integer]
Found = tuple[int, int, str, float]
"""First word, stop word, entity label, confidence in [0, 1]."""

_LOWEST = float(np.finfo(np.float64).min)
"""Stands for minus infinity where that would be subtracted from itself."""


@dataclass(frozen=True)
class Crf:
    """The potentials between labels.

    Attributes:
        labels: a BIO scheme, ``O`` first.
        start, end: (label,), for the first and the last word.
        between: (label, label), from row to column.
        temperature: divides every potential; it changes how sure, never what is best.
    """

    labels: tuple[str, ...]
    start: Floats
    end: Floats
    between: Floats
    temperature: float = 1.0

    @cached_property
    def rank(self) -> dict[str, int]:
        """The place of each label."""
        return {label: place for place, label in enumerate(self.labels)}

    def viterbi(self, emissions: Floats, lengths: Integers) -> list[list[int]]:
        """Return the best labelling of each sequence; of equals the one with the lower labels.

        Args:
            emissions: (sequence, word, label) log-potentials.
            lengths: (sequence,), each from 1 to the number of words.
        """
        count, longest = emissions.shape[:2]
        moves = self.between.T[None]  # (1, to, from): the reduced axis is contiguous
        best = self.start + emissions[:, 0]
        back = np.zeros((count, longest, len(self.labels)), dtype=np.int16)
        for word in range(1, longest):
            scores = best[:, None, :] + moves
            source = scores.argmax(axis=2)
            live = (lengths > word)[:, None]
            best = np.where(live, scores.max(axis=2) + emissions[:, word], best)
            back[:, word] = source
        last = (best + self.end).argmax(axis=1)
        return [_path(back[row], int(last[row]), int(lengths[row])) for row in range(count)]

    def lattice(self, emissions: Floats, lengths: Integers) -> Lattice:
        """Return forward and backward scores at this temperature; arguments as for `viterbi`."""
        scale = 1.0 / self.temperature
        return Lattice(self, emissions.astype(np.float64) * scale, lengths, scale)

    def decode(self, emissions: Floats, lengths: Integers) -> list[list[Found]]:
        """Return the entities of each sequence's best labelling, in order, each with its marginal.

        Sequences without any entity, which are most, cost no forward and backward pass.
        """
        paths = self.viterbi(emissions, lengths)
        outside = self.rank[OUTSIDE]
        busy = [row for row, path in enumerate(paths) if any(rank != outside for rank in path)]
        found: list[list[Found]] = [[] for _ in paths]
        if not busy:
            return found
        longest = int(lengths[busy].max())
        lattice = self.lattice(emissions[busy, :longest], lengths[busy])
        for place, row in enumerate(busy):
            found[row] = [
                (first, stop, name, lattice.span(place, first, stop, name))
                for first, stop, name in spans_of(paths[row], self.labels)
            ]
        return found


class Lattice:
    """Forward and backward scores of a batch, and the probabilities they give.

    Attributes:
        alpha, beta: (sequence, word, label), float64.
        log_partition: (sequence,).
    """

    def __init__(self, crf: Crf, potentials: Floats, lengths: Integers, scale: float) -> None:
        self._rank = crf.rank
        self._potentials = potentials
        self._lengths = lengths
        self._between = crf.between.astype(np.float64) * scale
        self._end = crf.end.astype(np.float64) * scale
        start = crf.start.astype(np.float64) * scale
        # One product of matrices sums over all moves: exp(between) is taken once, and the peak
        # of every sequence's scores is taken out before exp, so that nothing overflows.
        peak = self._between.max()
        moves = np.exp(self._between - peak)
        count, longest = potentials.shape[:2]
        self.alpha = np.empty_like(potentials)
        self.beta = np.empty_like(potentials)
        with np.errstate(divide="ignore"):  # the logarithm of an impossible move is minus infinity
            alpha = start + potentials[:, 0]
            self.alpha[:, 0] = alpha
            for word in range(1, longest):
                step = _summed(alpha, moves) + peak + potentials[:, word]
                alpha = np.where((lengths > word)[:, None], step, alpha)
                self.alpha[:, word] = alpha
            beta = np.broadcast_to(self._end, (count, len(self._end)))
            self.beta[:, longest - 1] = beta
            for word in range(longest - 2, -1, -1):
                step = _summed(beta + potentials[:, word + 1], moves.T) + peak
                beta = np.where((lengths > word + 1)[:, None], step, beta)
                self.beta[:, word] = beta
            self.log_partition = _log_sum(alpha + self._end)

    def words(self) -> Floats:
        """Return (sequence, word, label): the probability of each label at each word."""
        with np.errstate(over="ignore"):  # beyond a sequence's length there is nothing to read
            return np.exp(self.alpha + self.beta - self.log_partition[:, None, None])

    def span(self, row: int, first: int, stop: int, name: str) -> float:
        """Return the probability that exactly the words [first, stop) are one entity `name`."""
        begin, inside = self._rank[f"B-{name}"], self._rank[f"I-{name}"]
        score = self.alpha[row, first, begin]
        last = begin
        for word in range(first + 1, stop):
            score = score + self._between[last, inside] + self._potentials[row, word, inside]
            last = inside
        if stop == self._lengths[row]:
            score = score + self._end[last]
        else:
            after = self._between[last] + self._potentials[row, stop] + self.beta[row, stop]
            after[inside] = -np.inf
            with np.errstate(divide="ignore"):
                score = score + _log_sum(after[None])[0]
        return float(np.exp(min(score - self.log_partition[row], 0.0)))


def _path(back: Integers, last: int, length: int) -> list[int]:
    path = [last]
    for word in range(length - 1, 0, -1):
        last = int(back[word, last])
        path.append(last)
    path.reverse()
    return path


def _log_sum(scores: Floats) -> Floats:
    """Return the logarithm of the sum of exponentials over the last axis."""
    peak = np.maximum(scores.max(axis=-1, keepdims=True), _LOWEST)
    summed: Floats = np.log(np.exp(scores - peak).sum(axis=-1)) + peak[..., 0]
    return summed


def _summed(scores: Floats, moves: Floats) -> Floats:
    """Return (sequence, label): the logarithm of what all labels before send to each label."""
    peak = scores.max(axis=1, keepdims=True)
    summed: Floats = np.log(np.exp(scores - peak) @ moves) + peak
    return summed


def padded(rows: Sequence[Floats]) -> tuple[Floats, Integers]:
    """Stack (word, label) arrays of different lengths; returns the batch and the lengths."""
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    batch = np.zeros((len(rows), int(lengths.max()), rows[0].shape[1]), dtype=np.float32)
    for place, row in enumerate(rows):
        batch[place, : len(row)] = row
    return batch, lengths
