"""Trainer: Algorithm 1's loop: AdamW, warm-up and linear decay, validation, checkpoints, early stop."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator, DistributedDataParallelKwargs
from accelerate.utils import broadcast_object_list
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from transformers import get_linear_schedule_with_warmup

from decloak.core.errors import ResourceError
from decloak.training.arrays import Ints, Prepared
from decloak.training.checkpoint import (
    generators,
    latest,
    load_state,
    save_state,
    save_weights,
    set_generators,
)
from decloak.training.loader import Loader, Pair
from decloak.training.masking import GradientMask
from decloak.training.measure import score
from decloak.training.model import TaggerModel
from decloak.training.objective import Objective, moved
from decloak.training.settings import TrainSettings

__all__ = ["Progress", "Trainer"]

_NEW = ("look.", "head.", "crf.")
"""Layers that start from nothing, and learn faster."""
_LOG_EVERY = 10


@dataclass(slots=True)
class Progress:
    """Where a run is. What is here survives in its checkpoints.

    Attributes:
        step: of the optimiser.
        steps: in all.
        epoch, batch: the next batch.
        best: highest validation score so far.
        stale: validations since.
        validated: step of the newest validation.
        seconds: spent in steps.
        pieces: clean pieces read.
        last: newest values of the loss and its parts.
        f1: newest validation: ``clean`` and ``perturbed``.
    """

    step: int = 0
    steps: int = 0
    epoch: int = 0
    batch: int = 0
    best: float = -1.0
    stale: int = 0
    validated: int = -1
    seconds: float = 0.0
    pieces: int = 0
    last: dict[str, float] = field(default_factory=dict)
    f1: dict[str, float] = field(default_factory=dict)
    log: list[dict[str, float]] = field(default_factory=list)


class _Pairs(Dataset[Pair]):
    """The pairs of the rest of an epoch, for the workers that make them."""

    def __init__(self, loader: Loader, epoch: int, rows: list[Ints]) -> None:
        self._loader, self._epoch, self._rows = loader, epoch, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> Pair:
        return self._loader.pair(self._rows[index], self._epoch)


class Trainer:
    """One run.

    Args:
        model: the model, already with its encoder's weights.
        settings: everything else that changes the outcome.
        train: what it learns from.
        valid: what it is validated on.
        frame: ids of the tokens before and after an excerpt, and of padding.
        folder: for checkpoints, logs and the best weights.
        workers: processes that make batches.
        report: is told after each logged step and each validation.
    """

    def __init__(  # noqa: PLR0913 - what a run is made of
        self,
        model: TaggerModel,
        settings: TrainSettings,
        train: Prepared,
        valid: Prepared,
        frame: tuple[int, int, int],
        folder: Path,
        *,
        workers: int = 0,
        report: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self.settings = settings
        self.folder = folder
        self.progress = Progress()
        self._valid, self._frame, self._report, self._workers = valid, frame, report, workers
        on_gpu = torch.cuda.is_available()
        precision = settings.precision
        if precision == "auto":
            precision = "bf16" if on_gpu and torch.cuda.is_bf16_supported() else "no"
        unused = DistributedDataParallelKwargs(find_unused_parameters=not settings.losses.crf)
        self._accelerator = Accelerator(mixed_precision=precision, kwargs_handlers=[unused])
        losses = settings.losses
        variants = losses.worst_of if losses.adversarial or losses.consistency else 0
        self._loader = Loader(
            train,
            frame,
            settings.batch_pieces,
            settings.seed,
            share=(self._accelerator.process_index, self._accelerator.num_processes),
            variants=0 if losses.fgm else variants,
            table_dropout=settings.table_dropout,
        )
        self.model = model
        self._optimizer = torch.optim.AdamW(self._groups(), betas=(0.9, 0.98), eps=1e-6)
        per_epoch = len(self._loader.batches(0)) / settings.accumulate
        self.progress.steps = max(1, round(per_epoch * settings.epochs))
        warmup = round(settings.warmup * self.progress.steps)
        self._schedule = get_linear_schedule_with_warmup(  # type: ignore[no-untyped-call]
            self._optimizer, warmup, self.progress.steps
        )
        self._objective = self._accelerator.prepare(Objective(model, losses))
        self._mask = (
            GradientMask(model.parameters(), settings.masking) if settings.masking.share else None
        )

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        found: torch.device = self._accelerator.device
        return found

    def _groups(self) -> list[dict[str, Any]]:
        settings = self.settings
        groups: dict[tuple[bool, bool], list[Tensor]] = {}
        for name, each in self.model.named_parameters():
            key = name.startswith(_NEW), each.ndim > 1
            groups.setdefault(key, []).append(each)
        return [
            {
                "params": params,
                "lr": settings.learning_rate * (settings.head_factor if new else 1.0),
                "weight_decay": settings.weight_decay if decays else 0.0,
            }
            for (new, decays), params in groups.items()
        ]

    def run(self) -> Progress:
        """Train from the newest checkpoint of the folder, or from the start, to the end.

        Raises:
            ResourceError: when memory runs out; a checkpoint is written before.
            InputError: when the checkpoint is damaged.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._resume()
        progress, settings = self.progress, self.settings
        try:
            while progress.step < progress.steps and progress.stale < settings.patience:
                if not self._epoch():
                    break
        except (torch.OutOfMemoryError, MemoryError) as error:
            self.checkpoint()
            message = (
                f"out of memory at step {progress.step}; the run is saved in {self.folder}: halve "
                f"batch_pieces (now {settings.batch_pieces}), double accumulate, and resume"
            )
            raise ResourceError(message) from error
        if progress.validated != progress.step:
            self.validate()
        self.checkpoint()
        return progress

    def _epoch(self) -> bool:
        """Train to the end of the epoch; whether to go on."""
        progress, settings = self.progress, self.settings
        rows = self._loader.batches(progress.epoch)[progress.batch :]
        self.model.train()
        for pair in self._pairs(rows):
            started = time.perf_counter()
            parts = self._backward(pair)
            progress.batch += 1
            progress.pieces += int(pair.clean.mask.sum())
            if progress.batch % settings.accumulate == 0:
                self._step()
                if progress.step % _LOG_EVERY == 0 or progress.step == progress.steps:
                    self._log(parts)
                progress.seconds += time.perf_counter() - started
                if progress.step % settings.evaluate_every == 0:
                    self.validate()
                    self.checkpoint()
                    if progress.stale >= settings.patience:
                        return False
                if progress.step >= progress.steps or self._late():
                    return False
            else:
                progress.seconds += time.perf_counter() - started
        progress.epoch, progress.batch = progress.epoch + 1, 0
        return True

    def _late(self) -> bool:
        """Whether the time is up, by the clock of the first process: with its own, each might end alone."""
        minutes = self.settings.minutes
        if minutes is None:
            return False
        late = [self.progress.seconds > 60 * minutes]
        if self._accelerator.num_processes > 1:
            broadcast_object_list(late)
        return late[0]

    def _pairs(self, rows: list[Ints]) -> DataLoader[Pair]:
        return DataLoader(
            _Pairs(self._loader, self.progress.epoch, rows),
            batch_size=None,
            num_workers=self._workers,
            prefetch_factor=4 if self._workers else None,
            generator=torch.Generator(),  # its own: drawing a seed must not move the dropout
        )

    def _backward(self, pair: Pair) -> dict[str, Tensor]:
        parts: dict[str, Tensor] = self._objective(moved(pair, self.device))
        self._accelerator.backward(parts["loss"] / self.settings.accumulate)
        return parts

    def _step(self) -> None:
        self._accelerator.clip_grad_norm_(self.model.parameters(), self.settings.clip)
        if self._mask is not None:
            self._mask.before_step()
        self._optimizer.step()
        if self._mask is not None:
            self._mask.after_step()
        self._schedule.step()
        self._optimizer.zero_grad(set_to_none=True)
        self.progress.step += 1

    def _log(self, parts: dict[str, Tensor]) -> None:
        progress = self.progress
        values = {name: round(float(part.detach()), 6) for name, part in parts.items()}
        if self._mask is not None:
            values["masked"] = round(self._mask.masked, 4)
        progress.last = values
        rate = self._schedule.get_last_lr()[0]
        progress.log.append({"step": progress.step, "rate": rate, **values})
        self._write()
        self._report(progress)

    def validate(self) -> float:
        """Score the validation part, keep the weights when they are the best; return the score.

        The score is the mean micro F1 of clean and of perturbed text.
        """
        progress = self.progress
        sets = {"clean": self._valid.clean}
        if self._valid.variants:
            sets["perturbed"] = self._valid.variants[0]
        labels = self._valid.about["labels"]
        for name, columns in sets.items():
            counts = score(self.model, columns, self._frame, labels, self.device)
            progress.f1[name] = round(counts["micro"].f1 or 0.0, 5)
        self.model.train()
        value = sum(progress.f1.values()) / len(progress.f1)
        progress.stale += 1
        progress.validated = progress.step
        if value > progress.best:
            progress.best, progress.stale = value, 0
            if self._accelerator.is_main_process:
                partial = self.folder / ".best.partial"
                save_weights(partial, self._weights())
                partial.replace(self.folder / "best.safetensors")
        progress.log.append(
            {"step": progress.step, **{f"f1_{n}": f for n, f in progress.f1.items()}}
        )
        self._write()
        self._report(progress)
        return value

    def _weights(self) -> dict[str, Tensor]:
        return dict(self.model.state_dict())

    def _write(self) -> None:
        """Write the log as a table, whole or not at all."""
        if not self._accelerator.is_main_process:
            return
        columns = sorted({key for row in self.progress.log for key in row} - {"step"})
        partial = self.folder / ".log.partial"
        with partial.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, ["step", *columns])
            table.writeheader()
            table.writerows(self.progress.log)
        partial.replace(self.folder / "log.csv")

    def checkpoint(self) -> None:
        """Save all that the run needs to go on as if it had never stopped."""
        rank = self._accelerator.process_index
        if rank:
            save_state(self.folder / f"rank-{rank}", self.progress.step,
                       {"generators": generators()}, {})  # fmt: skip
        else:
            state = self._optimizer.state_dict()
            moments = {
                f"{index}.{name}": value
                for index, each in state["state"].items()
                for name, value in each.items()
            }
            tensors = {"model": self._weights(), "moments": moments, "generators": generators()}
            if self._mask is not None:
                tensors["mask"] = self._mask.tensors()
            progress = {name: getattr(self.progress, name) for name in Progress.__slots__}
            save_state(
                self.folder / "checkpoints",
                self.progress.step,
                tensors,
                {
                    "progress": progress,
                    "schedule": self._schedule.state_dict(),
                    "groups": json.loads(json.dumps(state["param_groups"])),
                    "mask": self._mask.state() if self._mask is not None else None,
                    "settings": self.settings.model_dump(),
                },
            )
        self._accelerator.wait_for_everyone()

    def _resume(self) -> None:
        path = latest(self.folder / "checkpoints")
        if path is None:
            return
        tensors, state = load_state(path)
        self.model.load_state_dict(tensors["model"])
        moments: dict[int, dict[str, Tensor]] = {}
        for key, value in tensors["moments"].items():
            index, _, name = key.partition(".")
            moments.setdefault(int(index), {})[name] = value
        self._optimizer.load_state_dict({"state": moments, "param_groups": state["groups"]})
        self._schedule.load_state_dict(state["schedule"])
        for name, value in state["progress"].items():
            setattr(self.progress, name, value)
        if self._mask is not None:
            self._mask.restore(tensors["mask"], state["mask"])
        rank = self._accelerator.process_index
        mine = latest(self.folder / f"rank-{rank}") if rank else None
        set_generators((load_state(mine)[0] if mine else tensors)["generators"])
