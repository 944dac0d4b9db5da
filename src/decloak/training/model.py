"""Model: encoder, features, classifier and CRF, as one module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from decloak.training.crf import Crf

__all__ = ["Batch", "TaggerModel"]


class Batch:
    """A batch of excerpts as tensors.

    Attributes:
        ids: (batch, piece) int64.
        mask: (batch, piece) bool, True = a piece.
        features: (batch, piece) int64 bit sets; expanded on the device.
        firsts: (batch, word) int64, the first piece of each word; 0 in padding.
        words: (batch, word) bool, True = a word.
        tags: (batch, word) int64.
    """

    __slots__ = ("features", "firsts", "ids", "mask", "tags", "words")

    def __init__(
        self,
        ids: Tensor,
        mask: Tensor,
        features: Tensor,
        firsts: Tensor,
        words: Tensor,
        tags: Tensor,
    ) -> None:
        self.ids = ids
        self.mask = mask
        self.features = features
        self.firsts = firsts
        self.words = words
        self.tags = tags

    def to(self, device: torch.device) -> Batch:
        """Return the same batch on a device."""
        return Batch(
            *(getattr(self, name).to(device, non_blocking=True)
              for name in ("ids", "mask", "features", "firsts", "words", "tags"))
        )  # fmt: skip


class TaggerModel(nn.Module):
    """Scores the labels of words.

    Args:
        encoder: a Hugging Face encoder.
        labels: a scheme, see `decloak.tag.scheme`.
        features: how many features a word has.
        dropout: before the classifier, in [0, 1).
    """

    def __init__(
        self, encoder: Any, labels: Sequence[str], features: int, dropout: float = 0.1
    ) -> None:
        super().__init__()
        width = encoder.config.hidden_size
        self.encoder = encoder
        self.look = nn.Linear(features, width, bias=False)
        nn.init.zeros_(self.look.weight)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width, len(labels))
        self.crf = Crf(labels)
        self.register_buffer("places", torch.arange(features), persistent=False)

    def embed(self, ids: Tensor, features: Tensor) -> Tensor:
        """Return what the encoder reads: (batch, piece, width).

        Args:
            ids: (batch, piece).
            features: (batch, piece, feature) of 0 and 1.
        """
        embedded: Tensor = self.encoder.get_input_embeddings()(ids)
        looks: Tensor = self.look(features.to(self.look.weight.dtype))
        return embedded + looks

    def score(self, embedded: Tensor, mask: Tensor) -> Tensor:
        """Return the emissions of every piece: (batch, piece, label)."""
        hidden = self.encoder(inputs_embeds=embedded, attention_mask=mask.long()).last_hidden_state
        scored: Tensor = self.head(self.dropout(hidden))
        return scored

    def spread(self, bits: Tensor) -> Tensor:
        """Return bit sets as features: (batch, piece) int64 -> (batch, piece, feature)."""
        spread: Tensor = (bits.unsqueeze(2) >> self.get_buffer("places")) & 1
        return spread

    def forward(self, batch: Batch) -> Tensor:
        """Return the emissions of every word: (batch, word, label)."""
        emissions = self.score(self.embed(batch.ids, self.spread(batch.features)), batch.mask)
        return at_words(emissions, batch.firsts)


def at_words(emissions: Tensor, firsts: Tensor) -> Tensor:
    """Return the emissions at the first pieces of words."""
    index = firsts.unsqueeze(2).expand(-1, -1, emissions.shape[2])
    return emissions.gather(1, index)
