"""The loop: fifty corrections teach a tiny model what it did not know, and a guard keeps a worse one out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from decloak.cli.model import app
from decloak.core.errors import InputError
from decloak.core.labels import LABELS
from decloak.evaluation.score import Counts
from decloak.review import Action, Change, Found, ReviewStore, take_labelled
from decloak.training.adapt import AdaptPlan, adapt_model
from decloak.training.arrays import Prepared, save_prepared
from decloak.training.excerpts import Excerpt
from decloak.training.guard import Margins, compared
from decloak.training.mixing import drawn, joined, repeated
from decloak.training.prepare import Recipe, prepare
from decloak.training.reviewed import read_reviewed
from decloak.training.run import train
from decloak.training.settings import Losses, TrainSettings

Sentences = Callable[[int, int], list[Excerpt]]


@pytest.fixture(scope="module")
def trained(
    tiny_encoder: Path,
    sentences: Sentences,
    names: tuple[str, ...],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A folder as `decloak train` leaves it, of a model that knows ``host X port N runs Y``."""
    folder = tmp_path_factory.mktemp("trained")
    ordered = tuple(name for name in LABELS if name in names)  # as a model folder wants them
    recipe = Recipe(str(tiny_encoder), ordered, pieces=64, variants=1)
    sets = {
        "train": prepare(sentences(1, 160), recipe),
        "validation": prepare(sentences(2, 40), recipe),
    }
    for name, prepared in sets.items():
        save_prepared(prepared, folder / "prepared" / f"{name}.npz")
    settings = fast(tiny_encoder, learning_rate=3e-3, epochs=8, evaluate_every=20)
    train(settings, sets["train"], sets["validation"], folder / "run")
    return folder


def corrections(place: Path, count: int, label: str = "SOFTWARE") -> None:
    """Make a store of texts that the model does not understand, each corrected by a person."""
    dice = Random(7)
    store = ReviewStore(place)
    for number in range(count):
        name = dice.choice(("lighttpd", "Dovecot", "ProFTPD", "Exim", "vsftpd"))
        text = f"line {number}\nwe saw <<{name}>> there, {dice.randint(10, 99)} times\nand nothing else\n"
        start = text.index(name)
        found = [Found(start, start + len(name), "DOMAIN", name, 0.4, "review")]
        _, (item,) = store.add_document(f"d{number}", "prose", text, found)
        store.decide(item, "ann", Action.CHANGE, Change(label=label))
    store.close()


def fast(encoder: Path, **changes: object) -> TrainSettings:
    values = {
        "encoder": str(encoder), "learning_rate": 2e-3, "head_factor": 2, "epochs": 6, "batch_pieces": 1024,
        "evaluate_every": 10, **changes,
    }  # fmt: skip
    return TrainSettings.model_validate(values | {"losses": Losses(adversarial=1.0)})


@pytest.mark.slow
def test_fifty_corrections_are_learned_and_nothing_is_forgotten(
    trained: Path, tiny_encoder: Path, tmp_path: Path
) -> None:
    corrections(tmp_path / "r.sqlite", 50)
    plan = AdaptPlan(
        trained, str(tmp_path / "r.sqlite"), tmp_path / "out", margins=Margins(0.02, 0.05, 10)
    )
    told: list[str] = []
    made = adapt_model(plan, fast(tiny_encoder), told=told.append)
    before, after = made.learned
    assert made.corrections + made.held == 50
    assert made.held >= 5
    assert (before or 0.0) < 0.2
    assert after is not None
    assert after > 0.9
    assert made.comparison.reasons == ()
    assert (tmp_path / "out" / "model" / "model.json").exists()
    report = json.loads((tmp_path / "out" / "adapt.json").read_text("utf-8"))
    assert report["learned"]["after"] == after
    assert {row["label"] for row in report["validation"]} >= {"micro", "DOMAIN", "PORT", "SOFTWARE"}


@pytest.mark.slow
def test_a_model_that_forgot_is_refused_and_says_why(trained: Path, tmp_path: Path) -> None:
    store = ReviewStore(tmp_path / "r.sqlite")
    for number in range(30):  # wrong corrections: what is right is rejected everywhere
        text = f"host a{number}x.example.org port {number + 10} runs nginx\n"
        take_labelled(store, [{"id": str(number), "text": text, "entities": []}], "eve")
        for word, label in ((f"a{number}x.example.org", "DOMAIN"), ("nginx", "SOFTWARE")):
            start = text.index(word)
            _, (item,) = store.add_document(
                str(number),
                "prose",
                text,
                [Found(start, start + len(word), label, word, 0.9, "review")],
            )
            store.decide(item, "eve", Action.REJECT)
    store.close()
    options = ["--replay", "0", "--epochs", "6", "--learning-rate", "2e-3", "-q"]
    store_, out = str(tmp_path / "r.sqlite"), tmp_path / "out"
    done = CliRunner().invoke(app, ["adapt", str(trained), store_, str(out), *options])
    assert done.exit_code == 3, done.output
    assert "over all labels on clean text fell from" in done.stderr
    assert "SOFTWARE" in done.stdout  # every label is shown
    assert not (tmp_path / "out" / "model").exists()
    assert json.loads((tmp_path / "out" / "adapt.json").read_text("utf-8"))["refused"]


