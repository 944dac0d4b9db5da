"""Denoise model: a small transformer autoencoder of words, in PyTorch.

The encoder reads a broken word's characters and pools them by attention into one vector; the decoder
writes a whole word from that vector at once (not letter after letter), after saying how long it is.
Nothing but the vector passes between them.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from decloak.decode.characters import LONGEST, PAD, SIZE

__all__ = ["DenoiserModel", "Shape"]

_MASKED = -1e4


@dataclass(frozen=True)
class Shape:
    """How large the model is.

    Attributes:
        width: of the vectors, the latent one included.
        layers: of the encoder, and of the decoder.
        heads: of attention; divides the width.
        inner: width of the feed-forward part.
        pools: parts of the latent vector, each gathered by attention of its own; divides the width.
    """

    width: int = 96
    layers: int = 2
    heads: int = 4
    inner: int = 256
    pools: int = 12


class _Layer(nn.Module):
    """Pre-norm attention and feed-forward over (word, character, width)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.before = nn.LayerNorm(shape.width)
        self.mixed = nn.Linear(shape.width, 3 * shape.width)
        self.out = nn.Linear(shape.width, shape.width)
        self.between = nn.LayerNorm(shape.width)
        self.inner = nn.Linear(shape.width, shape.inner)
        self.outer = nn.Linear(shape.inner, shape.width)

    def forward(self, given: Tensor, hidden: Tensor) -> Tensor:
        words, length, width = given.shape
        split = self.mixed(self.before(given)).view(words, length, 3, self.heads, -1)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=hidden)
        mixed = mixed.transpose(1, 2).reshape(words, length, width)
        given = given + self.out(mixed)
        made: Tensor = given + self.outer(functional.gelu(self.inner(self.between(given))))
        return made


def _hidden(mask: Tensor) -> Tensor:
    """Return what is added to attention so that nobody looks at what `mask` leaves out."""
    return ((1 - mask) * _MASKED)[:, None, None, :]


class DenoiserModel(nn.Module):
    """Both halves. Words are (word, character) numbers; latent vectors (word, width) of length sqrt(width)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.characters = nn.Embedding(SIZE, shape.width, padding_idx=PAD)
        self.places = nn.Embedding(LONGEST, shape.width)
        self.reading = nn.ModuleList(_Layer(shape) for _ in range(shape.layers))
        self.read = nn.LayerNorm(shape.width)
        self.attention = nn.Linear(shape.width, shape.pools)
        self.pooled = nn.Linear(shape.width, shape.width)
        self.latent = nn.Linear(shape.width, shape.width)
        self.unit = nn.LayerNorm(shape.width, elementwise_affine=False)
        self.lengths = nn.Linear(shape.width, LONGEST)
        self.slots = nn.Embedding(LONGEST, shape.width)
        self.spread = nn.Linear(shape.width, LONGEST * shape.width, bias=False)
        self.writing = nn.ModuleList(_Layer(shape) for _ in range(shape.layers))
        self.written = nn.LayerNorm(shape.width)
        self.letters = nn.Linear(shape.width, SIZE)
        for table in (self.characters, self.places, self.slots):
            nn.init.normal_(table.weight, std=0.3)

    def encode(self, words: Tensor) -> Tensor:
        """Return the latent vector of each word."""
        mask = (words != PAD).float()
        hidden = _hidden(mask)
        state = self.characters(words) + self.places.weight[: words.shape[1]]
        for layer in self.reading:
            state = layer(state, hidden)
        state = self.read(state)
        weights = (self.attention(state) + ((1 - mask) * _MASKED)[..., None]).softmax(1)
        count, longest = words.shape
        parts = self.pooled(state).view(count, longest, self.shape.pools, -1)
        pooled = (weights[..., None] * parts).sum(1).flatten(1)
        latent: Tensor = self.unit(self.latent(pooled))
        return latent

    def measure(self, latent: Tensor) -> Tensor:
        """Return (word, LONGEST) scores: place n says that the word has n + 1 characters."""
        scores: Tensor = self.lengths(latent)
        return scores

    def decode(self, latent: Tensor, mask: Tensor) -> Tensor:
        """Return (word, place, SIZE) scores of characters at the places that `mask` keeps."""
        hidden = _hidden(mask)
        weight = self.spread.weight[: mask.shape[1] * self.shape.width]
        state = (latent @ weight.T).view(latent.shape[0], -1, self.shape.width)
        state = state + self.slots.weight[: mask.shape[1]]
        for layer in self.writing:
            state = layer(state, hidden)
        letters: Tensor = self.letters(self.written(state))
        return letters

    def loss(self, broken: Tensor, right: Tensor, temperature: float) -> tuple[Tensor, Tensor]:
        """Return the loss of rebuilding, and that of the latent space.

        The second asks that the vector of a broken word is nearest to that of the same word unbroken
        among all words of the batch (InfoNCE, van den Oord et al., 2018).
        """
        mask = (right != PAD).float()
        latent = self.encode(broken)
        with torch.no_grad():  # a target that stands still, and a third of the work less
            clean = self.encode(right)
        rebuilt = functional.cross_entropy(
            self.decode(latent, mask).transpose(1, 2), right, ignore_index=PAD
        )
        length = functional.cross_entropy(self.measure(latent), mask.sum(1).long() - 1)
        near = latent @ clean.T / (self.shape.width * temperature)
        same = (right[:, None, :] == right[None, :, :]).all(-1)
        own = torch.eye(len(right), dtype=torch.bool)
        near = near.masked_fill(same & ~own, _MASKED)
        return rebuilt + 0.3 * length, functional.cross_entropy(near, torch.arange(len(right)))
