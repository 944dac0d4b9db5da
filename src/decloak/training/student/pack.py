"""Pack: a trained student as the files that inference reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from decloak.tag.features import FEATURES
from decloak.tag.places import STUDENT, STUDENT_FORMAT, STUDENT_RECORD
from decloak.tag.student.spelling import HASHED
from decloak.training.student.network import StudentNetwork

__all__ = ["arrays_of", "write_student"]

_SIGNED = 127


def arrays_of(network: StudentNetwork) -> dict[str, NDArray[Any]]:
    """Return the network in eight bits, as `decloak.tag.student.network.weights_of` reads it."""
    made: dict[str, NDArray[Any]] = {"dilations": np.asarray(network.dilations, np.int64)}
    tables = {
        "pieces": network.pieces.weight,
        "parts": network.parts.weight,
        "looks": network.looks.weight,
    }
    for name, table in tables.items():
        made[f"{name}.weight"], made[f"{name}.step"] = _whole(_array(table))
    made["looks.weight"] = np.ascontiguousarray(made["looks.weight"].T)
    steps = network.get_buffer("steps").tolist()
    convolutions = [("first", network.first)]
    convolutions += [(f"further.{rank}", conv) for rank, conv in enumerate(network.convolutions())]
    for rank, (name, conv) in enumerate(convolutions):
        made |= _layer(name, conv, steps[rank])
    return made | _layer("head", network.head, steps[-1])


def _layer(name: str, layer: nn.Conv1d | nn.Linear, step: float) -> dict[str, NDArray[Any]]:
    weight, bias = _array(layer.weight), _array(layer.bias)
    flat, scale = _whole(weight.reshape(len(weight), -1))
    whole: NDArray[Any] = flat.reshape(weight.shape)
    # (output, input, word) -> (input, word x output)
    laid = whole.T if whole.ndim == 2 else np.moveaxis(whole, 0, 2).reshape(whole.shape[1], -1)
    return {
        f"{name}.weight": np.ascontiguousarray(laid),
        f"{name}.scale": (scale * np.float32(step)).astype(np.float32),
        f"{name}.bias": bias.astype(np.float32),
        f"{name}.step": np.asarray(step, np.float32),
    }


def _whole(table: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    step = np.maximum(np.abs(table).max(1), 1e-8) / _SIGNED
    whole = np.rint(table / step[:, None]).clip(-_SIGNED, _SIGNED)
    return whole.astype(np.int8), step.astype(np.float32)


def _array(tensor: Any) -> NDArray[np.float32]:
    if not isinstance(tensor, Tensor):
        message = "a layer without weights"
        raise TypeError(message)
    made: NDArray[np.float32] = tensor.detach().float().cpu().numpy()
    return made


def write_student(
    network: StudentNetwork,
    folder: Path,
    *,
    labels: Sequence[str],
    tokenizer: str,
    about: Mapping[str, Any],
    temperature: float = 1.0,
    doubt: float = 0.5,
) -> dict[str, Any]:
    """Write a student beside its teacher; return its record.

    Args:
        network: trained.
        folder: the model folder of the teacher.
        labels: the scheme.
        tokenizer: the SHA-256 of the teacher's tokenizer.
        about: what else its record says.
        temperature: of its field.
        doubt: from which probability of another labelling the teacher is asked.
    """
    file = BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays_of(network))
    data = file.getvalue()
    record = {
        "format": STUDENT_FORMAT,
        "labels": list(labels),
        "features": list(FEATURES),
        "hashed": HASHED,
        "tokenizer": tokenizer,
        "temperature": temperature,
        "doubt": doubt,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        **about,
    }
    for name, content in (
        (STUDENT, data),
        (STUDENT_RECORD, (json.dumps(record) + "\n").encode()),
    ):
        partial = folder / f".{name}.partial"
        partial.write_bytes(content)
        partial.replace(folder / name)
    return record