def test_a_store_without_decisions_teaches_nothing(trained: Path, tmp_path: Path) -> None:
    store = ReviewStore(tmp_path / "r.sqlite")
    store.add_document("a", "prose", "just text", [])
    store.close()
    with pytest.raises(InputError, match="nothing was decided"):
        adapt_model(AdaptPlan(trained, str(tmp_path / "r.sqlite"), tmp_path / "out"))


def test_what_nobody_decided_is_unknown(tmp_path: Path) -> None:
    lines = [f"line {number} has word{number} in it\n" for number in range(20)]
    text = "".join(lines)
    found = [
        Found(
            at := text.index(f"word{number} "),
            at + len(f"word{number}"),
            "SOFTWARE",
            "x",
            0.5,
            status,
        )
        for number, status in ((2, "accepted"), (4, "review"), (5, "review"), (12, "review"))
    ]
    store = ReviewStore(tmp_path / "r.sqlite")
    _, items = store.add_document("a", "prose", text, found)
    store.decide(items[1], "ann", Action.ACCEPT)
    store.decide(items[3], "ann", Action.REJECT)
    store.close()
    first, second = read_reviewed(str(tmp_path / "r.sqlite"))
    assert first.text == "".join(lines[2:7])
    assert [first.text[each.start : each.end] for each in first.marks] == ["word2", "word4"]
    known = [first.text[low:high] for low, high in first.unknown]
    assert known == [lines[2], lines[3], lines[5], "word5", lines[6]]
    assert (second.text, second.marks) == ("".join(lines[10:15]), ())
    assert lines[12] not in [second.text[low:high] for low, high in second.unknown]


@given(st.data())
def test_mixing_keeps_every_excerpt_whole(prepared: Prepared, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 12))
    part = drawn(prepared, count, seed=3)
    mixed = joined(part, repeated(prepared, 2))
    assert len(mixed.clean) == min(count, len(prepared.clean)) + 2 * len(prepared.clean)
    rows = {_excerpt(prepared, row) for row in range(len(prepared.clean))}
    assert {_excerpt(mixed, row) for row in range(len(mixed.clean))} == rows
    assert sum(mixed.about["excerpts"].values()) == len(mixed.clean)
    assert mixed.about["words"] == len(mixed.clean.bits)


def _excerpt(prepared: Prepared, row: int) -> tuple[tuple[int, ...], ...]:
    """Everything about one excerpt and its variants, column by column."""
    found: list[tuple[int, ...]] = []
    for rank, columns in enumerate((prepared.clean, *prepared.variants)):
        low, high = columns.offsets[row], columns.offsets[row + 1]
        firsts = columns.piece_offsets()
        parts = [columns.counts[low:high], columns.bits[low:high], columns.labels[low:high]]
        parts.append(columns.ids[firsts[low] : firsts[high]])
        if rank:
            clean = prepared.clean.offsets
            parts.append(columns.aligned[clean[row] : clean[row + 1]])
        found += [tuple(np.asarray(each).tolist()) for each in parts]
    return tuple(found)


@pytest.fixture(scope="module")
def prepared(tiny_encoder: Path, sentences: Sentences, names: tuple[str, ...]) -> Prepared:
    return prepare(sentences(5, 9), Recipe(str(tiny_encoder), names, pieces=64, variants=2))


def test_the_guard_asks_about_every_label_that_stands_often_enough() -> None:
    before = {"clean": {"micro": Counts(90, 5, 5), "OS": Counts(40, 0, 0), "CVE": Counts(3, 0, 0)}}
    same = {"clean": {"micro": Counts(90, 5, 5), "OS": Counts(30, 0, 10), "CVE": Counts(0, 0, 3)}}
    made = compared(before, same, Margins(micro=0.0, label=0.1, least=10))
    assert [reason.split(" fell")[0] for reason in made.reasons] == ["F1 of OS on clean text"]
    assert any("CVE" in line and "-" in line for line in made.lines())
    assert compared(before, before, Margins(0.0, 0.0, 0)).reasons == ()
    gone = {"clean": {"micro": Counts()}}
    assert len(compared(before, gone, Margins()).reasons) == 2
