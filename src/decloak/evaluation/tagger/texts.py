"""Texts: labelled documents of the corpus, as they are and in disguise, drawn from a seed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from decloak.core.errors import InputError
from decloak.corpus.parquet import read_corpus, read_parquet
from decloak.corpus.sample import Sample
from decloak.evaluation.score import Gold
from decloak.evaluation.tagger.conditions import Condition
from decloak.evaluation.tagger.mentions import Text
from decloak.perturb import Marked, Mix

__all__ = ["LONGEST", "clean_samples", "draw", "excerpt", "in_order", "labels_of", "undisguised"]

LONGEST = 4000
"""Code points of a document that is to be disguised; more is cut off at a line end."""

_MACHINE = frozenset({"xml", "yaml", "json"})
"""Layouts for programs, which nobody disguises: the corpus does not either."""


def clean_samples(corpus: Path, split: str) -> list[Sample]:
    """Return the samples of one part of a corpus in which nothing is disguised.

    Args:
        corpus: a folder made by ``decloak corpus build``, or a file of JSON lines.
        split: ``train``, ``validation`` or ``test``.

    Raises:
        InputError: when there is no corpus, or none of its samples is of that part.
    """
    part = corpus / "data" / f"{split}.parquet"
    rows = read_parquet(part) if part.exists() else read_corpus(corpus)
    samples = [sample for sample in rows if sample.split == split and not sample.perturbed]
    if not samples:
        message = f"{corpus}: nothing undisguised in the part {split!r}"
        raise InputError(message)
    return samples


def labels_of(samples: Iterable[Sample]) -> frozenset[str]:
    """Return the labels that the corpus uses: for others it says nothing, present or not."""
    return frozenset(each.label for sample in samples for each in sample.entities)


def in_order(samples: Iterable[Sample], seed: int) -> list[Sample]:
    """Shuffle within each source and interleave, so that every prefix is stratified by source."""
    by_source: dict[str, list[Sample]] = {}
    for sample in sorted(samples, key=_id):
        by_source.setdefault(sample.source, []).append(sample)
    placed: list[tuple[float, str, Sample]] = []
    for source, members in by_source.items():
        Random(f"{seed}/{source}").shuffle(members)  # noqa: S311 - repeatable, no secrets
        for rank, sample in enumerate(members):
            placed.append(((rank + 0.5) / len(members), source, sample))
    placed.sort(key=lambda each: each[:2])
    return [sample for *_, sample in placed]


def _id(sample: Sample) -> str:
    return sample.id


def draw(
    ordered: Sequence[Sample], condition: Condition, count: int, seed: int, share: float = 1.0
) -> list[Text]:
    """Return the first `count` documents that the condition can be put on.

    A prediction counts as spurious only under the labels that occur in the samples.

    Args:
        ordered: samples, see `in_order`; the same for all conditions.
        condition: what to do to them.
        count: how many, at most.
        seed: of the disguises.
        share: part of the entities that is disguised, of those that can be.
    """
    labels = labels_of(ordered)
    if condition.mix is None:
        return [_plain(sample, labels) for sample in ordered[:count]]
    made: list[Text] = []
    for sample in ordered:
        if len(made) == count:
            break
        if sample.layout.split("/")[0] in _MACHINE:
            continue
        short = excerpt(sample)
        if short is not None:
            made += _disguised(short, condition, seed, share, labels)
    return made


def undisguised(ordered: Sequence[Sample], ids: Container[str]) -> list[Text]:
    """Return the documents with these ids as `draw` cuts them, and otherwise as they are."""
    labels = labels_of(ordered)
    shortened = (excerpt(sample) for sample in ordered if sample.id in ids)
    return [_plain(sample, labels) for sample in shortened if sample is not None]


def excerpt(sample: Sample, longest: int = LONGEST) -> Sample | None:
    """Cut a sample at the last line end before `longest`; None when there is no such line end."""
    if len(sample.text) <= longest:
        return sample
    cut = sample.text.rfind("\n", 0, longest) + 1
    crossing = [each.start for each in sample.entities if each.start < cut < each.end]
    if crossing:
        cut = sample.text.rfind("\n", 0, min(crossing)) + 1
    if not cut:
        return None
    kept = tuple(each for each in sample.entities if each.end <= cut)
    return replace(sample, text=sample.text[:cut], entities=kept)


def _plain(sample: Sample, labels: frozenset[str]) -> Text:
    gold = tuple(Gold(each.start, each.end, each.label, each.value) for each in sample.entities)
    return Text(sample.id, sample.source, sample.text, gold, labels)


def _disguised(
    sample: Sample, condition: Condition, seed: int, share: float, labels: frozenset[str]
) -> Iterator[Text]:
    """Yield the text in disguise, or nothing when no entity of it can be disguised so."""
    mix = _fitting(condition.mix, sample.source)
    rng = Random(f"{seed}/{condition.name}/{sample.id}")  # noqa: S311 - repeatable, no secrets
    marks = [
        Marked(each.start, each.end, each.label, _surface(sample, each.start, each.end, each.value))
        for each in sample.entities
    ]
    made = mix.disguise(sample.text, marks, rng, share=share)
    places = frozenset((each.start, each.end) for each in made.planted)
    if not places or any(
        made.text[low:high] != made.text[low:high].strip() for low, high in places
    ):
        return
    gold = [
        Gold(each.start, each.end, each.label, each.value or each.plain) for each in made.planted
    ]
    gold += [Gold(each.start, each.end, each.label, each.value) for each in made.kept]
    yield Text(sample.id, sample.source, made.text, tuple(sorted(gold)), labels, disguised=places)


def _surface(sample: Sample, start: int, end: int, value: str) -> str:
    """Disguise what stands there, where only its case differs from the canonical value."""
    surface = sample.text[start:end]
    return surface if surface.lower() == value.lower() else value


def _fitting(mix: Mix | None, source: str) -> Mix:
    """Leave line breaks inside entities to running text, as the corpus does."""
    if mix is None:
        message = "a clean condition disguises nothing"
        raise ValueError(message)
    if source == "report":
        return mix
    kept = tuple(each for each in mix.perturbations if "soft_break" not in each.family)
    return replace(mix, perturbations=kept)
