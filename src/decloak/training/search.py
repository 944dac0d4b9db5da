"""Search: dropout rates of attention, hidden states and classifier, searched rather than guessed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna

from decloak.training.arrays import Prepared
from decloak.training.encoder import load_base
from decloak.training.run import frame_of, new_model
from decloak.training.settings import Dropout, TrainSettings
from decloak.training.trainer import Progress, Trainer

__all__ = ["search_dropout"]

_HIGHEST = 0.3
_STARTUP = 3


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
        folder: for what they write; emptied after each.
        trials: how many at most.
        minutes: time in all.
        workers: processes that make batches.
        report: is told the trial and how it goes.
    """
    base = load_base(settings.encoder)

    def objective(trial: optuna.Trial) -> float:
        rates = Dropout(
            **{part: trial.suggest_float(part, 0.0, _HIGHEST, step=0.05)
               for part in ("attention", "hidden", "classifier")}
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
    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=settings.seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=_STARTUP),
    )
    study.enqueue_trial({"attention": 0.1, "hidden": 0.1, "classifier": 0.1})
    study.optimize(objective, n_trials=trials, timeout=60 * minutes if minutes else None)
    rows = [
        {"trial": each.number, **each.params, "score": each.value, "state": each.state.name.lower()}
        for each in study.trials
    ]
    return Dropout(**study.best_params), rows
