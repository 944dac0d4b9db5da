"""Masking: smaller steps for the parameters that perturbations move most.

Algorithm 1 multiplies the gradient by a mask M that attenuates high-sensitivity parameters. Here the
sensitivity of a parameter is the moving average of its squared gradient under the whole loss (an
empirical Fisher information); in each tensor the `share` of parameters with the highest
sensitivity has M = `factor`, the others M = 1:

    f <- memory * f + (1 - memory) * g^2
    M = factor where f > quantile(f, 1 - share), else 1

AdamW divides a gradient by its own size, so that a constant factor on it cancels. M therefore
multiplies the step: theta <- theta + M * (step of AdamW).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

from decloak.training.settings import Masking

__all__ = ["GradientMask"]

_SAMPLE = 1 << 16
"""Entries of a tensor from which its quantile is estimated."""


class GradientMask:
    """Attenuates steps.

    Args:
        parameters: the trained parameters.
        settings: share, factor, memory, and after how many steps the mask is made anew.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], settings: Masking) -> None:
        self._settings = settings
        self._parameters = [each for each in parameters if each.requires_grad]
        self.fisher = [torch.zeros_like(each, dtype=torch.float32) for each in self._parameters]
        self._masks: list[Tensor] = []
        self._before: list[Tensor] = []
        self._steps = 0
        self.masked = 0.0
        """Share of all parameters whose step is attenuated now."""

    @torch.no_grad()
    def before_step(self) -> None:
        """Look at the gradients, and remember the parameters. Call before the optimiser's step."""
        keep = self._settings.memory
        for fisher, each in zip(self.fisher, self._parameters, strict=True):
            if each.grad is not None:
                fisher.mul_(keep).addcmul_(each.grad.float(), each.grad.float(), value=1 - keep)
        if self._steps % self._settings.every == 0:
            self._make()
        self._steps += 1
        self._before = [each.detach().clone() for each in self._parameters]

    @torch.no_grad()
    def after_step(self) -> None:
        """Shorten the step that the optimiser has just made."""
        for each, before, mask in zip(self._parameters, self._before, self._masks, strict=True):
            each.copy_(before + mask.to(each.dtype) * (each - before))
        self._before = []

    def tensors(self) -> dict[str, Tensor]:
        """Return what a checkpoint must hold: sensitivities, and the masks of now."""
        named = {f"{i}.fisher": each for i, each in enumerate(self.fisher)}
        return named | {f"{i}.mask": each for i, each in enumerate(self._masks)}

    def state(self) -> dict[str, float]:
        """Return the rest of what a checkpoint must hold."""
        return {"steps": self._steps, "masked": self.masked}

    def restore(self, tensors: Mapping[str, Tensor], state: Mapping[str, float]) -> None:
        """Go on from a checkpoint."""
        device = self.fisher[0].device
        count = len(self.fisher)
        self.fisher = [tensors[f"{i}.fisher"].to(device) for i in range(count)]
        self._masks = [
            tensors[f"{i}.mask"].to(device) for i in range(count) if f"{i}.mask" in tensors
        ]
        self._steps, self.masked = int(state["steps"]), state["masked"]

    def _make(self) -> None:
        share, factor = self._settings.share, self._settings.factor
        self._masks, masked, total = [], 0, 0
        for fisher in self.fisher:
            flat = fisher.flatten()
            sample = flat[:: max(1, flat.numel() // _SAMPLE)]
            rank = min(sample.numel(), max(1, round(sample.numel() * (1 - share))))
            limit = sample.kthvalue(rank).values
            hit = fisher > limit
            self._masks.append(torch.where(hit, factor, 1.0))
            masked += int(hit.sum())
            total += fisher.numel()
        self.masked = masked / max(1, total)
