"""Whole: from a corpus to a model folder, in steps that are each kept and never done twice."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from pydantic import ValidationError

from decloak.core.errors import InputError, SettingsError
from decloak.core.folder_lock import folder_lock
from decloak.core.offline import load
from decloak.core.threads import threads_wanted
from decloak.training.arrays import Prepared, load_prepared, save_prepared
from decloak.training.encoder import load_base
from decloak.training.excerpts import Excerpt, Novelty
from decloak.training.folder import make_folder
from decloak.training.prepare import Recipe, prepare
from decloak.training.reviewed import read_reviewed, reviewed_digest
from decloak.training.run import train
from decloak.training.search import search_dropout
from decloak.training.settings import Dropout, TrainSettings
from decloak.training.texts import prose, tool_output
from decloak.training.trainer import Progress
from decloak.training.vocabulary import kept_pieces, prune, renumbered, used_pieces
from decloak.training.written import read_written, written_digest

__all__ = ["Plan", "few_threads", "plot", "prepared_sets", "settings_of", "train_whole"]

_REPEATS = 20
"""How often a line of one signature is welcome in training, see `Novelty`."""
_VALIDATED = 1200
"""Documents of the validation part that are read."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is trained, and on what.

    Attributes:
        corpus: a corpus, see `decloak corpus build`.
        folder: for all that is made: ``prepared/``, ``run/``, ``model/``.
        data: labelled rows by others to learn prose from, or None.
        words: most words of tool output; None for all that is new.
        prose: how much of the templates of threat reports is read, in (0, 1].
        jobs: processes that perturb, and that make batches.
        prune: leave out the pieces of the vocabulary that the texts never use.
        trials: of the search for dropout rates; 0 for none.
        start: a trained model (``run/model`` of another run) whose weights it starts from.
        written: folder of passages that language models rewrote, see `corpus perturb-llm`, or None.
        reviewed: a review store whose decisions are learned from as well, or None.
    """

    corpus: Path
    folder: Path
    data: Path | None = None
    words: int | None = None
    prose: float = 1.0
    jobs: int = 1
    prune: bool = False
    trials: int = 0
    start: Path | None = None
    written: Path | None = None
    reviewed: str | None = None


def settings_of(kind: str, changes: Iterable[str], **values: Any) -> TrainSettings:
    """Return the settings of ``baseline`` or ``robust`` with changes.

    Args:
        kind: which of the two to start from.
        changes: ``key=value`` or ``part.key=value``; values as JSON, or as they are.
        values: more changes, as keyword arguments; None changes nothing.

    Raises:
        SettingsError: on an unknown kind or key, or a value out of range.
    """
    if kind not in ("baseline", "robust"):
        message = f"no kind of model is called {kind!r}; there are baseline and robust"
        raise SettingsError(message)
    base = TrainSettings.baseline() if kind == "baseline" else TrainSettings()
    made: dict[str, Any] = base.model_dump()
    made |= {key: value for key, value in values.items() if value is not None}
    for change in changes:
        key, is_set, text = change.partition("=")
        *parts, last = key.strip().split(".")
        place = made
        for part in parts:
            place = place.setdefault(part, {}) if isinstance(place, dict) else {}
        if not is_set or not isinstance(place, dict):
            message = f"{change!r} is no key=value"
            raise SettingsError(message)
        try:
            place[last] = json.loads(text)
        except ValueError:
            place[last] = text
    try:
        return TrainSettings.model_validate(made)
    except ValidationError as error:
        first = error.errors()[0]
        message = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise SettingsError(message) from error


def prepared_sets(
    plan: Plan, settings: TrainSettings, told: Callable[[str], None] = lambda _: None
) -> tuple[Prepared, Prepared]:
    """Return what is trained and validated on; made once, and read again afterwards.

    Raises:
        InputError: when there is no corpus, or what was prepared is for another encoder.
    """
    recipe = Recipe(settings.encoder, variants=max(2, settings.losses.worst_of), seed=settings.seed)
    wanted = (
        ("validation", replace(recipe, variants=1), None, _VALIDATED),
        ("train", recipe, plan.words, None),
    )
    made = {}
    digest, said = written_digest(plan.written), reviewed_digest(plan.reviewed)
    for split, own, words, most in wanted:
        path = plan.folder / "prepared" / f"{split}.npz"
        if not path.exists():
            told(f"preparing {split}")
            prepared = prepare(
                tool_output(plan.corpus, split, settings.seed, most),
                own,
                kept=_kept(plan, settings, split),
                novelty=Novelty(_REPEATS),
                most_words=words,
                jobs=plan.jobs,
            )
            prepared.about.update(
                corpus=_digest(plan.corpus),
                data=plan.data is not None,
                written_digest=digest,
                reviewed_digest=said,
            )
            save_prepared(prepared, path)
        made[split] = load_prepared(path)
        if made[split].about["encoder"] != settings.encoder:
            message = f"{path} was prepared for {made[split].about['encoder']}; delete it"
            raise InputError(message)
        if made[split].about.get("written_digest", "") != digest:
            message = f"{path} was prepared with other rewritten passages (--written); delete it"
            raise InputError(message)
        if made[split].about.get("reviewed_digest", "") != said:
            message = f"{path} was prepared with other decisions (--reviewed); delete it"
            raise InputError(message)
    return made["train"], made["validation"]


def _kept(plan: Plan, settings: TrainSettings, split: str) -> Iterator[Excerpt]:
    """Yield what is read whether it is new or not."""
    if plan.written is not None and split == "train":
        yield from read_written(plan.written, plan.corpus)
    if plan.reviewed is not None and split == "train":
        yield from read_reviewed(plan.reviewed)
    yield from prose(plan.data, split, settings.seed, plan.prose)


def train_whole(
    plan: Plan,
    settings: TrainSettings,
    *,
    told: Callable[[str], None] = lambda _: None,
    report: Callable[[Progress], None] = lambda _: None,
) -> dict[str, Any]:
    """Prepare, search, train, export, calibrate and draw. Return the model's record.

    Of several processes the first exports; the others return nothing. What is done is kept: the same call after a stop goes on where it was.

    Raises:
        InputError: when something to read is missing or damaged.
        OutputError: when another run works in the folder.
        ResourceError: when memory runs out.
    """
    processes = PartialState()
    with ExitStack() as held:
        if processes.is_main_process:
            plan.folder.mkdir(parents=True, exist_ok=True)
            held.enter_context(folder_lock(plan.folder))
        return _train_whole(plan, settings, processes, told, report)


def _train_whole(
    plan: Plan,
    settings: TrainSettings,
    processes: PartialState,
    told: Callable[[str], None],
    report: Callable[[Progress], None],
) -> dict[str, Any]:
    few_threads()
    with processes.main_process_first():  # the others read what it has written
        train_set, valid_set = prepared_sets(plan, settings, told)
        if plan.prune:
            settings, train_set, valid_set = _pruned(plan, settings, train_set, valid_set)
    if plan.trials:
        told("searching dropout rates")
        settings = _searched(plan, settings, train_set, valid_set)
    told("training")
    train(
        settings, train_set, valid_set, plan.folder / "run", start=plan.start,
        workers=plan.jobs if plan.jobs > 1 else 0, report=report,
    )  # fmt: skip
    if not processes.is_main_process:
        return {}
    told("exporting and calibrating")
    record = make_folder(
        plan.folder / "run" / "model", plan.folder / "model", name=settings.name, valid=valid_set
    )
    plot(plan.folder / "run" / "log.csv", plan.folder / "run" / "loss.png")
    return record


def few_threads() -> None:
    """Take no core that others work on, unless the user said how many threads there should be."""
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(threads_wanted())


def _pruned(
    plan: Plan, settings: TrainSettings, train_set: Prepared, valid_set: Prepared
) -> tuple[TrainSettings, Prepared, Prepared]:
    """Return the same run on an encoder without the pieces that its texts never use."""
    folder = plan.folder / "encoder"
    base = load_base(settings.encoder)
    kept = kept_pieces(base, used_pieces((train_set, valid_set)))
    if not (folder / "model.safetensors").exists():
        prune(base, kept, folder)
    name = str(folder)
    return (
        settings.model_copy(update={"encoder": name}),
        renumbered(train_set, kept, name),
        renumbered(valid_set, kept, name),
    )


def _searched(
    plan: Plan, settings: TrainSettings, train_set: Prepared, valid_set: Prepared
) -> TrainSettings:
    path = plan.folder / "search.json"
    if not path.exists():
        short = settings.model_copy(
            update={
                "epochs": settings.epochs / 4,
                "evaluate_every": settings.evaluate_every // 4 or 1,
            }
        )
        best, rows = search_dropout(
            short, train_set, valid_set, plan.folder / "search", trials=plan.trials
        )
        path.write_text(json.dumps({"best": best.model_dump(), "trials": rows}, indent=1), "utf-8")
    best_rates = json.loads(path.read_text("utf-8"))["best"]
    return settings.model_copy(update={"dropout": Dropout(**best_rates)})


def plot(log: Path, target: Path) -> None:
    """Draw the loss and the validation F1 of a run's log.

    Raises:
        InputError: when there is no log.
    """
    load("matplotlib").use("Agg")  # here: heavy, and only for the picture
    plt = load("matplotlib.pyplot")

    try:
        with log.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        message = f"{log}: no log of a run"
        raise InputError(message) from error
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    for axes, prefixes in (
        (left, ("loss", "clean", "adversarial", "consistency")),
        (right, ("f1_clean", "f1_perturbed")),
    ):
        for name in prefixes:
            points = [(int(row["step"]), float(row[name])) for row in rows if row.get(name)]
            if points:
                axes.plot(*zip(*points, strict=True), label=name)
        axes.set_xlabel("step")
        axes.legend()
    left.set_ylabel("loss per word")
    right.set_ylabel("micro F1, exact spans")
    figure.tight_layout()
    figure.savefig(target, dpi=100)
    plt.close(figure)


def _digest(corpus: Path) -> str:
    """Return the SHA-256 of the training part."""
    path = corpus / "data" / "train.parquet" if corpus.is_dir() else corpus
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
