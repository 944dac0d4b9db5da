"""Prepare: excerpts, their perturbed variants and their pieces, made once before a run.

Perturbing is slow beside a GPU and the same for every run that is compared, so it is done ahead and
kept in one file. `prepare` chooses what is worth reading, see `Novelty`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import chain, islice
from random import Random

import numpy as np

from decloak import __version__
from decloak.core.entity import Verdict
from decloak.core.labels import LABELS
from decloak.indicators import read
from decloak.perturb import DisguisedDocument, Marked, load_mix
from decloak.tag.features import FEATURES, featurise
from decloak.tag.scheme import labels_of, scheme_of
from decloak.tag.tokens import Encoder
from decloak.tag.words import Words, split
from decloak.training.arrays import Gatherer, Prepared
from decloak.training.crf import UNKNOWN
from decloak.training.encoder import load_base
from decloak.training.excerpts import Excerpt, Novelty, cut

__all__ = ["Recipe", "prepare"]

_SHARES = (0.3, 0.6, 1.0)
"""Part of an excerpt's entities that a variant disguises."""
_AT_ONCE = 512
_WIDEST = 2
"""A variant may have this many times the pieces of the clean excerpt's bound."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How excerpts are made.

    Attributes:
        encoder: name or path of the encoder whose tokenizer is used.
        names: the entity labels.
        pieces: most pieces of an excerpt.
        variants: perturbed variants of each.
        mix: the mix that they are drawn from, see `decloak.perturb.load_mix`.
        seed: of the perturbations.
    """

    encoder: str
    names: tuple[str, ...] = tuple(LABELS)
    pieces: int = 160
    variants: int = 2
    mix: str = "default"
    seed: int = 1


@cache
def _encoder(name: str) -> Encoder:
    return load_base(name).encoder()


def prepare(
    excerpts: Iterable[Excerpt],
    recipe: Recipe,
    *,
    kept: Iterable[Excerpt] = (),
    novelty: Novelty | None = None,
    most_words: int | None = None,
    jobs: int = 1,
) -> Prepared:
    """Cut, choose, perturb and encode.

    Args:
        excerpts: documents, in the order in which they are welcome.
        recipe: how.
        kept: documents that come first and are never left out.
        novelty: leaves out repetitions, when given.
        most_words: stop after as many words of clean text.
        jobs: processes that perturb.
    """
    scheme = scheme_of(recipe.names)
    chosen = chain(_chosen(kept, recipe, None), _chosen(excerpts, recipe, novelty))
    sets = [Gatherer() for _ in range(recipe.variants + 1)]
    groups: list[str] = []
    words = written = 0
    with ExitStack() as stack:
        pool = stack.enter_context(ProcessPoolExecutor(jobs)) if jobs > 1 else None
        rows = _mapped(pool, chosen, recipe, jobs)
        for group, is_written, made in rows:
            for gatherer, columns in zip(sets, made, strict=True):
                gatherer.add(*columns)
            groups.append(group)
            written += is_written
            words += len(made[0][2])
            if most_words is not None and words >= most_words:
                break
    names = sorted(set(groups))
    clean, *variants = (gatherer.columns() for gatherer in sets)
    about = {
        "labels": list(scheme),
        "features": list(FEATURES),
        "encoder": recipe.encoder,
        "pieces": recipe.pieces,
        "mix": recipe.mix,
        "seed": recipe.seed,
        "code_version": __version__,
        "groups": names,
        "excerpts": dict(Counter(groups)),
        "words": words,
        "written": written,
    }
    ranks = np.asarray([names.index(group) for group in groups], np.uint8)
    return Prepared(clean, tuple(variants), ranks, about)


_Row = tuple[Sequence[int], Sequence[int], Sequence[int], Sequence[int], Sequence[int]]


def _chosen(
    excerpts: Iterable[Excerpt], recipe: Recipe, novelty: Novelty | None
) -> Iterator[Excerpt]:
    encoder = _encoder(recipe.encoder)
    for document in excerpts:
        if document.written is not None:  # cut, the two would no longer tell the same
            if all(_fits(each, recipe) for each in (document, document.written)):
                yield document
            continue
        for part in cut(document, encoder, recipe.pieces):
            if part.text.strip() and (novelty is None or novelty.is_new(part)):
                yield part


def _fits(excerpt: Excerpt, recipe: Recipe) -> bool:
    words = split(excerpt.text)
    most = recipe.pieces + recipe.pieces // 2  # what `_row` leaves whole
    return (
        len(words) > 0 and _encoder(recipe.encoder).encode(excerpt.text, words).offsets[-1] <= most
    )


def _mapped(
    pool: ProcessPoolExecutor | None, chosen: Iterator[Excerpt], recipe: Recipe, jobs: int
) -> Iterator[tuple[str, bool, list[_Row]]]:
    number = 0
    while True:
        loads = []
        for _ in range(2 * jobs):
            load = list(islice(chosen, _AT_ONCE))
            if load:
                loads.append((number, load, recipe))
                number += len(load)
        if not loads:
            return
        for rows in (pool.map if pool else map)(_work, loads):
            yield from rows


