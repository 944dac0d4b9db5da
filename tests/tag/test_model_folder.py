"""Whatever is wrong with a model folder is told by a clear error that names the file."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from decloak.core.errors import ModelFileError
from decloak.core.labels import LABELS
from decloak.tag.model_folder import open_folder
from decloak.tag.neural import Tagger
from decloak.tag.places import VARIABLE, find_folder


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "model.json"
    record = json.loads(path.read_text("utf-8"))
    change(record)
    path.write_text(json.dumps(record), "utf-8")


def resign(folder: Path, name: str) -> None:
    data = (folder / name).read_bytes()
    entry = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    edit(folder, lambda record: record["files"].update({name: entry}))


def test_a_good_folder_opens_and_says_what_it_is(tiny_model: Path) -> None:
    folder = open_folder(tiny_model)
    told = folder.summary()
    assert told["labels"] == list(LABELS)
    assert told["sha256"] == hashlib.sha256((tiny_model / "model.onnx").read_bytes()).hexdigest()
    sizes = [(tiny_model / name).stat().st_size for name in ("model.onnx", "tokenizer.json")]
    assert told["size_bytes"] == sum(sizes)
    assert {"name", "encoder", "ece", "trained_on", "f1"} <= told.keys()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="nowhere"):
        Tagger(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["model.json", "model.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(model_copy: Path, name: str) -> None:
    (model_copy / name).unlink()
    with pytest.raises(ModelFileError, match=rf"{name} is missing"):
        Tagger(model_copy)


@pytest.mark.parametrize("name", ["model.json", "model.onnx", "tokenizer.json"])
def test_a_truncated_file_is_named(model_copy: Path, name: str) -> None:
    data = (model_copy / name).read_bytes()
    (model_copy / name).write_bytes(data[: len(data) // 2])
    with pytest.raises(ModelFileError, match=rf"{name} is (truncated|damaged)"):
        Tagger(model_copy)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_changed_byte_is_seen(model_copy: Path, name: str) -> None:
    data = bytearray((model_copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (model_copy / name).write_bytes(data)
    with pytest.raises(ModelFileError, match=rf"{name} is damaged .* SHA-256"):
        Tagger(model_copy)


@pytest.mark.parametrize(
    ("name", "message"), [("model.onnx", "no graph"), ("tokenizer.json", "no tokenizer")]
)
def test_a_file_of_another_kind_under_a_true_digest_is_named(
    model_copy: Path, name: str, message: str
) -> None:
    (model_copy / name).write_bytes(b"something else")
    resign(model_copy, name)
    with pytest.raises(ModelFileError, match=rf"{name} is {message}"):
        Tagger(model_copy)


@pytest.mark.parametrize(
    "labels",
    [
        ["O", "B-PERSON", "I-PERSON"],
        ["B-DOMAIN", "I-DOMAIN", "O"],
        ["O", "B-DOMAIN"],
        ["O"],
        ["O", "B-IP_ADDRESS", "I-IP_ADDRESS", "B-DOMAIN", "I-DOMAIN"],
    ],
)
def test_another_label_set_is_refused(model_copy: Path, labels: list[str]) -> None:
    edit(model_copy, lambda record: record.update(labels=labels))
    with pytest.raises(ModelFileError, match=r"model\.json is of another label set"):
        open_folder(model_copy)


DAMAGE: dict[str, Callable[[dict[str, Any]], object]] = {
    "no crf": lambda record: record.pop("crf"),
    "short start": lambda record: record["crf"]["start"].pop(),
    "no number": lambda record: record["crf"]["between"][0].__setitem__(0, "x"),
    "infinite": lambda record: record["crf"]["end"].__setitem__(0, float("inf")),
    "zero temperature": lambda record: record.update(temperature=0),
    "no token": lambda record: record["tokens"].pop("sep"),
    "negative window": lambda record: record.update(max_pieces=-1),
    "wide words": lambda record: record.update(word_pieces=10_000),
    "labels are none": lambda record: record.update(labels=None),
    "no digest": lambda record: record["files"]["model.onnx"].pop("sha256"),
    "short digest": lambda record: record["files"]["model.onnx"].update(sha256="00"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_record_is_named(model_copy: Path, kind: str) -> None:
    edit(model_copy, DAMAGE[kind])
    with pytest.raises(ModelFileError, match=r"model\.json is (damaged|of another)"):
        open_folder(model_copy)


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": 2}', "", "[" * 100_000])
def test_what_is_no_record_is_refused(model_copy: Path, text: str) -> None:
    (model_copy / "model.json").write_text(text, "utf-8")
    with pytest.raises(ModelFileError, match=r"model\.json is"):
        open_folder(model_copy)


def test_unknown_features_are_named(model_copy: Path) -> None:
    edit(model_copy, lambda record: record["features"].append("smell"))
    with pytest.raises(ModelFileError, match="smell"):
        open_folder(model_copy)


def test_a_graph_of_another_width_is_refused(model_copy: Path) -> None:
    edit(model_copy, lambda record: record["features"].pop())
    with pytest.raises(ModelFileError, match=r"model\.onnx has features of width"):
        Tagger(model_copy)


def test_the_folder_named_goes_before_the_variable(
    tiny_model: Path, model_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(model_copy))
    assert find_folder(str(tiny_model)) == tiny_model
    assert find_folder() == model_copy


def test_a_copied_folder_is_as_good(tiny_model: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_model, tmp_path / "copy")
    text = "nginx 1.18.0 at 192.0.2.1"
    assert Tagger(tmp_path / "copy").tag(text) == Tagger(tiny_model).tag(text)
