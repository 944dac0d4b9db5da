"""Denoiser folder: the model of words on the disk, checked before anything of it is used.

    encoder.onnx    characters -> latent vector
    decoder.onnx    latent vector -> a whole word
    words.txt       the words of the dictionary, one a line
    latents.bin     their latent vectors, float16, row by row
    denoiser.json   shape, alphabet, what it was trained on, sizes and digests of the others

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
from numpy.typing import NDArray

from decloak.core.errors import ModelFileError
from decloak.core.model_files import bytes_of, record_of
from decloak.decode.characters import ALPHABET, LONGEST

__all__ = ["FILES", "FORMAT", "RECORD", "SHIPPED", "DenoiserFolder", "open_denoiser"]

FORMAT = 1
ENCODER, DECODER, WORDS, LATENTS = FILES = (
    "encoder.onnx", "decoder.onnx", "words.txt", "latents.bin",
)  # fmt: skip
RECORD = "denoiser.json"
SHIPPED = Path(__file__).with_name("model")
"""Where the denoiser lies that comes with the package."""


@dataclass(frozen=True)
class DenoiserFolder:
    """A checked denoiser.

    Attributes:
        path: the folder.
        record: all of denoiser.json.
        encoder, decoder: the graphs, as bytes.
        words: the folded words of the dictionary.
        latents: (word, width) float32, each row of length 1.
        blend: bias, weight of the cosine and of the margin: the logit of a match with the dictionary.
    """

    path: Path
    record: Mapping[str, Any]
    encoder: bytes
    decoder: bytes
    words: tuple[str, ...]
    latents: NDArray[np.float32]
    blend: tuple[float, float, float]

    @property
    def kept_back(self) -> frozenset[str]:
        """Folded words of names that it was not trained on, to be measured with."""
        return frozenset(map(str, self.record.get("kept_back", ())))

    @property
    def width(self) -> int:
        """Of a latent vector."""
        return int(self.latents.shape[1])


def open_denoiser(path: Path) -> DenoiserFolder:
    """Read and check a whole folder.

    Raises:
        ModelFileError: when the folder or a file is missing, truncated, another one, or of another
            format or alphabet; nothing is half-loaded.
    """
    if not path.is_dir():
        message = (
            f"there is no model folder {path}; name one that holds {RECORD}, or leave the model out"
        )
        raise ModelFileError(message)
    record = _record(path / RECORD)
    data = {name: _checked(path, name, record) for name in FILES}
    try:
        return _assembled(path, record, data)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"{path / RECORD} is damaged: {type(error).__name__}: {error}"
        raise ModelFileError(message) from error


def _assembled(path: Path, record: Mapping[str, Any], data: Mapping[str, bytes]) -> DenoiserFolder:
    words = tuple(data[WORDS].decode("utf-8").splitlines())
    width = int(record["shape"]["width"])
    latents = np.frombuffer(data[LATENTS], dtype="<f2").reshape(len(words), width)
    whole = latents.astype(np.float32)
    lengths = np.linalg.norm(whole, axis=1, keepdims=True)
    blend = record["blend"]
    bias, cosine, margin = float(blend["bias"]), float(blend["cosine"]), float(blend["margin"])
    if not np.isfinite((bias, cosine, margin)).all():
        message = "the blend is not finite"
        raise ValueError(message)
    if not words or not (lengths > 0).all() or not np.isfinite(lengths).all():
        message = f"{LATENTS} holds no vectors of the words"
        raise ValueError(message)
    unit = (whole / lengths).astype(np.float32)
    return DenoiserFolder(
        path, record, data[ENCODER], data[DECODER], words, unit, (bias, cosine, margin)
    )


def _record(where: Path) -> dict[str, Any]:
    record = record_of(where, FORMAT)
    if record.get("alphabet") != ALPHABET or record.get("longest") != LONGEST:
        message = f"{where} is of another alphabet than this version reads: train it anew"
        raise ModelFileError(message)
    return record


def _checked(folder: Path, name: str, record: Mapping[str, Any]) -> bytes:
    path = folder / name
    data = bytes_of(path)
    try:
        expected = record["files"][name]
        size, digest = int(expected["bytes"]), str(expected["sha256"])
    except (KeyError, TypeError, ValueError) as error:
        message = f"{folder / RECORD} is damaged: it says nothing of {name}"
        raise ModelFileError(message) from error
    if len(data) != size:
        message = f"{path} is truncated or another file: {len(data)} bytes, {size} expected"
        raise ModelFileError(message)
    if hashlib.sha256(data).hexdigest() != digest:
        message = f"{path} is damaged or another file: its SHA-256 is not that in {RECORD}"
        raise ModelFileError(message)
    return data
