"""Losses: the parts of Algorithm 1's objective.

    L = clean * L(x, y) + adversarial * L(x', y) + consistency * KL(p || p')
    L(x, y) = cross_entropy * CE + crf * NLL / words

x' is a perturbed variant: one drawn at random, the worst of k, or a step in embedding space along
the gradient (FGM, Miyato et al., 2017). The divergence is symmetric and taken at words that the
perturbation's span map aligns.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from decloak.training.crf import UNKNOWN
from decloak.training.model import Batch, TaggerModel, at_words
from decloak.training.settings import Losses

__all__ = ["consistency", "fgm", "joint", "per_excerpt"]


def joint(model: TaggerModel, emissions: Tensor, batch: Batch, weights: Losses) -> Tensor:
    """Return the joint loss of a batch, a scalar: per word, so that long excerpts weigh more."""
    count = batch.words.sum().clamp(min=1)
    total = emissions.new_zeros((), dtype=torch.float32)
    if weights.cross_entropy:
        tags = batch.tags.masked_fill(~batch.words, UNKNOWN)
        entropy = functional.cross_entropy(
            emissions.float().flatten(0, 1), tags.flatten(), ignore_index=UNKNOWN, reduction="sum"
        )
        total = total + weights.cross_entropy * entropy / count
    if weights.crf:
        nll = model.crf.loss(emissions, batch.tags, batch.words).sum()
        total = total + weights.crf * nll / count
    return total


def per_excerpt(emissions: Tensor, batch: Batch) -> Tensor:
    """Return the cross-entropy of each excerpt, by which the worst variant is chosen: (batch,)."""
    tags = batch.tags.masked_fill(~batch.words, UNKNOWN)
    each = functional.cross_entropy(
        emissions.float().transpose(1, 2), tags, ignore_index=UNKNOWN, reduction="none"
    )
    return each.sum(1) / batch.words.sum(1)


def consistency(clean: Tensor, perturbed: Tensor, aligned: Tensor, words: Tensor) -> Tensor:
    """Return the symmetric Kullback-Leibler divergence between two predictions, a scalar.

    Args:
        clean: (batch, word, label) emissions.
        perturbed: (batch, other word, label) emissions of the variants.
        aligned: (batch, word) int64, the same word in the variant, or -1.
        words: (batch, word) bool, True = a word.
    """
    both = (aligned >= 0) & words
    index = aligned.clamp(min=0).unsqueeze(2).expand(-1, -1, perturbed.shape[2])
    one = functional.log_softmax(clean.float(), 2)
    other = functional.log_softmax(perturbed.float().gather(1, index), 2)
    divergence = ((one.exp() - other.exp()) * (one - other)).sum(2) / 2
    return (divergence * both).sum() / both.sum().clamp(min=1)


def fgm(
    model: TaggerModel, embedded: Tensor, loss: Tensor, batch: Batch, weights: Losses
) -> Tensor:
    """Return the joint loss after a step of length `weights.fgm` against the model.

    Args:
        model: the model.
        embedded: what the encoder read, with a gradient.
        loss: the clean loss that came of it; its graph is kept.
        batch: the clean batch.
        weights: `fgm` is the length of the step of each excerpt, in embedding space.
    """
    (slope,) = torch.autograd.grad(loss, embedded, retain_graph=True)
    slope = slope.float() * batch.mask.unsqueeze(2)
    length = slope.norm(dim=(1, 2), keepdim=True).clamp(min=1e-12)
    moved = embedded + (weights.fgm * slope / length).to(embedded.dtype).detach()
    emissions = at_words(model.score(moved, batch.mask), batch.firsts)
    return joint(model, emissions, batch, weights)