def _work(task: tuple[int, list[Excerpt], Recipe]) -> list[tuple[str, bool, list[_Row]]]:
    first, excerpts, recipe = task
    return [
        (excerpt.group, excerpt.written is not None, list(_rows(excerpt, recipe, first + rank)))
        for rank, excerpt in enumerate(excerpts)
    ]


def _rows(excerpt: Excerpt, recipe: Recipe, number: int) -> Iterator[_Row]:
    clean = split(excerpt.text)
    first = _row(excerpt.text, clean, excerpt.marks, excerpt.unknown, recipe, ())
    yield first
    mix = load_mix(recipe.mix)
    # What stands in disguise already (rows by others) cannot be disguised from its plain form.
    able = [m for m in excerpt.marks if read(m.label, m.value).verdict is not Verdict.REFUTED]
    other = [mark for mark in excerpt.marks if mark not in able]
    for variant in range(recipe.variants):
        if variant == 0 and excerpt.written is not None:
            yield _row_written(excerpt, excerpt.written, first, recipe)
            continue
        rng = Random(f"{recipe.seed}/{number}/{variant}")  # noqa: S311 - repeatable text
        made = mix.disguise(excerpt.text, able, rng, share=_SHARES[rng.randrange(3)])
        words = split(made.text)
        marks = [Marked(p.start, p.end, p.label, p.plain) for p in made.planted] + list(made.kept)
        marks += [mark._replace(start=image[0], end=image[1]) for mark in other
                  if (image := made.alignment.to_decoded(mark.start, mark.end)) is not None]  # fmt: skip
        unknown = [image for low, high in excerpt.unknown
                   if (image := made.alignment.to_decoded(low, high)) is not None]  # fmt: skip
        aligned = _aligned(clean, words, made)[: len(first[2])]
        row = _row(made.text, words, marks, unknown, recipe, aligned)
        yield (*row[:4], _agreeing(row[4], first[3], row[3]))


def _row_written(excerpt: Excerpt, written: Excerpt, first: _Row, recipe: Recipe) -> _Row:
    """Return the wording of a language model as a variant; words that stand in both are aligned."""
    clean, words = split(excerpt.text), split(written.text)
    before, after = (
        [text[low:high] for low, high in zip(each.starts, each.ends, strict=True)]
        for text, each in ((excerpt.text, clean), (written.text, words))
    )
    aligned = [-1] * len(before)
    for place, there, size in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_matching_blocks():
        aligned[place : place + size] = range(there, there + size)
    row = _row(written.text, words, written.marks, (), recipe, aligned)
    return (*row[:4], _agreeing(row[4], first[3], row[3]))


def _agreeing(aligned: Sequence[int], clean: Sequence[int], labels: Sequence[int]) -> list[int]:
    """Return the alignment without words whose labels differ: what was added around an entity."""
    return [
        place if place >= 0 and labels[place] == label else -1
        for place, label in zip(aligned, clean, strict=True)
    ]


def _row(
    text: str,
    words: Words,
    marks: Iterable[Marked],
    unknown: Iterable[tuple[int, int]],
    recipe: Recipe,
    aligned: Sequence[int],
) -> _Row:
    pieces = _encoder(recipe.encoder).encode(text, words)
    spans = [(mark.start, mark.end, mark.label) for mark in marks]
    labels = labels_of(words, spans, scheme_of(recipe.names))
    for low, high in unknown:
        for place in range(bisect_right(words.ends, low), bisect_left(words.starts, high)):
            if labels[place] == 0:
                labels[place] = UNKNOWN
    bits = featurise(text, words)
    most = recipe.pieces * (_WIDEST if aligned else 1) + recipe.pieces // 2
    stop = len(words)
    if pieces.offsets[-1] > most:  # one endless entity, or a disguise ten times as long
        stop = max(1, bisect_right(pieces.offsets, most) - 1)
    aligned = [place if place < stop else -1 for place in aligned]
    return (
        pieces.ids[: pieces.offsets[stop]], pieces.offsets[: stop + 1], bits[:stop], labels[:stop],
        aligned,
    )  # fmt: skip


def _aligned(clean: Words, words: Words, made: DisguisedDocument) -> list[int]:
    """Return for each clean word the first word of its image, or -1.

    The words of an entity in disguise share one image; only the first of them is aligned, as the
    others begin nothing there.
    """
    found: list[int] = []
    last = -1
    for start, end in zip(clean.starts, clean.ends, strict=True):
        image = made.alignment.to_decoded(start, end)
        place = -1
        if image is not None and image[0] < image[1]:
            place = bisect_right(words.ends, image[0])
            if place == last or place >= len(words) or words.starts[place] >= image[1]:
                place = -1
        last = max(last, place)
        found.append(place)
    return found
