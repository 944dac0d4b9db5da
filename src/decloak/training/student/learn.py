"""Learn: the loop that trains a student on lessons; a run that was stopped goes on with its next epoch."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor

from decloak.evaluation.score import Counts
from decloak.tag.scheme import spans_of
from decloak.training.checkpoint import load_weights, save_weights
from decloak.training.student.batches import Batch, Mixing, Pupil, Target, batches
from decloak.training.student.network import StudentNetwork

__all__ = ["Learned", "StudentSettings", "is_held", "learn", "loss_of", "measure"]

_HELD = 10
"""One text in so many is not learned from."""
_FEWEST = 40
"""Steps that a schedule of the learning rate needs to have a beginning and an end."""


class StudentSettings(BaseModel):
    """Everything that can change a student. It travels with the weights.

    Raises:
        pydantic.ValidationError: on an unknown key or a value out of range.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: int = Field(default=128, ge=8, le=192, description="of word vectors and states")
    dilations: tuple[int, ...] = Field(
        default=(1, 2), description="words between those that each further convolution reads"
    )
    dropout: float = Field(default=0.15, ge=0, lt=1)
    learning_rate: float = Field(default=2e-3, gt=0)
    weight_decay: float = Field(default=0.01, ge=0)
    epochs: int = Field(default=9, ge=1)
    batch_words: int = Field(default=6000, ge=64, description="words of a step")
    rounded: float = Field(
        default=0.2, gt=0, le=1, description="share of the steps, the last, in eight bits"
    )
    replaced: float = Field(default=0.5, ge=0, le=1, description="texts whose names are replaced")
    untold: float = Field(default=0.5, ge=0, le=1, description="texts without marks of name tables")
    repeats: int = Field(default=4, ge=1, description="how often sentences with gold are read")
    seed: int = 1


class Learned(NamedTuple):
    """Where a run is.

    Attributes:
        step, steps: done, and in all.
        loss: the newest, above the entropy of what is to be learned.
    """

    step: int
    steps: int
    loss: float


def is_held(target: Target) -> bool:
    """Whether a text is kept for measuring; a tenth is, by its words alone."""
    return sha256("".join(target.tokens).encode("utf-8", "replace")).digest()[0] % _HELD == 0


def loss_of(network: StudentNetwork, batch: Batch) -> Tensor:
    """Return the mean divergence of the network's labels from those to learn, per word."""
    said = torch.log_softmax(network(batch.words, batch.ids, batch.boundary), 1)
    each = (said.gather(1, batch.ranks) * batch.shares).sum()
    entropy = (batch.shares * batch.shares.clamp(min=1e-6).log()).sum()
    return (entropy - each) / (~batch.boundary).sum()


def learn(
    network: StudentNetwork,
    pupil: Pupil,
    given: Sequence[Target],
    settings: StudentSettings,
    names: Mapping[str, Sequence[str]],
    folder: Path,
    report: Callable[[Learned], None] = lambda _: None,
) -> None:
    """Train a network in place; the weights and moments of each epoch are kept in the folder.

    Args:
        network: new, or as it shall go on.
        pupil: makes batches.
        given: what is learned from.
        settings: of the run.
        names: label -> names to put in place of others.
        folder: for checkpoints.
        report: is told after each step.

    Raises:
        InputError: when a checkpoint is damaged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = [*given, *([t for t in given if t.group == "cyner"] * (settings.repeats - 1))]
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
    )
    per_epoch = sum(1 for _ in batches(texts, settings.batch_words, Random(0)))  # noqa: S311 - repeatable
    steps = settings.epochs * (per_epoch + 1)  # how many there are varies a little with the order
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, total_steps=max(steps + 1, _FEWEST), pct_start=0.1
    )
    mixing = Mixing(settings.replaced, settings.untold, names)
    first, step = _resumed(network, optimizer, schedule, folder)
    network.train()
    for epoch in range(first, settings.epochs):
        rng = Random(f"{settings.seed}/{epoch}")  # noqa: S311 - repeatable order, no secrets
        torch.manual_seed(settings.seed + epoch)
        for chosen in batches(texts, settings.batch_words, rng):
            network.is_rounded = step >= (1 - settings.rounded) * steps
            loss = loss_of(network, pupil.batch(chosen, mixing, rng))
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            if step < steps:
                schedule.step()
            step += 1
            report(Learned(step, steps, float(loss.detach())))
        _keep(network, optimizer, epoch + 1, step, folder)
    network.is_rounded = True
    network.eval()


def _keep(
    network: StudentNetwork, optimizer: torch.optim.Optimizer, epoch: int, step: int, folder: Path
) -> None:
    moments = {
        f"moment.{index}.{name}": value
        for index, each in optimizer.state_dict()["state"].items()
        for name, value in each.items()
    }
    weights = {f"weight.{name}": value for name, value in network.state_dict().items()}
    partial = folder / ".epoch.partial"
    save_weights(partial, weights | moments | {"at": torch.tensor([epoch, step])})
    partial.replace(folder / "epoch.safetensors")


def _resumed(
    network: StudentNetwork,
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.OneCycleLR,
    folder: Path,
) -> tuple[int, int]:
    """Return the epoch and the step to go on with."""
    path = folder / "epoch.safetensors"
    if not path.exists():
        return 0, 0
    tensors = load_weights(path)
    epoch, step = tensors.pop("at").tolist()
    network.load_state_dict(
        {k.removeprefix("weight."): v for k, v in tensors.items() if k.startswith("weight.")}
    )
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith("moment."):
            _, index, name = key.split(".", 2)
            state.setdefault(int(index), {})[name] = value
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state, "param_groups": groups})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that nothing was learned between: it was, before the stop
        for _ in range(step):
            schedule.step()
    return int(epoch), int(step)


@torch.no_grad()
def measure(
    network: StudentNetwork, pupil: Pupil, given: Sequence[Target], labels: Sequence[str]
) -> dict[str, Counts]:
    """Return counts of exact spans against what is to be learned, by the texts' group."""
    was = network.training
    network.eval()
    total: dict[str, Counts] = {}
    for chosen in batches(given, 4000, Random(0)):  # noqa: S311 - repeatable
        batch = pupil.batch(chosen, None, Random(0))  # noqa: S311 - repeatable
        emissions = network(batch.words, batch.ids, batch.boundary)
        inside = ~batch.boundary
        guess = emissions.argmax(1)[inside].tolist()
        best = batch.shares.argmax(1, keepdim=True)
        wanted = batch.ranks.gather(1, best)[:, 0][inside].tolist()
        for target, low, high in _places(chosen):
            one, other = (set(spans_of(each[low:high], labels)) for each in (guess, wanted))
            counts = Counts(len(one & other), len(one - other), len(other - one))
            total[target.group] = total.get(target.group, Counts()) + counts
    network.train(was)
    return total


def _places(chosen: Sequence[Target]) -> Iterator[tuple[Target, int, int]]:
    ends = np.cumsum([len(target.tokens) for target in chosen]).tolist()
    for target, high in zip(chosen, ends, strict=True):
        yield target, high - len(target.tokens), high
