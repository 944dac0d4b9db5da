"""Texts: what the student learns from, and in which proportion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from decloak.core.entity import Verdict
from decloak.indicators import read
from decloak.perturb import Marked, load_mix
from decloak.training.excerpts import Excerpt
from decloak.training.foreign import cyner
from decloak.training.student.reports import attack, galaxies
from decloak.training.texts import tool_output
from decloak.training.threats import bodies, threats

__all__ = ["disguised", "texts"]

_THREATS, _BODIES = 2500, 2500
_DISGUISED = 4
"""One in so many excerpts is read in disguise as well."""


def texts(corpus: Path | None, data: Path | None, seed: int) -> Iterator[Excerpt]:
    """Yield what the student learns from, always in the same order.

    Args:
        corpus: tool output: a corpus or its slice; only its training part is read; or None.
        data: labelled rows by others, of which CyNER's training part is read; or None.
        seed: of what is drawn.
    """
    if data is not None:
        yield from cyner(data, "train")
    yield from _mixed([*attack(), *galaxies(), *threats(seed, _THREATS)], seed)
    if corpus is not None:
        yield from disguised(tool_output(corpus, "train", seed), seed, 1)
    yield from bodies(seed, _BODIES)


def _mixed(excerpts: list[Excerpt], seed: int) -> Iterator[Excerpt]:
    Random(f"{seed}/student").shuffle(excerpts)  # noqa: S311 - repeatable order, no secrets
    yield from disguised(excerpts, seed, _DISGUISED)


def disguised(excerpts: Iterable[Excerpt], seed: int, every: int) -> Iterator[Excerpt]:
    """Yield excerpts, and behind each `every`-th the same in a disguise of the default mix."""
    mix = load_mix("default")
    for number, each in enumerate(excerpts):
        yield each
        able = [m for m in each.marks if read(m.label, m.value).verdict is not Verdict.REFUTED]
        if number % every or not able:
            continue
        made = mix.disguise(each.text, able, Random(f"{seed}/student/{number}"), share=1.0)  # noqa: S311 - repeatable text
        marks = [Marked(p.start, p.end, p.label, p.plain) for p in made.planted]
        marks += made.kept
        unknown = [
            image
            for low, high in each.unknown
            if (image := made.alignment.to_decoded(low, high)) is not None
        ]
        yield Excerpt(made.text, tuple(sorted(marks)), each.group, tuple(unknown))
