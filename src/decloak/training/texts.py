"""Texts: what the shipped model is trained and validated on, and in which proportion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from random import Random

from decloak.corpus.parquet import read_corpus
from decloak.corpus.sample import Sample
from decloak.training.excerpts import Excerpt, whole
from decloak.training.foreign import banners, cyner
from decloak.training.threats import threats

__all__ = ["prose", "tool_output"]

_REPEATS = 4
"""How often a labelled sentence of others is read in an epoch, each time with other disguises."""
_THREATS = 24_000
_VALIDATED = 10
"""One in so many sentences of others validates instead."""


def tool_output(corpus: Path, split: str, seed: int, most: int | None = None) -> Iterator[Excerpt]:
    """Yield the clean samples of a part of the corpus in random order; at most `most`.

    Raises:
        InputError: when there is no corpus.
    """
    samples: list[Sample] = [
        sample for sample in read_corpus(corpus) if sample.split == split and not sample.perturbed
    ]
    Random(f"{seed}/{split}").shuffle(samples)  # noqa: S311 - repeatable order, no secrets
    yield from map(whole, samples[:most])


def prose(data: Path | None, split: str, seed: int, scale: float = 1.0) -> Iterator[Excerpt]:
    """Yield threat reports: our own templates and, where `data` is given, labelled rows by others.

    Args:
        data: folder of labelled rows, or None.
        split: ``train`` or ``validation``.
        seed: of what is drawn.
        scale: how much of the templates, in (0, 1].
    """
    held = split == "validation"
    count = _THREATS // 40 if held else _THREATS
    yield from threats(seed + 7919 * held, max(1, round(count * scale)))
    if data is None:
        return
    foreign = [*cyner(data, "train"), *banners(data)]
    yield from _part(foreign, held=held)
    for _ in range(0 if held else _REPEATS - 1):
        yield from _part(foreign, held=held)


def _part(excerpts: Iterable[Excerpt], *, held: bool) -> Iterator[Excerpt]:
    for each in excerpts:
        chosen = sha256(each.text.encode("utf-8", "replace")).digest()[0] % _VALIDATED == 0
        if chosen == held:
            yield each
