"""Batches: lessons as streams of words, with names put in place of others.

A name teaches its context best when it is none that the network knows: in a share of the lessons, names of
attackers, malware and organisations are replaced by others of their kind, and in a share of them all words come
without the marks of the name tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from decloak.tag.features import FEATURES, name_bits
from decloak.tag.scheme import spans_of
from decloak.tag.student.spelling import Spelling, Word, tokens_of
from decloak.training.crf import UNKNOWN
from decloak.training.student.lessons import TOP, Lesson
from decloak.training.student.network import Lexemes

__all__ = ["Batch", "Mixing", "Pupil", "Target", "batches", "targets"]

_SURE = 0.9
"""Probability from which a span of the teacher's may be replaced."""
_GOLD = 0.97
"""What a label that is known weighs beside what the teacher says."""


@dataclass(frozen=True, slots=True)
class Target:
    """A lesson as the network learns it.

    Attributes:
        tokens: its words, see `tokens_of`.
        ranks, shares: (word, top) labels and their probabilities.
        spans: names that may be replaced: first word, stop word, label.
        gold: (word,) the label that is known, 255 where none is.
        group: where it comes from.
    """

    tokens: list[str]
    ranks: NDArray[np.uint8]
    shares: NDArray[np.float32]
    spans: list[tuple[int, int, str]]
    gold: NDArray[np.uint8]
    group: str


@dataclass(frozen=True, slots=True)
class Mixing:
    """How lessons are varied.

    Attributes:
        replaced: share of the lessons whose names are replaced.
        untold: share of the lessons without marks of name tables.
        names: label -> names to put in.
    """

    replaced: float
    untold: float
    names: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Batch:
    """A stream of texts.

    Attributes:
        words: the different words of it.
        ids: (place,) int64.
        boundary: (place,) bool, True = between texts.
        ranks, shares: (place, top) the labels to learn; shares are zero between texts.
    """

    words: Lexemes
    ids: Tensor
    boundary: Tensor
    ranks: Tensor
    shares: Tensor


def targets(
    lessons: Iterable[Lesson], labels: Sequence[str], replaceable: Iterable[str]
) -> Iterator[Target]:
    """Yield lessons with one distribution for each word: what is known, else what the teacher says."""
    may = frozenset(replaceable)
    for lesson in lessons:
        tokens = tokens_of(lesson.text, 0, len(lesson.text))
        if len(tokens) != len(lesson.gold):
            continue
        ranks, shares = lesson.ranks.copy(), lesson.shares.copy()
        known = np.flatnonzero(lesson.gold != UNKNOWN)
        for word in known:
            label = lesson.gold[word]
            shares[word] *= 1 - _GOLD
            hit = np.flatnonzero(ranks[word] == label)
            place = int(hit[0]) if len(hit) else TOP - 1
            if not len(hit):
                ranks[word, place] = label
                shares[word, place] = 0
            shares[word, place] += 1 - shares[word].sum()
        best = np.take_along_axis(ranks, shares.argmax(1)[:, None], 1)[:, 0]
        spans = [
            (first, stop, label)
            for first, stop, label in spans_of(best.tolist(), labels)
            if label in may and shares[first:stop].max(1).min() >= _SURE
        ]
        yield Target(tokens, ranks, shares, spans, lesson.gold, lesson.group)


