"""Network: word vectors and a few convolutions, in floats or as eight bits will have them.

    x = mean of pieces + sum of hashed parts + look of a word
    h = relu(conv(x));  h = h + relu(conv(h)) for each further dilation;  emissions = linear(h)

Only words have states; what stands between two texts (`boundary`) is zero after every layer, so that no text
sees another. `decloak.tag.student.network` is the same in NumPy.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from decloak.tag.features import FEATURES
from decloak.tag.student.network import FIRST, WIDTH
from decloak.tag.student.spelling import HASHED

__all__ = ["Lexemes", "StudentNetwork"]

_SIGNED, _UNSIGNED = 127, 255
_QUANTILE = 0.9995


class Lexemes(NamedTuple):
    """Different words of a batch.

    Attributes:
        pieces: (piece,) int64 ids, word after word.
        offsets: (word,) int64, where the pieces of each begin.
        parts: (word, part) int64 rows of the hashed table.
        looks: (word, feature) float32 of 0 and 1.
    """

    pieces: Tensor
    offsets: Tensor
    parts: Tensor
    looks: Tensor


class StudentNetwork(nn.Module):
    """Scores the labels of words.

    Args:
        pieces: rows of the table of pieces.
        labels: how many labels there are.
        width: of word vectors and states.
        dilations: of the convolutions behind the first one.
        dropout: of word vectors and states, in [0, 1).
    """

    def __init__(
        self,
        pieces: int,
        labels: int,
        width: int = 128,
        dilations: tuple[int, ...] = (1, 2),
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.dilations = dilations
        self.pieces = nn.EmbeddingBag(pieces, width, mode="mean")
        self.parts = nn.EmbeddingBag(HASHED, width, mode="sum")
        self.looks = nn.Linear(len(FEATURES), width, bias=False)
        self.first = nn.Conv1d(width, width, FIRST, padding=FIRST // 2)
        self.further = nn.ModuleList(
            nn.Conv1d(width, width, WIDTH, padding=each, dilation=each) for each in dilations
        )
        self.head = nn.Linear(width, labels)
        self.dropout = nn.Dropout(dropout)
        self.is_rounded = False
        self.register_buffer("steps", torch.ones(len(dilations) + 2))
        nn.init.normal_(self.pieces.weight, std=0.3)
        nn.init.normal_(self.parts.weight, std=0.1)

    def convolutions(self) -> list[nn.Conv1d]:
        """Return the convolutions behind the first one, in their order."""
        return [each for each in self.further if isinstance(each, nn.Conv1d)]

    def vectors(self, words: Lexemes) -> Tensor:
        """Return the vectors of words: (word, width)."""
        summed: Tensor = (
            self.pieces(words.pieces, words.offsets)
            + self.parts(words.parts)
            + self.looks(words.looks)
        )
        return summed

    def forward(self, words: Lexemes, ids: Tensor, boundary: Tensor) -> Tensor:
        """Return the emissions: (place, label).

        Args:
            words: the different words.
            ids: (place,) int64, which word stands at each place of the stream.
            boundary: (place,) bool, True = between two texts; the id there does not matter.
        """
        inside = (~boundary).float()[None, None]
        x = self.vectors(words)[ids].T[None] * inside
        x = self._rounded(self.dropout(x), 0)
        h = functional.relu(self._convolved(self.first, x)) * inside
        for place, conv in enumerate(self.convolutions()):
            q = self._rounded(self.dropout(h), place + 1)
            h = (h + functional.relu(self._convolved(conv, q))) * inside
        q = self._rounded(self.dropout(h), len(self.dilations) + 1)
        weight = _fake(self.head.weight) if self.is_rounded else self.head.weight
        return functional.linear(q[0].T, weight, self.head.bias)

    def _convolved(self, conv: nn.Conv1d, x: Tensor) -> Tensor:
        weight = _fake(conv.weight) if self.is_rounded else conv.weight
        return functional.conv1d(x, weight, conv.bias, 1, conv.padding, conv.dilation)

    def _rounded(self, x: Tensor, place: int) -> Tensor:
        """Return values as eight bits have them; signed before the first layer, else not negative."""
        steps = self.get_buffer("steps")
        most = _SIGNED if place == 0 else _UNSIGNED
        if not self.is_rounded:
            if self.training:
                with torch.no_grad():
                    sample = x.abs().flatten()[:: max(1, x.numel() // 20000)]
                    high = torch.quantile(sample, _QUANTILE) / most
                    steps[place] += 0.02 * (high.clamp(min=1e-6) - steps[place])
            return x
        step = steps[place]
        low = -most if place == 0 else 0
        rounded = (x / step).round().clamp(low, most) * step
        return x + (rounded - x).detach()


def _fake(weight: Tensor) -> Tensor:
    """Return weights as eight bits have them, a step for each row; the gradient passes."""
    step = weight.detach().abs().flatten(1).amax(1).clamp(min=1e-8) / _SIGNED
    step = step.view(-1, *[1] * (weight.ndim - 1))
    rounded = (weight / step).round().clamp(-_SIGNED, _SIGNED) * step
    return weight + (rounded - weight).detach()
