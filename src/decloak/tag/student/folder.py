"""Folder: a student on the disk, beside its teacher, checked before anything of it is used.

student.npz     tables and matrices in eight bits
student.json    labels, temperature, what it was trained on, and the digest of the other
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from decloak.core.errors import ModelFileError
from decloak.core.model_files import bytes_of, record_of
from decloak.tag.features import FEATURES
from decloak.tag.places import STUDENT, STUDENT_FORMAT, STUDENT_RECORD
from decloak.tag.student.network import Weights, weights_of
from decloak.tag.student.spelling import HASHED

__all__ = ["StudentFolder", "open_student"]


@dataclass(frozen=True)
class StudentFolder:
    """A checked student.

    Attributes:
        labels: the scheme of its words' labels.
        weights: the network.
        temperature: what its emissions are divided by for probabilities.
        doubt: from which probability that another labelling is right the teacher is asked.
        record: all of student.json.
    """

    labels: tuple[str, ...]
    weights: Weights
    temperature: float
    doubt: float
    record: Mapping[str, Any]


def open_student(path: Path, labels: tuple[str, ...], tokenizer: str) -> StudentFolder | None:
    """Read the student of a model folder; None where it has none.

    Args:
        path: the folder.
        labels: of the teacher.
        tokenizer: the SHA-256 of the teacher's tokenizer.

    Raises:
        ModelFileError: when a file is damaged, or of another teacher.
    """
    where = path / STUDENT_RECORD
    if not where.is_file():
        return None
    record = record_of(where, STUDENT_FORMAT)
    try:
        if tuple(record["labels"]) != labels or record["tokenizer"] != tokenizer:
            message = f"{where} is of another teacher: its labels or its tokenizer are others"
            raise ModelFileError(message)
        if record["features"] != list(FEATURES) or record["hashed"] != HASHED:
            message = f"{where} wants features that this version does not make"
            raise ModelFileError(message)
        weights = weights_of(_arrays(path / STUDENT, str(record["sha256"])))
        if weights.head.bias.shape != (len(labels),) or len(weights.looks) != len(FEATURES):
            message = "the network has other labels or features than its record"
            raise ValueError(message)  # noqa: TRY301 - told with the file's name below
        temperature, doubt = float(record["temperature"]), float(record["doubt"])
        if not 0.01 <= temperature <= 100 or not 0 <= doubt <= 1:
            message = f"the temperature is {temperature}, the doubt {doubt}"
            raise ValueError(message)  # noqa: TRY301 - told with the file's name below
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"{where} is damaged: {type(error).__name__}: {error}"
        raise ModelFileError(message) from error
    return StudentFolder(labels, weights, temperature, doubt, record)


def _arrays(path: Path, digest: str) -> dict[str, Any]:
    data = bytes_of(path)
    if hashlib.sha256(data).hexdigest() != digest:
        message = f"{path} is damaged or another file: its SHA-256 is not that in {STUDENT_RECORD}"
        raise ModelFileError(message)
    try:
        with np.load(BytesIO(data), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, BadZipFile) as error:
        message = f"{path} holds no arrays: {error}"
        raise ModelFileError(message) from error
