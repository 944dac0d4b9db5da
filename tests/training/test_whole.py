"""A tiny run from end to end: corpus, excerpts, training, export, and the product with the model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from decloak import Pipeline
from decloak.core.document import Document
from decloak.core.errors import InputError, OutputError, SettingsError
from decloak.core.folder_lock import folder_lock
from decloak.options import Settings
from decloak.review import ReviewStore, take_labelled
from decloak.tag.neural import Tagger
from decloak.training.whole import Plan, prepared_sets, settings_of, train_whole

SLICE = Path(__file__).parents[2] / "data" / "slice" / "slice.jsonl"
FAST = {"learning_rate": 2e-3, "batch_pieces": 4096, "epochs": 1.0}


def options(encoder: Path, corpus: Path, out: Path, *more: str) -> list[str]:
    return [
        sys.executable, "-m", "decloak.cli", "train", str(corpus), str(out), "--encoder", str(encoder),
        "--words", "12000", "--prose", "0.002", "--learning-rate", "2e-3", "--batch-pieces", "1024",
        "--epochs", "1", "--set", "evaluate_every=10", "--set", "head_factor=2", *more,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The slice with some of its training samples moved to validation."""
    rows = [json.loads(line) for line in SLICE.read_text("utf-8").splitlines()]
    for number, row in enumerate(rows):
        row["split"] = "validation" if number % 10 == 0 else "train"
    path = tmp_path_factory.mktemp("corpus") / "corpus.jsonl"
    path.write_text(
        "".join(json.dumps(row) + "\n" for row in rows if len(row["text"]) < 3000), "utf-8"
    )
    return path


@pytest.mark.slow
def test_a_run_from_corpus_to_product(tiny_encoder: Path, corpus: Path, tmp_path: Path) -> None:
    settings = settings_of("robust", ["head_factor=2"], encoder=str(tiny_encoder), **FAST)
    plan = Plan(corpus, tmp_path, words=12_000, prose=0.002, prune=True, trials=2)
    told: list[str] = []
    record = train_whole(plan, settings, told=told.append)
    assert record["ece"]["after"] <= record["ece"]["before"] + 0.05
    pieces = len(
        json.loads((tmp_path / "model" / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    )
    assert pieces < 5 + 2 * 94
    assert record["encoder"] == record["settings"]["encoder"] == tiny_encoder.name
    assert str(tiny_encoder.parent) not in (tmp_path / "model" / "model.json").read_text("utf-8")
    assert (tmp_path / "run" / "loss.png").stat().st_size > 1000
    assert len(json.loads((tmp_path / "search.json").read_text("utf-8"))["trials"]) == 2
    assert "CC0-1.0" in (tmp_path / "model" / "README.md").read_text("utf-8")
    text = "22/tcp open ssh OpenSSH 8.4p1\n"
    spans = Tagger(tmp_path / "model").tag(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    result = Pipeline(Settings(tagger="always", model=str(tmp_path / "model"))).run(
        Document("-", text)
    )
    assert all(text[e.start : e.end] == e.text for e in result.entities)
    told.clear()
    train_whole(plan, settings, told=told.append)
    assert not [line for line in told if line.startswith("preparing")]


@pytest.mark.slow
def test_a_killed_run_goes_on_to_the_same_losses(
    tiny_encoder: Path, corpus: Path, tmp_path: Path
) -> None:
    subprocess.run(options(tiny_encoder, corpus, tmp_path / "whole", "-q"), check=True)
    killed = tmp_path / "killed"
    with subprocess.Popen(options(tiny_encoder, corpus, killed, "-q")) as process:
        until = time.monotonic() + 240
        while not list(killed.glob("run/checkpoints/step-*")) and time.monotonic() < until:
            assert process.poll() is None
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
    subprocess.run(options(tiny_encoder, corpus, killed, "-q"), check=True)
    log = "run/log.csv"
    assert (killed / log).read_text("utf-8") == (tmp_path / "whole" / log).read_text("utf-8")


@pytest.mark.slow
def test_two_processes_train_one_model(tiny_encoder: Path, corpus: Path, tmp_path: Path) -> None:
    alone = options(tiny_encoder, corpus, tmp_path, "-q")
    subprocess.run([*alone, "--minutes", "0.0001"], check=True, env=os.environ)
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--cpu", "--num_processes", "2",
              "--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no", "-m"]  # fmt: skip
    two = options(tiny_encoder, corpus, tmp_path / "two", "-q")[2:]
    (tmp_path / "two").mkdir()
    (tmp_path / "prepared").rename(tmp_path / "two" / "prepared")
    # The second process's clock runs a thousand times as fast: by its own it would be late at once, and end alone.
    (tmp_path / "fast").mkdir()
    (tmp_path / "fast" / "sitecustomize.py").write_text(
        "import os, time\n"
        "if os.environ.get('RANK') == '1':\n"
        "    clock = time.perf_counter\n"
        "    time.perf_counter = lambda: 1000 * clock()\n"
    )
    paths = os.pathsep.join([str(tmp_path / "fast"), *sys.path])
    subprocess.run(
        [*launch, *two, "--minutes", "9"],
        check=True,
        timeout=300,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": paths},
    )
    about = json.loads((tmp_path / "two" / "run" / "model" / "training.json").read_text("utf-8"))
    assert about["steps"] > 0
    assert (tmp_path / "two" / "model" / "model.onnx").exists()


def test_settings_are_named_when_they_are_wrong() -> None:
    assert settings_of("robust", ["losses.fgm=0.5"]).losses.fgm == 0.5
    assert settings_of("baseline", []).losses.adversarial == 0
    for kind, changes in (("other", []), ("robust", ["nonsense"]), ("robust", ["losses.fmg=1"]),
                          ("robust", ["epochs=-1"]), ("robust", ["seed.x=1"])):  # fmt: skip
        with pytest.raises(SettingsError):
            settings_of(kind, changes)


def test_two_runs_in_one_folder_do_not_meet(
    tiny_encoder: Path, corpus: Path, tmp_path: Path
) -> None:
    settings = settings_of("robust", [], encoder=str(tiny_encoder))
    with folder_lock(tmp_path), pytest.raises(OutputError, match="another run works here"):
        train_whole(Plan(corpus, tmp_path), settings)
    assert not (tmp_path / "prepared").exists()


def test_a_corpus_that_is_not_there_is_named(tiny_encoder: Path, tmp_path: Path) -> None:
    settings = settings_of("robust", [], encoder=str(tiny_encoder))
    with pytest.raises(InputError, match=r"nowhere"):
        train_whole(Plan(tmp_path / "nowhere", tmp_path), settings)


@pytest.mark.slow
def test_decisions_of_people_are_among_the_texts(
    tiny_encoder: Path, corpus: Path, tmp_path: Path
) -> None:
    place = str(tmp_path / "r.sqlite")
    store = ReviewStore(place)
    text = "The Zorblax loader was seen.\n"
    row = {"id": "a", "text": text, "entities": [{"start": 4, "end": 11, "label": "MALWARE"}]}
    take_labelled(store, [row], "ann")
    plan = Plan(corpus, tmp_path, words=300, prose=0.0002, reviewed=place)
    settings = settings_of("baseline", [], encoder=str(tiny_encoder))
    train_set, valid_set = prepared_sets(plan, settings)
    assert train_set.about["excerpts"]["reviewed"] == 1
    assert "reviewed" not in valid_set.about["excerpts"]
    prepared_sets(plan, settings)  # nothing is made anew
    store.undo("ann")
    store.close()
    with pytest.raises(InputError, match="--reviewed"):
        prepared_sets(plan, settings)
