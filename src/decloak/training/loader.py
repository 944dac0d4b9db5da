"""Loader: batches of tensors from columns, in an order that seed and epoch alone decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from decloak.kb.lexicon import LEXICON_LABELS
from decloak.tag.features import FEATURES
from decloak.training.arrays import Columns, Ints, Prepared, batches
from decloak.training.model import Batch

__all__ = ["Loader", "Pair", "collate"]

_TABLE_BITS = sum(
    1 << rank
    for rank, name in enumerate(FEATURES)
    if name == "weak_name" or any(name.endswith(f"s_{label.lower()}") for label in LEXICON_LABELS)
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A clean batch, its variants, and where its words are in each: (batch, word) or -1."""

    clean: Batch
    variants: tuple[Batch, ...]
    aligned: tuple[torch.Tensor, ...]


def collate(
    columns: Columns,
    rows: Ints,
    frame: tuple[int, int, int],
    *,
    firsts: Ints,
    blind: NDArray[np.bool_] | None = None,
) -> Batch:
    """Return excerpts as a batch.

    Args:
        columns: where they are.
        rows: (batch,) which ones.
        frame: ids of the tokens before and after an excerpt, and of padding.
        firsts: `columns.piece_offsets()`, made once.
        blind: (batch,) bool, excerpts whose table features are hidden.
    """
    before, after, padding = frame
    lows, highs = columns.offsets[rows], columns.offsets[rows + 1]
    words = int((highs - lows).max())
    pieces = int((firsts[highs] - firsts[lows]).max()) + 2
    ids = np.full((len(rows), pieces), padding, np.int64)
    mask = np.zeros((len(rows), pieces), bool)
    features = np.zeros((len(rows), pieces), np.int64)
    first = np.zeros((len(rows), words), np.int64)
    real = np.zeros((len(rows), words), bool)
    tags = np.zeros((len(rows), words), np.int64)
    for rank, (low, high) in enumerate(zip(lows, highs, strict=True)):
        start, stop = firsts[low], firsts[high]
        count = int(stop - start)
        ids[rank, 0], ids[rank, count + 1] = before, after
        ids[rank, 1 : count + 1] = columns.ids[start:stop]
        mask[rank, : count + 2] = True
        bits = columns.bits[low:high].astype(np.int64)
        if blind is not None and blind[rank]:
            bits &= ~_TABLE_BITS
        features[rank, 1 : count + 1] = np.repeat(bits, columns.counts[low:high])
        size = int(high - low)
        first[rank, :size] = firsts[low:high] - start + 1
        real[rank, :size] = True
        tags[rank, :size] = columns.labels[low:high]
    return Batch(*map(torch.from_numpy, (ids, mask, features, first, real, tags)))


class Loader:
    """Batches of an epoch.

    Args:
        prepared: the excerpts.
        frame: ids of the tokens before and after an excerpt, and of padding.
        pieces: of a clean batch, padding in.
        seed: with the epoch it decides the order, the variants and the hidden tables.
        share: of processes: (rank, how many); each gets every so-manyth batch, all equally many.
        variants: how many variants of each excerpt a pair has; 0 for clean text alone.
        table_dropout: share of excerpts whose table features are hidden.
    """

    def __init__(
        self,
        prepared: Prepared,
        frame: tuple[int, int, int],
        pieces: int,
        seed: int,
        *,
        share: tuple[int, int] = (0, 1),
        variants: int = 1,
        table_dropout: float = 0.0,
    ) -> None:
        self._prepared = prepared
        self._frame = frame
        self._pieces = pieces
        self._seed = seed
        self._share = share
        self._variants = min(variants, len(prepared.variants))
        self._table_dropout = table_dropout
        self._lengths = prepared.clean.lengths()
        self._firsts = [c.piece_offsets() for c in (prepared.clean, *prepared.variants)]

    def batches(self, epoch: int) -> list[Ints]:
        """Return the excerpts of every batch of an epoch that is this process's."""
        rng = np.random.default_rng((self._seed, epoch))
        order = rng.permutation(len(self._lengths))
        made = list(batches(self._lengths, self._pieces, order))
        rank, world = self._share
        made = made[: len(made) // world * world] or made * world
        mixed = rng.permutation(len(made))
        return [made[i] for i in mixed[rank::world]]

    def epoch(self, epoch: int, skip: int = 0) -> Iterator[Pair]:
        """Yield the pairs of an epoch, from the batch number `skip`."""
        for number, rows in enumerate(self.batches(epoch)):
            if number >= skip:
                yield self.pair(rows, epoch)

    def pair(self, rows: Ints, epoch: int) -> Pair:
        """Return the pair of these excerpts; what is random in it is theirs and the epoch's."""
        rng = np.random.default_rng((self._seed, epoch, int(rows[0]), len(rows)))
        blind = rng.random(len(rows)) < self._table_dropout
        total = len(self._prepared.variants)
        drawn = rng.permutation(total)[: self._variants].tolist()
        clean = collate(
            self._prepared.clean, rows, self._frame, firsts=self._firsts[0], blind=blind
        )
        made, maps = [], []
        for variant in drawn:
            columns = self._prepared.variants[variant]
            firsts = self._firsts[variant + 1]
            made.append(collate(columns, rows, self._frame, firsts=firsts, blind=blind))
            maps.append(self._aligned(columns, rows, clean.words.shape[1]))
        return Pair(clean, tuple(made), tuple(maps))

    def _aligned(self, columns: Columns, rows: Ints, words: int) -> torch.Tensor:
        offsets = self._prepared.clean.offsets
        found = np.full((len(rows), words), -1, np.int64)
        for rank, row in enumerate(rows):
            low, high = offsets[row], offsets[row + 1]
            found[rank, : high - low] = columns.aligned[low:high]
        return torch.from_numpy(found)
