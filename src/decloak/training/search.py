"""Search: dropout rates of attention, hidden states and classifier, searched rather than guessed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
from accelerate import PartialState

from decloak.training.arrays import Prepared
from decloak.training.encoder import load_base
from decloak.training.run import frame_of, new_model
from decloak.training.settings import Dropout, TrainSettings
from decloak.training.trainer import Progress, Trainer

__all__ = ["search_dropout"]

_PARTS = ("attention", "hidden", "classifier")
_RATES = optuna.distributions.FloatDistribution(0.0, 0.3, step=0.05)
_STARTUP = 3
_TABLE = "trials.jsonl"


def search_dropout(  # noqa: PLR0913 - a run and its budget
    settings: TrainSettings,
    train_set: Prepared,
    valid_set: Prepared,
    folder: Path,
    *,
    trials: int,
    minutes: float | None = None,
    workers: int = 0,
    report: Callable[[int, Progress], None] = lambda _trial, _progress: None,
) -> tuple[Dropout, list[dict[str, Any]]]:
    """Return the best rates and what each trial came to.

    The score of a trial is the trainer's: the mean F1 of clean and perturbed validation text. A
    trial that is worse than the median of the others at the same validation is given up.

    Args:
        settings: of each trial, but for its dropout; short runs do.
        train_set: what trials learn from.
        valid_set: what they are compared on.
        folder: for what they write, and for the table of those that are done: a search that was stopped goes on.
        trials: how many at most, those that are done included.
        minutes: time in all.
        workers: processes that make batches.
        report: is told the trial and how it goes.
    """
    base = load_base(settings.encoder)

    def objective(trial: optuna.Trial) -> float:
        rates = Dropout(
            **{part: trial.suggest_float(part, _RATES.low, _RATES.high, step=_RATES.step)
               for part in _PARTS}
        )  # fmt: skip
        own = settings.model_copy(update={"dropout": rates})
        place = folder / f"trial-{trial.number}"
        seen = -1

        def told(progress: Progress) -> None:
            nonlocal seen
            report(trial.number, progress)
            if progress.validated > seen:
                seen = progress.validated
                trial.report(progress.best, progress.step)
                if trial.should_prune():
                    raise optuna.TrialPruned

        trainer = Trainer(
            new_model(own, train_set.about["labels"]), own, train_set, valid_set,
            frame_of(base), place, workers=workers, report=told,
        )  # fmt: skip
        try:
            return trainer.run().best
        finally:
            shutil.rmtree(place, ignore_errors=True)

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    done = _done(folder / _TABLE)
    study = optuna.create_study(
        direction="maximize",
        # Drawn anew from the same seed, it would propose again what was tried.
        sampler=optuna.samplers.TPESampler(seed=settings.seed + len(done)),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=_STARTUP),
    )
    study.add_trials(done)
    for left in folder.glob("trial-*"):  # of a trial that was cut off
        shutil.rmtree(left, ignore_errors=True)
    if not done:
        study.enqueue_trial({"attention": 0.1, "hidden": 0.1, "classifier": 0.1})
    is_first = PartialState().is_main_process

    def keep(_study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        if is_first:
            _keep(folder / _TABLE, trial)

    study.optimize(
        objective,
        n_trials=max(0, trials - len(done)),
        timeout=60 * minutes if minutes else None,
        callbacks=[keep],
    )
    rows = [
        {"trial": each.number, **each.params, "score": each.value, "state": each.state.name.lower()}
        for each in study.trials
    ]
    return Dropout(**study.best_params), rows


def _keep(table: Path, trial: optuna.trial.FrozenTrial) -> None:
    """Add a trial that is done to the table, flushed to the disk."""
    row = {
        "params": trial.params,
        "value": trial.value,
        "state": trial.state.name,
        "scores": trial.intermediate_values,
    }
    table.parent.mkdir(parents=True, exist_ok=True)
    with table.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _done(table: Path) -> list[optuna.trial.FrozenTrial]:
    """Return the trials of a table; a torn last line is none."""
    made = []
    for line in table.read_text("utf-8").splitlines() if table.exists() else ():
        try:
            row = json.loads(line)
            made.append(
                optuna.trial.create_trial(
                    params=row["params"],
                    distributions=dict.fromkeys(_PARTS, _RATES),
                    value=row["value"],
                    state=optuna.trial.TrialState[row["state"]],
                    intermediate_values={int(k): v for k, v in row["scores"].items()},
                )
            )
        except (ValueError, KeyError, TypeError):
            continue
    return made
