"""Decoder: the protocol of everything that undoes one disguise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.core.registry import Registry

__all__ = [
    "DECODERS", "Decoder", "Expert", "Judge", "Models", "Near", "Proposals", "Reading", "Rebuilt",
    "WordModel",
]  # fmt: skip

Expert = Literal["symbol", "typographic", "semantic"]


class Decoder(Protocol):
    """Undo one disguise. Pure: the same text in, the same edits out; no I/O, no clock.

    Attributes:
        name: unique, also the name of its golden cases.
        version: raised whenever its edits change.
        expert: which of the three experts of the published design it belongs to.
        families: the disguise families whose names its edits carry.
        trigger: an RE2 pattern over the shadow; where it finds nothing the decoder is not run.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def expert(self) -> Expert: ...
    @property
    def families(self) -> tuple[str, ...]: ...
    @property
    def trigger(self) -> bytes: ...

    def propose(self, view: View) -> Iterable[Edit]:
        """Yield edits in view offsets, sorted by start. Edits of one decoder never overlap."""
        ...


DECODERS: Registry[Decoder] = Registry("decoder")

Proposals = Sequence[tuple[Decoder, Sequence[Edit]]]
"""What each decoder that ran proposes for one view, in order of registration."""


class Rebuilt(NamedTuple):
    """A word that a latent vector stands for, folded, and how sure that is.

    Attributes:
        word: folded.
        confidence: in [0, 1], the geometric mean of the probabilities of its length and characters.
    """

    word: str
    confidence: float


class Near(NamedTuple):
    """The word of the dictionary nearest to a latent vector.

    Attributes:
        word: folded.
        cosine: similarity, in [-1, 1].
        margin: by how much the second word is less similar, in [0, 2].
        vector: the word's own latent vector, of length 1.
    """

    word: str
    cosine: float
    margin: float
    vector: Any


class WordModel(Protocol):
    """An autoencoder of words with a dictionary of canonical ones; vectors are NumPy's, (word, width)."""

    def encode(self, words: Sequence[str]) -> Any:
        """Return the latent vectors of words as they stand, each of length 1."""
        ...

    def rebuild(self, vectors: Any, longest: int) -> Sequence[Rebuilt]:
        """Return the word of at most about `longest` characters that each vector stands for."""
        ...

    def nearest(self, vectors: Any) -> Sequence[Near]:
        """Return the nearest word of the dictionary for each vector."""
        ...

    def confidence(self, near: Near) -> float:
        """Return how likely a vector is that of its nearest word, broken; in [0, 1]."""
        ...


class Reading(NamedTuple):
    """One way to read a place: a stretch of text, and the half-open range of the place in it."""

    text: str
    start: int
    end: int


class Judge(Protocol):
    """A model of whole lines: whether what stands somewhere reads as an entity."""

    def score(self, readings: Sequence[Reading]) -> Sequence[float]:
        """Return for each reading how sure it is that the place is part of an entity, in [0, 1]."""
        ...


@dataclass(frozen=True, slots=True)
class Models:
    """What a strategy may ask; None where it does without.

    Attributes:
        words: for all strategies.
        judge: for `consensus`.
    """

    words: WordModel | None = None
    judge: Judge | None = None