class Pupil:
    """Makes batches of targets; remembers what it knows of words.

    Args:
        spelling: looks words up.
        labels: the scheme.
        boundary: places between texts.
    """

    def __init__(self, spelling: Spelling, labels: Sequence[str], boundary: int) -> None:
        self._spelling = spelling
        self._labels = {label: rank for rank, label in enumerate(labels)}
        self._boundary = boundary
        self._known: dict[tuple[str, int], Word] = {}
        self._bits = np.arange(len(FEATURES), dtype=np.int64)

    def batch(self, chosen: Sequence[Target], mixing: Mixing | None, rng: Random) -> Batch:
        """Return a stream of texts, varied where `mixing` is given."""
        index: dict[tuple[str, int], int] = {}
        ids: list[int] = [0] * self._boundary
        ranks = [np.zeros((self._boundary, TOP), np.uint8)]
        shares = [np.zeros((self._boundary, TOP), np.float32)]
        between = [True] * self._boundary
        for target in chosen:
            tokens, known, told = target.tokens, target.ranks, target.shares
            marked = True
            if mixing is not None:
                if target.spans and rng.random() < mixing.replaced:
                    tokens, known, told = self._replaced(target, mixing, rng)
                marked = rng.random() >= mixing.untold
            names = (
                name_bits([token.lstrip().casefold() for token in tokens], range(len(tokens)))
                if marked
                else {}
            )
            for rank, token in enumerate(tokens):
                key = token, names.get(rank, 0)
                ids.append(index.setdefault(key, len(index)))
            ids += [0] * self._boundary
            between += [False] * len(tokens) + [True] * self._boundary
            ranks += known, np.zeros((self._boundary, TOP), np.uint8)
            shares += told, np.zeros((self._boundary, TOP), np.float32)
        return Batch(
            self._lexemes(list(index)),
            torch.tensor(ids),
            torch.tensor(between),
            torch.from_numpy(np.concatenate(ranks).astype(np.int64)),
            torch.from_numpy(np.concatenate(shares)),
        )

    def _lexemes(self, keys: Sequence[tuple[str, int]]) -> Lexemes:
        words = []
        for key in keys:
            word = self._known.get(key)
            if word is None:
                word = self._known[key] = self._spelling.word(*key)
            words.append(word)
        offsets = np.cumsum([0, *(len(word.pieces) for word in words)])[:-1]
        pieces = [piece for word in words for piece in word.pieces]
        bits = np.asarray([word.bits for word in words], np.int64)
        looks = ((bits[:, None] >> self._bits) & 1).astype(np.float32)
        return Lexemes(
            torch.tensor(pieces),
            torch.from_numpy(offsets.astype(np.int64)),
            torch.tensor([word.parts for word in words]),
            torch.from_numpy(looks),
        )

    def _replaced(
        self, target: Target, mixing: Mixing, rng: Random
    ) -> tuple[list[str], NDArray[np.uint8], NDArray[np.float32]]:
        tokens: list[str] = []
        ranks: list[NDArray[np.uint8]] = []
        shares: list[NDArray[np.float32]] = []
        last = 0
        given: dict[str, str] = {}
        for first, stop, label in target.spans:
            pool = mixing.names.get(label)
            if not pool:
                continue
            old = "".join(target.tokens[first:stop]).strip()
            name = given.setdefault(old, rng.choice(pool))
            lead = target.tokens[first]
            blank = lead[: len(lead) - len(lead.lstrip())]
            new = tokens_of(blank + name, 0, len(blank) + len(name))
            tokens += target.tokens[last:first] + new
            begin, inside = self._labels[f"B-{label}"], self._labels[f"I-{label}"]
            put = np.zeros((len(new), TOP), np.uint8)
            put[:, 0], put[0, 0] = inside, begin
            sure = np.zeros((len(new), TOP), np.float32)
            sure[:, 0] = 1
            ranks += target.ranks[last:first], put
            shares += target.shares[last:first], sure
            last = stop
        tokens += target.tokens[last:]
        ranks.append(target.ranks[last:])
        shares.append(target.shares[last:])
        return tokens, np.concatenate(ranks), np.concatenate(shares)


def batches(given: Sequence[Target], words: int, rng: Random) -> Iterator[list[Target]]:
    """Yield all targets in random order, about `words` words at a time."""
    order = list(range(len(given)))
    rng.shuffle(order)
    batch: list[Target] = []
    size = 0
    for place in order:
        batch.append(given[place])
        size += len(given[place].tokens)
        if size >= words:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
