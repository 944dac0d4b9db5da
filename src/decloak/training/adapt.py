"""Adapt: a trained model goes on with what people corrected, beside what it learned before.

The model, its excerpts and its validation part are those of an earlier `decloak train`. A model that is worse on that
part is not exported.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from decloak.core.errors import InputError
from decloak.evaluation.score import Counts
from decloak.training.arrays import Prepared, load_prepared
from decloak.training.encoder import load_base
from decloak.training.excerpts import Excerpt
from decloak.training.folder import make_folder
from decloak.training.guard import Comparison, Margins, WorseModelError, compared
from decloak.training.measure import score
from decloak.training.mixing import drawn, joined, repeated
from decloak.training.model import TaggerModel
from decloak.training.prepare import Recipe, prepare
from decloak.training.reviewed import is_held, read_reviewed
from decloak.training.run import frame_of, load_trained, train
from decloak.training.settings import TrainSettings
from decloak.training.trainer import Progress
from decloak.training.vocabulary import kept_pieces, renumbered, used_pieces

__all__ = ["AdaptPlan", "Adapted", "adapt_model"]


@dataclass(frozen=True, slots=True)
class AdaptPlan:
    """What is adapted, and to what.

    Attributes:
        trained: the folder of an earlier `decloak train`.
        store: a review store.
        folder: for all that is made: ``run/``, ``adapt.json``, and ``model/`` if the guard lets it pass.
        replay: old excerpts for each corrected one.
        repeats: how often a corrected excerpt is read in an epoch.
        margins: how much worse it may be on the validation part.
    """

    trained: Path
    store: str
    folder: Path
    replay: int = 8
    repeats: int = 4
    margins: Margins = field(default_factory=Margins)


@dataclass(frozen=True, slots=True)
class Adapted:
    """What came of it.

    Attributes:
        comparison: on the fixed validation part.
        corrections: excerpts that were learned from.
        held: corrected excerpts that nobody learned from.
        learned: F1 on the held ones before and after; None where it is undefined.
    """

    comparison: Comparison
    corrections: int
    held: int
    learned: tuple[float | None, float | None]


def adapt_model(
    plan: AdaptPlan,
    settings: TrainSettings | None = None,
    *,
    epochs: float | None = None,
    learning_rate: float | None = None,
    shown: Callable[[str], None] = lambda _: None,
    told: Callable[[str], None] = lambda _: None,
    report: Callable[[Progress], None] = lambda _: None,
) -> Adapted:
    """Train on corrections and old excerpts, compare, and export what is not worse.

    Args:
        plan: what to do.
        settings: of the run; those of the trained model with a tenth of its learning rate when None.
        epochs: other than the settings'.
        learning_rate: likewise.
        shown: is told the comparison, line by line.
        told: is told what is done.
        report: is told how the training goes.

    Raises:
        InputError: when there is no trained model, or nothing was corrected.
        StoreError: when the store cannot be read.
        WorseModelError: when the new model is worse than the margins allow.
    """
    start = plan.trained / "run" / "model"
    old, about = load_trained(start)
    train_set, valid_set, encoder = _earlier(plan.trained)
    changes = {"encoder": encoder, "epochs": epochs, "learning_rate": learning_rate}
    chosen = (settings or _settings(about)).model_copy(
        update={key: value for key, value in changes.items() if value is not None}
    )
    corrected = list(read_reviewed(plan.store))
    learned = [each for each in corrected if not is_held(each)]
    if not learned:
        message = f"{plan.store}: nothing was decided that could be learned from"
        raise InputError(message)
    recipe = _recipe(train_set, encoder, chosen.seed)
    told(f"preparing {len(learned)} corrected excerpts")
    fresh = prepare(learned, recipe)
    held = _prepared([each for each in corrected if is_held(each)], recipe)
    fresh_many = repeated(fresh, plan.repeats)
    mixed = joined(drawn(train_set, plan.replay * len(fresh.clean), chosen.seed), fresh_many)
    told(f"training on {len(mixed.clean)} excerpts")
    new = train(chosen, mixed, valid_set, plan.folder / "run", start=start, report=report)
    told("comparing")
    frame = frame_of(load_base(encoder))
    made = Adapted(
        compared(_measured(old, valid_set, frame), _measured(new, valid_set, frame), plan.margins),
        len(learned),
        len(corrected) - len(learned),
        (_f1(old, held, frame), _f1(new, held, frame)),
    )
    _write(plan, made)
    for line in made.comparison.lines():
        shown(line)
    if made.comparison.reasons:
        reasons = "; ".join(made.comparison.reasons)
        message = (
            f"the adapted model is refused: {reasons}. {plan.folder / 'adapt.json'} has every label"
        )
        raise WorseModelError(message)
    told("exporting and calibrating")
    make_folder(
        plan.folder / "run" / "model", plan.folder / "model", name=chosen.name, valid=valid_set
    )
    return made


def _earlier(folder: Path) -> tuple[Prepared, Prepared, str]:
    """Return what a model was trained and validated on, and where its encoder lies."""
    sets = [load_prepared(folder / "prepared" / f"{name}.npz") for name in ("train", "validation")]
    encoder = str(sets[0].about["encoder"])
    pruned = folder / "encoder"
    if pruned.is_dir():
        kept = kept_pieces(load_base(encoder), used_pieces(sets))
        sets = [renumbered(each, kept, str(pruned)) for each in sets]
        encoder = str(pruned)
    return sets[0], sets[1], encoder


def _settings(about: dict[str, Any]) -> TrainSettings:
    made = TrainSettings.model_validate(about["settings"])
    return made.model_copy(update={"learning_rate": made.learning_rate / 10, "minutes": None})


def _recipe(train_set: Prepared, encoder: str, seed: int) -> Recipe:
    labels = train_set.about["labels"]
    return Recipe(
        encoder,
        tuple(label[2:] for label in labels if label.startswith("B-")),
        train_set.about["pieces"],
        len(train_set.variants),
        train_set.about["mix"],
        seed,
    )


def _prepared(excerpts: list[Excerpt], recipe: Recipe) -> Prepared | None:
    return prepare(excerpts, replace(recipe, variants=0)) if excerpts else None


def _measured(
    model: TaggerModel, valid: Prepared, frame: tuple[int, int, int]
) -> dict[str, dict[str, Counts]]:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model.to(device)
    parts = {"clean": valid.clean, **dict(zip(("perturbed",), valid.variants, strict=False))}
    return {
        name: score(model, columns, frame, valid.about["labels"], device)
        for name, columns in parts.items()
    }


def _f1(model: TaggerModel, held: Prepared | None, frame: tuple[int, int, int]) -> float | None:
    return None if held is None else _measured(model, held, frame)["clean"]["micro"].f1


def _write(plan: AdaptPlan, made: Adapted) -> None:
    names = ("part", "label", "entities", "before", "after")
    told = {
        "store": plan.store.rpartition("@")[2],  # no password
        "corrections": made.corrections,
        "held": made.held,
        "learned": {"before": made.learned[0], "after": made.learned[1]},
        "refused": list(made.comparison.reasons),
        "margins": {
            "micro": plan.margins.micro,
            "label": plan.margins.label,
            "least": plan.margins.least,
        },
        "validation": [dict(zip(names, row, strict=True)) for row in made.comparison.rows],
    }
    plan.folder.mkdir(parents=True, exist_ok=True)
    (plan.folder / "adapt.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
