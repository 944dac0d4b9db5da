"""Objective: Algorithm 1's loss of a pair of batches, in one module that data parallelism can wrap."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from decloak.training.loader import Pair
from decloak.training.losses import consistency, fgm, joint, per_excerpt
from decloak.training.model import Batch, TaggerModel, at_words
from decloak.training.settings import Losses

__all__ = ["Objective", "moved"]


def moved(pair: Pair, device: torch.device) -> Pair:
    """Return a pair on a device."""
    return Pair(
        pair.clean.to(device),
        tuple(each.to(device) for each in pair.variants),
        tuple(each.to(device, non_blocking=True) for each in pair.aligned),
    )


class Objective(nn.Module):
    """Computes the loss of a pair.

    Args:
        model: the model.
        weights: of the parts.
    """

    def __init__(self, model: TaggerModel, weights: Losses) -> None:
        super().__init__()
        self.model = model
        self.weights = weights

    def forward(self, pair: Pair) -> dict[str, Tensor]:
        """Return ``loss`` and its parts ``clean``, ``adversarial``, ``consistency``: scalars."""
        weights, model, batch = self.weights, self.model, pair.clean
        embedded = model.embed(batch.ids, model.spread(batch.features))
        emissions = at_words(model.score(embedded, batch.mask), batch.firsts)
        clean = joint(model, emissions, batch, weights)
        parts = {"clean": clean}
        total = weights.clean * clean
        if weights.fgm:
            parts["adversarial"] = fgm(model, embedded, clean, batch, weights)
            total = total + weights.adversarial * parts["adversarial"]
        elif (weights.adversarial or weights.consistency) and pair.variants:
            variant, aligned = self._worst(pair)
            perturbed = model(variant)
            parts["adversarial"] = joint(model, perturbed, variant, weights)
            total = total + weights.adversarial * parts["adversarial"]
            if weights.consistency:
                parts["consistency"] = consistency(emissions, perturbed, aligned, batch.words)
                total = total + weights.consistency * parts["consistency"]
        return {"loss": total, **{name: part.detach() for name, part in parts.items()}}

    def _worst(self, pair: Pair) -> tuple[Batch, Tensor]:
        """Return the variants that hurt most, excerpt by excerpt; the only one where there is one.

        The inner maximisation is over the variants that the pair holds: those are sampled
        perturbations, so that every one of them is a text that somebody may write.
        """
        if len(pair.variants) == 1:
            return pair.variants[0], pair.aligned[0]
        with torch.no_grad():
            hurt = torch.stack([per_excerpt(self.model(each), each) for each in pair.variants])
        choice = hurt.argmax(0)
        return _picked(pair, choice)


def _picked(pair: Pair, choice: Tensor) -> tuple[Batch, Tensor]:
    """Return one variant of each excerpt as a batch: (batch,) int64 choices."""
    made = {}
    for name in Batch.__slots__:
        columns = [getattr(each, name) for each in pair.variants]
        width = max(column.shape[1] for column in columns)
        padded = [nn.functional.pad(column, (0, width - column.shape[1])) for column in columns]
        stacked = torch.stack(padded)
        made[name] = stacked[choice, torch.arange(len(choice), device=choice.device)]
    aligned = torch.stack(pair.aligned)[choice, torch.arange(len(choice), device=choice.device)]
    return Batch(**made), aligned
