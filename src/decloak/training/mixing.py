"""Mixing: prepared excerpts put together, so that what is new is learned beside what is not to be forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from random import Random

import numpy as np

from decloak.core.errors import InputError
from decloak.training.arrays import Columns, Ints, Prepared

__all__ = ["drawn", "joined", "repeated"]


def drawn(prepared: Prepared, count: int, seed: int) -> Prepared:
    """Return as many excerpts at random; all where there are fewer."""
    size = len(prepared.clean)
    rows = sorted(Random(seed).sample(range(size), min(count, size)))  # noqa: S311 - repeatable
    return _taken(prepared, np.asarray(rows, np.int64))


def repeated(prepared: Prepared, times: int) -> Prepared:
    """Return every excerpt several times."""
    return _taken(prepared, np.tile(np.arange(len(prepared.clean)), times))


def joined(first: Prepared, second: Prepared) -> Prepared:
    """Return the excerpts of both; of the perturbed variants as many as both have.

    Raises:
        InputError: when they were made with other labels, features or another encoder.
    """
    for key in ("labels", "features", "encoder"):
        if first.about[key] != second.about[key]:
            message = f"the excerpts differ in their {key}; prepare them again"
            raise InputError(message)
    names = sorted({*first.about["groups"], *second.about["groups"]})
    ranks = [
        np.asarray([names.index(each.about["groups"][rank]) for rank in each.groups], np.uint8)
        for each in (first, second)
    ]
    excerpts = Counter(first.about["excerpts"]) + Counter(second.about["excerpts"])
    about = first.about | {
        "groups": names,
        "excerpts": dict(excerpts),
        "words": first.about["words"] + second.about["words"],
    }
    return Prepared(
        _both(first.clean, second.clean),
        tuple(_both(a, b) for a, b in zip(first.variants, second.variants, strict=False)),
        np.concatenate(ranks),
        about,
    )


def _both(first: Columns, second: Columns) -> Columns:
    columns = {
        each.name: np.concatenate([getattr(first, each.name), getattr(second, each.name)])
        for each in fields(Columns)
        if each.name != "offsets"
    }
    return Columns(
        offsets=np.concatenate([first.offsets, second.offsets[1:] + first.offsets[-1]]), **columns
    )


def _taken(prepared: Prepared, rows: Ints) -> Prepared:
    clean = prepared.clean
    groups = prepared.groups[rows]
    names = prepared.about["groups"]
    about = prepared.about | {
        "excerpts": dict(Counter(names[rank] for rank in groups)),
        "words": int(np.diff(clean.offsets)[rows].sum()),
    }
    variants = tuple(_rows_of(each, rows, clean) for each in prepared.variants)
    return Prepared(_rows_of(clean, rows, None), variants, groups, about)


def _rows_of(columns: Columns, rows: Ints, clean: Columns | None) -> Columns:
    words = _ranges(columns.offsets, rows)
    aligned = columns.aligned if clean is None else columns.aligned[_ranges(clean.offsets, rows)]
    return Columns(
        ids=columns.ids[_ranges(columns.piece_offsets(), words)],
        counts=columns.counts[words],
        bits=columns.bits[words],
        labels=columns.labels[words],
        offsets=np.concatenate([[0], np.cumsum(np.diff(columns.offsets)[rows])]).astype(np.int64),
        aligned=aligned,
    )


def _ranges(offsets: Ints | Sequence[int], rows: Ints) -> Ints:
    """Return the places of rows whose first places are `offsets`, one after the other."""
    starts = np.asarray(offsets, np.int64)
    lengths = np.diff(starts)[rows]
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    shift = np.repeat(starts[rows] - (ends - lengths), lengths)
    places: Ints = np.arange(total, dtype=np.int64) + shift
    return places
