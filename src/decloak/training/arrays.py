"""Arrays: labelled excerpts as columns, small on disk and quick to batch."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from decloak.core.errors import InputError

__all__ = ["Columns", "Gatherer", "Ints", "Prepared", "batches", "load_prepared", "save_prepared"]

Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Columns:
    """Excerpts as columns.

    Attributes:
        ids: (piece,) ids, word after word.
        counts: (word,) pieces of each word, at least 1.
        bits: (word,) features, see `decloak.tag.features`.
        labels: (word,) place in the scheme, 255 where unknown.
        offsets: (excerpt + 1,) first word of each excerpt.
        aligned: (word of the clean text,) the same word here, from the excerpt's first, or -1;
            empty for clean text.
    """

    ids: Ints
    counts: Ints
    bits: Ints
    labels: Ints
    offsets: Ints
    aligned: Ints

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def piece_offsets(self) -> Ints:
        """Return the first piece of each word, and one more for the end."""
        return np.concatenate([[0], np.cumsum(self.counts, dtype=np.int64)])

    def lengths(self) -> Ints:
        """Return the pieces of each excerpt."""
        firsts = self.piece_offsets()[self.offsets]
        return np.diff(firsts)


class Gatherer:
    """Collects excerpts into columns."""

    def __init__(self) -> None:
        self._parts: dict[str, list[Ints]] = {
            name: [] for name in ("ids", "counts", "bits", "labels", "aligned")
        }
        self._words = [0]

    def add(
        self,
        ids: Sequence[int],
        offsets: Sequence[int],
        bits: Sequence[int],
        labels: Sequence[int],
        aligned: Sequence[int] = (),
    ) -> None:
        """Add one excerpt; the arguments are the columns of its words, as `Columns` has them."""
        parts = self._parts
        parts["ids"].append(np.asarray(ids, np.int32))
        parts["counts"].append(np.diff(np.asarray(offsets, np.int64)).astype(np.uint8))
        parts["bits"].append(np.asarray(bits, np.uint32))
        parts["labels"].append(np.asarray(labels, np.uint8))
        parts["aligned"].append(np.asarray(aligned, np.int16))
        self._words.append(self._words[-1] + len(bits))

    def __len__(self) -> int:
        return len(self._words) - 1

    def columns(self) -> Columns:
        """Return what was collected."""
        joined = {
            name: np.concatenate(rows) if rows else np.zeros(0, np.int32)
            for name, rows in self._parts.items()
        }
        return Columns(offsets=np.asarray(self._words, np.int64), **joined)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a run is trained or validated on.

    Attributes:
        clean: the excerpts as they are.
        variants: the same excerpts perturbed, each variant aligned to the clean words.
        groups: (excerpt,) small number of where each comes from, see `about["groups"]`.
        about: labels, features, encoder, seed, hashes and counts.
    """

    clean: Columns
    variants: tuple[Columns, ...]
    groups: Ints
    about: dict[str, Any]


def save_prepared(prepared: Prepared, path: Path) -> None:
    """Write to one compressed file, all or nothing."""
    arrays: dict[str, Any] = {"groups": prepared.groups}
    for rank, columns in enumerate((prepared.clean, *prepared.variants)):
        for field in fields(columns):
            arrays[f"{rank}.{field.name}"] = _narrow(getattr(columns, field.name))
    arrays["about"] = np.frombuffer(json.dumps(prepared.about).encode(), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.npz")
    np.savez_compressed(partial, **arrays)
    partial.replace(path)


def load_prepared(path: Path) -> Prepared:
    """Read what `save_prepared` wrote.

    Raises:
        InputError: when it is no such file.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            about = json.loads(file["about"].tobytes())
            ranks = sorted({int(name.split(".")[0]) for name in file.files if name[0].isdigit()})
            sets = [
                Columns(**{field.name: file[f"{rank}.{field.name}"] for field in fields(Columns)})
                for rank in ranks
            ]
            groups = file["groups"]
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        message = f"{path}: no prepared excerpts; make them with `decloak train prepare`: {error}"
        raise InputError(message) from error
    return Prepared(sets[0], tuple(sets[1:]), groups, about)


def batches(lengths: Ints, most: int, order: Ints, *, bucket: int = 4096) -> Iterator[Ints]:
    """Yield excerpts in batches of like length, each of at most `most` pieces with its padding.

    Args:
        lengths: (excerpt,) pieces, without the two that frame an excerpt.
        most: pieces of a batch, padding in; an excerpt longer than that is a batch of its own.
        order: excerpts in the order in which they are drawn.
        bucket: excerpts that are sorted by length together.
    """
    for low in range(0, len(order), bucket):
        drawn = order[low : low + bucket]
        drawn = drawn[np.argsort(lengths[drawn], kind="stable")]
        first = 0
        while first < len(drawn):
            stop = first + 1
            while (
                stop < len(drawn) and (stop + 1 - first) * (int(lengths[drawn[stop]]) + 2) <= most
            ):
                stop += 1
            yield drawn[first:stop]
            first = stop


def _narrow(values: Ints) -> Ints:
    """Return the same numbers in the smallest type that holds them."""
    if not len(values):
        return values
    return values.astype(
        np.result_type(np.min_scalar_type(values.min()), np.min_scalar_type(values.max()))
    )
