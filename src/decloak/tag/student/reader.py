"""Reader: what the student finds in stretches of text, and where it is in doubt.

Words that are surely outside are none of an entity. What is left are islands, most of one or two words, and the
best path and its marginals are worked out on each. Two islands share nothing, and neither do two stretches, so
what is found depends on nothing but the stretch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from decloak.core.entity import Tagged
from decloak.tag.crf import Floats
from decloak.tag.features import first_words, name_bits
from decloak.tag.student.field import label_rows
from decloak.tag.student.folder import StudentFolder
from decloak.tag.student.network import boundary_of, emissions, projected
from decloak.tag.student.spelling import Spelling, tokens_of
from decloak.tag.tokens import Encoder

__all__ = ["Doubt", "Read", "Student"]

_GROUP = 1024
"""Words that are read together, about."""
_ROWS = 1 << 14
"""Words that are remembered."""
_SURE = 3.5
"""By how much the best label must lie below the outside one for a word to be surely outside."""


_LONGEST = 1024
"""Words of a part of a stretch."""
_STOPS = frozenset({"\n", ".", "!", "?"})

_Ranks = NDArray[np.int64]


class _Part(NamedTuple):
    """A part of a stretch: where it begins, and its words."""

    low: int
    tokens: list[str]


class Doubt(NamedTuple):
    """Where the best labelling is not sure.

    Attributes:
        start, end: half-open range of the island.
        share: probability that another labelling of it is right.
    """

    start: int
    end: int
    share: float


class Read(NamedTuple):
    """What was found in a stretch, or a part of it.

    Attributes:
        spans: in order.
        doubts: in order.
    """

    spans: list[Tagged]
    doubts: list[Doubt]


class Student:
    """Reads text with a student's folder. Any number of threads may share one: they take turns.

    Args:
        folder: a checked folder.
        encoder: the teacher's, which makes pieces of words.
    """

    def __init__(self, folder: StudentFolder, encoder: Encoder) -> None:
        self.folder = folder
        self._weights = folder.weights
        self._spelling = Spelling(encoder)
        self._gap = boundary_of(self._weights)
        self._first = first_words()
        self._turn = Lock()
        self._blas = ThreadpoolController().select(user_api="blas")
        self._forget()

    def _forget(self) -> None:
        width = self._weights.first.weight.shape[1]
        self._ids: dict[str, int] = {}
        self._named: dict[tuple[str, int], int] = {}
        most = _ROWS + 4 * _GROUP
        self._table: Floats = np.zeros(
            (most, width), np.float32
        )  # a row takes memory once it is written
        self._may = np.zeros(most, np.bool_)
        self._blank = np.zeros(most, np.int64)
        self._rows = 1  # the first stands between texts

    def read(self, text: str, ranges: Iterable[tuple[int, int]]) -> Iterator[Read]:
        """Yield what is found in each stretch of a text, a long one in several parts."""
        waiting: list[_Part] = []
        size = 0
        for low, high in ranges:
            for part in _parts(low, tokens_of(text, low, high)):
                waiting.append(part)
                size += len(part.tokens)
                if size >= _GROUP:
                    yield from self._in_turn(waiting)
                    waiting, size = [], 0
        if waiting:
            yield from self._in_turn(waiting)

    def _in_turn(self, parts: Sequence[_Part]) -> list[Read]:
        # Products this small are slower on two threads than on one wherever a core is busy.
        with self._turn, self._blas.limit(limits=1):
            return list(self._group(parts))

    def _group(self, parts: Sequence[_Part]) -> Iterator[Read]:
        """Read parts in one stream."""
        total = sum(len(part.tokens) for part in parts)
        if self._rows + 2 * total > _ROWS + 4 * _GROUP:
            self._forget()
        gap = np.zeros(self._gap, np.int64)
        stream, tokens, lows = [gap], [""] * self._gap, [np.zeros(self._gap, np.int64)]
        edges = [self._gap]
        for part in parts:
            stream += self._looked_up(part.tokens), gap
            lengths = np.fromiter(map(len, part.tokens), np.int64, len(part.tokens))
            lows += part.low + np.cumsum(lengths), gap
            tokens += part.tokens
            tokens += [""] * self._gap
            edges.append(len(tokens))
        ids, ends = np.concatenate(stream), np.concatenate(lows)
        made = emissions(self._weights, self._table, ids, np.flatnonzero(ids == 0))
        spans, doubts = self._found(tokens, ids, ends, made)
        at_span, at_doubt = 0, 0
        for low, high in pairwise(edges):
            first_span, first_doubt = at_span, at_doubt
            while at_span < len(spans) and low <= spans[at_span][0] < high:
                at_span += 1
            while at_doubt < len(doubts) and low <= doubts[at_doubt][0] < high:
                at_doubt += 1
            yield Read(
                [span for _, span in spans[first_span:at_span]],
                [doubt for _, doubt in doubts[first_doubt:at_doubt]],
            )

    def _looked_up(self, tokens: list[str]) -> _Ranks:
        known = self._ids
        fresh = [token for token in dict.fromkeys(tokens) if token not in known]
        if fresh:
            self._learn([(token, 0) for token in fresh])
        ids = np.fromiter(map(known.__getitem__, tokens), np.int64, len(tokens))
        places = np.flatnonzero(self._may[ids])
        if len(places):
            folded = [token.lstrip().casefold() for token in tokens]
            marked = name_bits(folded, places.tolist())
            keys = {rank: (tokens[rank], bits) for rank, bits in marked.items()}
            new = [key for key in dict.fromkeys(keys.values()) if key not in self._named]
            if new:
                self._learn(new)
            for rank, key in keys.items():
                ids[rank] = self._named[key]
        return ids

    def _learn(self, keys: Sequence[tuple[str, int]]) -> None:
        """Add rows for words, with the names that they are part of."""
        rows = projected(self._weights, [self._spelling.word(*key) for key in keys])
        need = self._rows + len(keys)
        for row, (token, names) in enumerate(keys, self._rows):
            surface = token.lstrip()
            if names:
                self._named[token, names] = row
            else:
                self._ids[token] = row
                self._may[row] = surface.casefold() in self._first
            self._blank[row] = len(token) - (len(surface) or 1)
        self._table[self._rows : need] = rows
        self._rows = need

    def _found(
        self, tokens: list[str], ids: _Ranks, ends: _Ranks, made: Floats
    ) -> tuple[list[tuple[int, Tagged]], list[tuple[int, Doubt]]]:
        """Return spans and doubts of a stream, each with the place where its island begins."""
        unsure = made[:, 1:].max(1) - made[:, 0] > -_SURE
        unsure[ids == 0] = False
        edges = np.flatnonzero(np.diff(np.concatenate([[False], unsure, [False]]).astype(np.int8)))
        islands = [(int(first), int(stop)) for first, stop in edges.reshape(-1, 2)]
        spans: list[tuple[int, Tagged]] = []
        doubts: list[tuple[int, Doubt]] = []
        best = label_rows(made, islands, self.folder.labels, self.folder.temperature)
        for (first, stop), (found, sure) in zip(islands, best, strict=True):
            start = int(ends[first]) - len(tokens[first]) + int(self._blank[ids[first]])
            doubts.append((first, Doubt(start, int(ends[stop - 1]), max(0.0, 1 - sure))))
            for begin, end, label, confidence in found:
                low, high = _trimmed(tokens, first + begin, first + end)
                if low < high:
                    start = int(ends[low]) - len(tokens[low]) + int(self._blank[ids[low]])
                    spans.append((first, Tagged(start, int(ends[high - 1]), label, confidence)))
        return spans, doubts


def _parts(low: int, tokens: list[str]) -> Iterator[_Part]:
    """Yield the words of a stretch, cut behind line ends and full stops where there are many."""
    first = 0
    while len(tokens) - first > _LONGEST:
        stop = first + _LONGEST
        while stop > first + _LONGEST // 2 and tokens[stop - 1].lstrip(" ") not in _STOPS:
            stop -= 1
        part = tokens[first:stop]
        yield _Part(low, part)
        low += sum(map(len, part))
        first = stop
    if first < len(tokens):
        yield _Part(low, tokens[first:])


def _trimmed(tokens: Sequence[str], first: int, stop: int) -> tuple[int, int]:
    """Return a range of words without the line ends at its edges."""
    while first < stop and not tokens[first].strip():
        first += 1
    while first < stop and not tokens[stop - 1].strip():
        stop -= 1
    return first, stop
