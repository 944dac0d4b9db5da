"""Draw: make the samples of one bundle from its texts and facts. Seeded by the bundle's name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from decloak.corpus.label.place import canonical
from decloak.corpus.mixture import Quota, build_data
from decloak.corpus.prompts import joined, prompted
from decloak.corpus.reports import report, table
from decloak.corpus.runs import LONGEST, Base
from decloak.corpus.sample import Label, Sample
from decloak.corpus.views import VIEWS
from decloak.corpus.views.base import Page
from decloak.perturb import Marked, Mix, load_mix

__all__ = ["draw_bundle"]

_MACHINE = frozenset({"xml", "yaml", "json"})
"""Layouts for programs: nobody numbers, quotes or disguises inside them as people do in text."""

_FOR_MACHINES = ("cut_off", "excerpt", "fenced", "chat", "indented", "crlf")


def draw_bundle(
    bundle: str, split: str, bases: Sequence[Base], quota: Quota, seed: int
) -> Iterator[Sample]:
    """Yield the samples of a bundle.

    Args:
        bundle: its name; everything random comes from it and the seed.
        split: its part of the corpus.
        bases: its texts, in a fixed order.
        quota: how many to draw.
        seed: of the build.
    """
    rng = Random(f"{seed}/{bundle}")  # noqa: S311 - repeatable text, no secrets
    number = 0
    for sample in _drawn(split, bases, quota, rng):
        made = _disguised(sample, split, rng)
        if made.problems() or not made.text.strip():
            continue
        yield replace(made, id=f"{bundle}-{number:04}", group=bundle, split=split)
        number += 1


def _drawn(split: str, bases: Sequence[Base], quota: Quota, rng: Random) -> Iterator[Sample]:
    for base in bases:
        for turn in range(quota.draw(base.sample.source, rng)):
            page = _viewed(base, rng, again=turn > 0)
            if page is not None:
                yield _sample(base.sample, page)
    for base in bases:
        if base.facts is None:
            continue
        for _ in range(quota.draw("report", rng)):
            drawn = rng.random() < build_data()["tables_among_reports"] and table(base.facts, rng)
            page = drawn or report(base.facts, split, rng)
            if page is not None:
                yield Sample("", page.text, "report", "", page.labels, "/".join(page.trail))
        for _ in range(quota.draw("mixed", rng)):
            page = _several(bases, split, rng)
            if page is not None:
                yield Sample("", page.text, "mixed", "", page.labels, "/".join(page.trail))


def _sample(base: Sample, page: Page) -> Sample:
    layout = "/".join((base.layout, *page.trail))
    return Sample("", page.text, base.source, "", page.labels, layout)


def _viewed(base: Base, rng: Random, *, again: bool) -> Page | None:
    """Return the text through no, one or two views; through one at least when it was drawn before."""
    data = build_data()
    page = Page(base.sample.text, base.sample.entities)
    machine = base.sample.layout in _MACHINE
    if again or len(page.text) > LONGEST // 3:
        # Otherwise most of the second drawing would stand in the first.
        shorter = VIEWS["excerpt"][0](page, rng)
        if shorter is not None:
            page = shorter.marked("excerpt")
        elif again:
            return None
    elif rng.random() < data["as_it_is"]:
        return page
    if not machine and rng.random() < data["prompted"]:
        page = prompted(page, base.command, rng) or page
    return _through(page, rng, machine=machine)


def _through(page: Page, rng: Random, *, machine: bool) -> Page:
    names = [
        name for name in VIEWS if name not in page.trail and (not machine or name in _FOR_MACHINES)
    ]
    weights = [VIEWS[name][1] for name in names]
    count = 2 if rng.random() < build_data()["second_view"] else 1
    chosen = set(rng.choices(names, weights, k=count))
    for name in VIEWS:
        if name in chosen:
            made = VIEWS[name][0](page, rng)
            page = page if made is None else made.marked(name)
    return page


def _several(bases: Sequence[Base], split: str, rng: Random) -> Page | None:
    """Join the output of several commands, or of commands and a report about them."""
    texts = [base for base in bases if base.sample.layout not in _MACHINE]
    if len(texts) < 2:
        return None
    pages: list[Page] = []
    always = rng.random() < 0.5
    for base in rng.sample(texts, rng.randint(2, min(4, len(texts)))):
        page = Page(base.sample.text, base.sample.entities)
        if len(page.text) > 1500 or rng.random() < 0.3:
            page = VIEWS["excerpt"][0](page, rng) or page
        if always:
            page = prompted(page, base.command, rng) or page
        if base.facts is not None and rng.random() < 0.2:
            pages += [made for made in [report(base.facts, split, rng)] if made is not None]
        pages.append(page)
    made = joined(pages, rng)
    if len(made.text) > LONGEST:
        return None
    if rng.random() < 0.3:
        return _through(made, rng, machine=False)
    return made


def _disguised(sample: Sample, split: str, rng: Random) -> Sample:
    data = build_data()
    if rng.random() >= data["disguised"] or sample.layout.split("/")[0] in _MACHINE:
        return sample
    reserved = split == "test" and rng.random() < data["disguised_by_the_reserved"]
    mix = _fitting(load_mix("reserved" if reserved else "default"), sample.source)
    marks = [
        Marked(e.start, e.end, e.label, _plain(sample.text[e.start : e.end], e))
        for e in sample.entities
    ]
    made = mix.disguise(sample.text, marks, rng, share=rng.choice((0.1, 0.25, mix.share, 1.0)))
    if not made.planted:
        return sample
    before = {
        (mark.start, mark.end): each for mark, each in zip(marks, sample.entities, strict=True)
    }
    labels: list[Label] = []
    for planted in made.planted:
        old = before[made.alignment.to_raw(planted.start, planted.end)]
        value = planted.value or planted.plain
        surface = made.text[planted.start : planted.end]
        if surface != surface.strip():
            return sample
        labels.append(
            old._replace(
                start=planted.start,
                end=planted.end,
                value=canonical(old.label, value),
                provenance=f"{old.provenance}~{planted.family}.{planted.variant}",
            )
        )
    for mark in made.kept:
        low, high = made.alignment.to_raw(mark.start, mark.end)
        labels.append(before[low, high]._replace(start=mark.start, end=mark.end))
    families = sorted({planted.family for planted in made.planted})
    changed = replace(
        sample, text=made.text, entities=tuple(sorted(labels)), perturbed=tuple(families)
    )
    return replace(changed, layout=f"{sample.layout}/{mix.name}")


def _plain(surface: str, each: Label) -> str:
    """Disguise what stands there, where only its case differs from the canonical value."""
    return surface if surface.lower() == each.value.lower() else each.value


def _fitting(mix: Mix, source: str) -> Mix:
    """Leave line breaks inside entities to running text: a table has no wraps to undo."""
    if source == "report":
        return mix
    kept = tuple(each for each in mix.perturbations if "soft_break" not in each.family)
    return replace(mix, perturbations=kept)
