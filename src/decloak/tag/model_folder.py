"""Model folder: a tagger on the disk, checked from end to end before anything of it is used.

    model.onnx       the encoder with its head
    tokenizer.json   for the `tokenizers` library
    model.json       names, labels, potentials, digests of the other two
    README.md        the model card

Files are read once; what was hashed is what is loaded. Anything amiss is a `ModelFileError` that names
the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from decloak.core.errors import ModelFileError
from decloak.core.labels import LABELS
from decloak.core.model_files import bytes_of, record_of
from decloak.tag.crf import Crf
from decloak.tag.features import FEATURES
from decloak.tag.places import GRAPH, RECORD, TOKENIZER
from decloak.tag.scheme import scheme_of

__all__ = ["FORMAT", "ModelFolder", "open_folder"]

FORMAT = 1
_TOKENS = ("cls", "sep", "pad", "unk")
_FEWEST_PIECES, _MOST_PIECES = 8, 8192


@dataclass(frozen=True)
class ModelFolder:
    """A checked model.

    Attributes:
        path: the folder.
        name, encoder: what it is called, and the encoder it was made from.
        crf: labels and potentials, with the temperature.
        features: the names of the features, in the order of the graph's input.
        tokens: ids of the special pieces, by ``cls``, ``sep``, ``pad``, ``unk``.
        max_pieces: pieces of a window, special ones included.
        word_pieces: most pieces of one word.
        prefix_space: whether the tokenizer wants a blank before a word that follows one.
        digest: SHA-256 of the graph, in hex.
        record: all of model.json.
    """

    path: Path
    name: str
    encoder: str
    crf: Crf
    features: tuple[str, ...]
    tokens: Mapping[str, int]
    max_pieces: int
    word_pieces: int
    prefix_space: bool
    digest: str
    record: Mapping[str, Any]

    @property
    def labels(self) -> tuple[str, ...]:
        """The entity labels it can propose."""
        return tuple(label[2:] for label in self.crf.labels if label.startswith("B-"))

    def read(self, name: str) -> bytes:
        """Return the bytes of ``model.onnx`` or ``tokenizer.json``.

        Raises:
            ModelFileError: when they are not those that model.json names.
        """
        path = self.path / name
        data = bytes_of(path)
        expected = self.record["files"][name]
        if len(data) != expected["bytes"]:
            message = f"{path} is truncated or another file: {len(data)} bytes, {expected['bytes']} expected"
            raise ModelFileError(message)
        if hashlib.sha256(data).hexdigest() != expected["sha256"]:
            message = f"{path} is damaged or another file: its SHA-256 is not that in {RECORD}"
            raise ModelFileError(message)
        return data

    def summary(self) -> dict[str, Any]:
        """Return what `decloak model info` prints."""
        record = self.record
        return {
            "name": self.name,
            "encoder": self.encoder,
            "labels": list(self.labels),
            "sha256": self.digest,
            "size_bytes": sum(entry["bytes"] for entry in record["files"].values()),
            "quantised": record.get("quantised"),
            "temperature": self.crf.temperature,
            "ece": record.get("ece"),
            "f1": record.get("f1"),
            "trained_on": record.get("trained_on"),
            "max_pieces": self.max_pieces,
            "features": list(self.features),
            "seed": record.get("seed"),
            "code_version": record.get("code_version"),
            "created": record.get("created"),
            "path": str(self.path),
        }


def open_folder(path: Path) -> ModelFolder:
    """Read and check model.json. The digests of the other files are checked when they are read.

    Raises:
        ModelFileError: when the folder or a file is missing, truncated, of another format or label set.
    """
    if not path.is_dir():
        message = f"there is no model folder {path}; name one that holds {RECORD}, {GRAPH} and {TOKENIZER}"
        raise ModelFileError(message)
    where = path / RECORD
    record = record_of(where, FORMAT)
    for name in (GRAPH, TOKENIZER):
        if not (path / name).is_file():
            message = f"{path / name} is missing; the folder is no complete model"
            raise ModelFileError(message)
    try:
        return _checked(path, record)
    except (KeyError, TypeError, ValueError) as error:
        message = f"{where} is damaged: {type(error).__name__}: {error}"
        raise ModelFileError(message) from error


def _checked(path: Path, record: dict[str, Any]) -> ModelFolder:
    labels = _labels(path / RECORD, record["labels"])
    features = tuple(record["features"])
    if unknown := [name for name in features if name not in FEATURES]:
        message = f"{path / RECORD} wants features that this version does not make: {', '.join(map(str, unknown))}"
        raise ModelFileError(message)
    files = record["files"]
    for name in (GRAPH, TOKENIZER):
        if len(files[name]["sha256"]) != hashlib.sha256().digest_size * 2:
            message = f"files.{name}.sha256 is no SHA-256"
            raise ValueError(message)
        int(files[name]["bytes"])
    return ModelFolder(
        path=path,
        name=str(record["name"]),
        encoder=str(record["encoder"]),
        crf=_crf(labels, record),
        features=features,
        tokens={name: _within(record["tokens"], name, 0, 1 << 30) for name in _TOKENS},
        max_pieces=_within(record, "max_pieces", _FEWEST_PIECES, _MOST_PIECES),
        word_pieces=_within(record, "word_pieces", 1, record["max_pieces"] - 2),
        prefix_space=bool(record["prefix_space"]),
        digest=files[GRAPH]["sha256"],
        record=record,
    )


def _labels(where: Path, labels: list[str]) -> tuple[str, ...]:
    """Return the word labels: a BIO scheme over known labels, in the order of the table."""
    names = [label[2:] for label in labels if label.startswith("B-")]
    known = [name for name in LABELS if name in names]
    if unknown := [name for name in names if name not in LABELS]:
        message = f"{where} is of another label set: {', '.join(unknown)} are no labels of decloak"
        raise ModelFileError(message)
    if not names or tuple(labels) != scheme_of(known):
        message = (
            f"{where} is of another label set: not O, then B- and I- of each label, in their order"
        )
        raise ModelFileError(message)
    return tuple(labels)


def _crf(labels: tuple[str, ...], record: dict[str, Any]) -> Crf:
    count = len(labels)
    arrays = {}
    for name, shape in (("start", (count,)), ("end", (count,)), ("between", (count, count))):
        array = np.asarray(record["crf"][name], dtype=np.float64)
        if array.shape != shape or not np.isfinite(array).all():
            message = f"crf.{name} is not {shape} finite numbers"
            raise ValueError(message)
        arrays[name] = array
    temperature = float(record["temperature"])
    if not 0.01 <= temperature <= 100:
        message = f"the temperature is {temperature}"
        raise ValueError(message)
    return Crf(labels, temperature=temperature, **arrays)


def _within(record: Mapping[str, Any], name: str, low: int, high: int) -> int:
    value = record[name]
    if not isinstance(value, int) or not low <= value <= high:
        message = f"{name} is {value!r}, not a whole number from {low} to {high}"
        raise ValueError(message)
    return value
