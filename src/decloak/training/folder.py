"""Folder: a trained model in the format that inference reads, quantised, calibrated, with its card."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from decloak import __version__
from decloak.core.errors import InputError
from decloak.tag.features import FEATURES
from decloak.tag.model_folder import FORMAT, open_folder
from decloak.tag.places import GRAPH, RECORD, TOKENIZER
from decloak.tag.session import Session
from decloak.training.arrays import Prepared
from decloak.training.calibrate import calibrate
from decloak.training.card import card
from decloak.training.model import TaggerModel
from decloak.training.quantise import export_graph, quantise
from decloak.training.run import load_trained

__all__ = ["calibrate_folder", "make_folder"]

_MAX_PIECES = 256


def make_folder(
    trained: Path,
    target: Path,
    *,
    name: str,
    valid: Prepared | None = None,
    quantised: bool = True,
) -> dict[str, Any]:
    """Export a trained model; the folder appears whole or not at all. Return its record.

    Args:
        trained: what `decloak train` left.
        target: the folder to make or to replace.
        name: what the model is called.
        valid: prepared validation excerpts to calibrate on; the temperature stays 1 without.
        quantised: eight-bit weights.

    Raises:
        InputError: when the trained model is missing or damaged, or the excerpts are not its own.
    """
    model, about = load_trained(trained)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".model-") as place:
        work = Path(place) / "model"
        work.mkdir()
        graph = Path(place) / "float.onnx"
        export_graph(model, graph)
        if quantised:
            quantise(graph, work / GRAPH)
        else:
            graph.replace(work / GRAPH)
        shutil.copyfile(trained / TOKENIZER, work / TOKENIZER)
        record = _record(model, about, name, quantised=quantised)
        _write(work, record)
        if valid is not None:
            _calibrated(work, record, valid)
        _replace(work, target)
    return record


def calibrate_folder(folder: Path, valid: Prepared) -> dict[str, Any]:
    """Calibrate a model folder anew, in place. Return its record.

    Raises:
        ModelFileError: when the folder is no model.
        InputError: when the excerpts were made for another model.
    """
    record = dict(open_folder(folder).record)
    _calibrated(folder, record, valid)
    return record


def _record(
    model: TaggerModel, about: dict[str, Any], name: str, *, quantised: bool
) -> dict[str, Any]:
    start, end, between = (each.detach().tolist() for each in model.crf.potentials())
    return {
        "format": FORMAT,
        "name": name,
        "encoder": about["encoder"],
        "labels": about["labels"],
        "features": list(FEATURES),
        "tokens": about["tokens"],
        "max_pieces": min(_MAX_PIECES, model.encoder.config.max_position_embeddings),
        "word_pieces": about["word_pieces"],
        "prefix_space": about["prefix_space"],
        "crf": {
            "start": [round(value, 5) for value in start],
            "end": [round(value, 5) for value in end],
            "between": [[round(value, 5) for value in row] for row in between],
        },
        "temperature": 1.0,
        "ece": None,
        "f1": about["validated"]["f1"],
        "trained_on": about["trained_on"],
        "settings": about["settings"],
        "seed": about["settings"]["seed"],
        "steps": about.get("steps"),
        "stages": about.get("stages"),
        "code_version": about.get("code_version", __version__),
        "created": datetime.now(UTC).date().isoformat(),
        "quantised": "int8" if quantised else None,
        "files": {},
    }


def _calibrated(folder: Path, record: dict[str, Any], valid: Prepared) -> None:
    if valid.about["labels"] != record["labels"]:
        message = "the validation excerpts have other labels than the model"
        raise InputError(message)
    opened = open_folder(folder)
    tokens = record["tokens"]
    frame = tokens["cls"], tokens["sep"], tokens["pad"]
    sets = [valid.clean, *valid.variants[:1]]
    temperature, before, after, f1 = calibrate(Session(opened), opened.crf, sets, frame)
    record["temperature"] = temperature
    record["ece"] = {"before": round(before, 4), "after": round(after, 4), "on": "validation"}
    record["f1"] = {**record["f1"], "quantised": round(f1, 5)}
    _write(folder, record)


def _write(folder: Path, record: dict[str, Any]) -> None:
    record["files"] = {
        name: {
            "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(),
            "bytes": (folder / name).stat().st_size,
        }
        for name in (GRAPH, TOKENIZER)
    }
    partial = folder / ".record.partial"
    partial.write_text(json.dumps(record) + "\n", "utf-8")
    partial.replace(folder / RECORD)
    (folder / "README.md").write_text(card(record), "utf-8")


def _replace(made: Path, target: Path) -> None:
    if target.exists():
        old = made.parent / "old"
        target.rename(old)
    made.rename(target)
