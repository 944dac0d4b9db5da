"""Denoiser: words into a latent space and back, on onnxruntime.

One small transformer autoencoder of words: `encode` gives a word's latent vector, `rebuild` the word
that a vector stands for, `nearest` the closest words of a dictionary of canonical names. Both
strategies that use it (`canonical`, `realign`) share it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decloak.core.errors import ModelFileError
from decloak.core.offline import load
from decloak.decode.base import Near, Rebuilt
from decloak.decode.characters import LONGEST, codes, fold, spelt
from decloak.decode.denoiser_folder import DECODER, ENCODER, SHIPPED, DenoiserFolder, open_denoiser
from decloak.decode.vocabulary import name_words

__all__ = ["Denoiser", "Vectors", "shared_denoiser"]

Vectors = NDArray[np.float32]
_BATCH = 128
"""Words of one run; fixed, so that memory is bounded however many there are."""
_MORE = 4
"""Characters by which a rebuilt word may be longer than the longest of its batch."""


class Denoiser:
    """An autoencoder of words with its dictionary. Any number of threads may share one.

    Args:
        folder: a checked folder, or where it lies.
        threads: for the graphs; they are small.

    Raises:
        ModelFileError: when anything about the folder is amiss; nothing is half-loaded.
    """

    def __init__(self, folder: DenoiserFolder | Path, threads: int = 1) -> None:
        self.folder = folder if isinstance(folder, DenoiserFolder) else open_denoiser(folder)
        self._encoder = _session(self.folder.path / ENCODER, self.folder.encoder, threads)
        self._decoder = _session(self.folder.path / DECODER, self.folder.decoder, threads)
        try:
            self.words, self.latents = self._dictionary()
        except ModelFileError:
            raise
        except Exception as error:  # the library's errors have no common root
            message = (
                f"{self.folder.path / ENCODER} is no graph of a denoiser: {_first_line(error)}"
            )
            raise ModelFileError(message) from error

    def encode(self, words: Sequence[str]) -> Vectors:
        """Return (word, width): the latent vectors, each of length 1, of words as they stand."""
        folded = [fold(word) for word in words]
        found = np.empty((len(words), self.folder.width), dtype=np.float32)
        order = sorted(range(len(words)), key=lambda place: len(folded[place]))
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            numbers = codes([folded[place] or "-" for place in batch])
            found[batch] = self._encoder.run(["latent"], {"words": numbers})[0]
        return _unit(found)

    def rebuild(self, vectors: Vectors, longest: int = LONGEST) -> list[Rebuilt]:
        """Return the word that each latent vector stands for.

        Args:
            vectors: (word, width), of any length but 0.
            longest: characters that a word is expected to have at most; what is longer gets no word.
        """
        places = min(longest + _MORE, LONGEST)
        scale = np.float32(self.folder.width**0.5)
        found: list[Rebuilt] = []
        for first in range(0, len(vectors), _BATCH):
            part = _unit(vectors[first : first + _BATCH]) * scale
            given = {"latent": part, "places": np.arange(places, dtype=np.int64)}
            lengths, letters = self._decoder.run(["lengths", "letters"], given)
            found += map(_word, _log_shares(lengths), _log_shares(letters))
        return found

    def nearest(self, vectors: Vectors) -> list[Near]:
        """Return the nearest word of the dictionary for each vector of length 1."""
        found: list[Near] = []
        for first in range(0, len(vectors), _BATCH):
            cosines = vectors[first : first + _BATCH] @ self.latents.T
            two = np.argpartition(-cosines, 1, axis=1)[:, :2]
            for row, pair in zip(cosines, two, strict=True):
                best, second = sorted(map(int, pair), key=lambda place: (-row[place], place))
                margin = float(row[best] - row[second])
                found.append(Near(self.words[best], float(row[best]), margin, self.latents[best]))
        return found

    def confidence(self, near: Near) -> float:
        """Return how likely a vector is that of its nearest word, broken; in [0, 1]."""
        bias, cosine, margin = self.folder.blend
        score = bias + cosine * near.cosine + margin * near.margin
        return 1 / (1 + math.exp(-max(min(score, 60.0), -60.0)))

    def _dictionary(self) -> tuple[tuple[str, ...], Vectors]:
        """Return the words of names that are known now; those the folder lacks are encoded."""
        rows = {word: row for row, word in enumerate(self.folder.words)}
        known = sorted({fold(word) for word in name_words() if 3 <= len(word) <= LONGEST})
        new = [word for word in known if word not in rows]
        kept = [word for word in known if word in rows]
        vectors = self.folder.latents[[rows[word] for word in kept]]
        return (*kept, *new), np.concatenate([vectors, self.encode(new)])


def _word(lengths: Vectors, letters: Vectors) -> Rebuilt:
    length = int(lengths.argmax()) + 1
    if length > len(letters):
        return Rebuilt("", 0.0)
    best = letters[:length].argmax(axis=1)
    total = lengths[length - 1] + letters[np.arange(length), best].sum()
    return Rebuilt(spelt(best.tolist()), float(np.exp(min(total / (length + 1), 0.0))))


def _log_shares(scores: Vectors) -> Vectors:
    """Return the logarithm of the softmax over the last axis."""
    high = scores - scores.max(axis=-1, keepdims=True)
    shares: Vectors = high - np.log(np.exp(high).sum(axis=-1, keepdims=True))
    return shares


def _unit(vectors: Vectors) -> Vectors:
    made: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return made


def _session(where: Path, data: bytes, threads: int) -> Any:
    onnxruntime = load("onnxruntime")  # here: start-up time of who needs no model
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4  # what is wrong is raised as well
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library's errors have no common root
        message = f"{where} is no graph that onnxruntime can load: {_first_line(error)}"
        raise ModelFileError(message) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200]


@lru_cache(maxsize=2)
def shared_denoiser(path: Path = SHIPPED) -> Denoiser:
    """Return the denoiser of a folder, the same for all who ask; see `Denoiser` for what it raises."""
    return Denoiser(path)
