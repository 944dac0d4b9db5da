"""Names: what becomes of names of the whole lexicon under one disguise, under two at once, and with slips.

The carriers are those of `robustness`, but whatever product or organisation stands in them is drawn from all
names of the lexicon that lie in the evaluation's half: the decoders' costs are fitted on the other one. The tagger
reads nothing, so that only decoding is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from random import Random
from time import process_time

from decloak.core.document import Document
from decloak.decode import decode
from decloak.evaluation import robustness
from decloak.evaluation.halves import is_training_half
from decloak.evaluation.honest import honest_texts
from decloak.evaluation.hosts.draw import PRODUCTS, Draw
from decloak.evaluation.hosts.marks import collect
from decloak.evaluation.report import Table, percent
from decloak.evaluation.score import Counts
from decloak.evaluation.strong import strong_families
from decloak.kb import lexicon
from decloak.perturb import Disguised, Marked, Perturbation, disguise_document
from decloak.perturb.base import Family
from decloak.perturb.confusable import CONFUSABLE
from decloak.perturb.diacritic import DIACRITIC
from decloak.perturb.leet import LEET
from decloak.perturb.places import NAMES
from decloak.perturb.symbol import SYMBOL
from decloak.perturb.typo import DELETE, SUBSTITUTE, SWAP
from decloak.perturb.zero_width import ZERO_WIDTH
from decloak.pipeline import Pipeline

__all__ = ["WholeDraw", "pairs", "single", "tables"]

_DRAWN = frozenset({"SOFTWARE", "ORGANIZATION"})
"""Labels whose names are drawn from the lexicon; services come from a table of few."""


class WholeDraw(Draw):
    """A source of values whose names are any of the lexicon's.

    Args:
        rng: the only source of chance.
        training: from which half of the names it draws.
    """

    def __init__(self, rng: Random, *, training: bool = False) -> None:
        super().__init__(rng)
        self._training = training

    def _name(self, label: str) -> str:
        return self.rng.choice(names_of(label, self._training))

    def scanned_product(self) -> str:
        """A product as a scanner prints it: any that is known."""
        return self._name("SOFTWARE")

    def organization(self) -> str:
        """An organisation that is known."""
        return self._name("ORGANIZATION")


@cache
def names_of(label: str, training: bool) -> tuple[str, ...]:  # noqa: FBT001 - the key of a cache
    """Return the names of one half of the lexicon that mean one thing without any context."""
    return tuple(
        entry.name
        for entry in lexicon.entries(label)
        if len(entry.name) >= 5
        and entry.name.isascii()
        and not entry.is_weak(entry.name)
        and entry.name not in PRODUCTS
        and is_training_half(entry.name) == training
    )


def single() -> tuple[Family, ...]:
    """Return the families that respell a name, one at a time."""
    whole = (LEET, SYMBOL, CONFUSABLE, DIACRITIC, ZERO_WIDTH, SWAP, DELETE, SUBSTITUTE)
    return tuple(replace(family, labels=family.labels & _DRAWN) for family in whole)


def pairs() -> tuple[Family, ...]:
    """Return two families of different kinds one over the other, beyond those of `strong_families`."""
    slips = (SWAP, DELETE, SUBSTITUTE)
    digits, signs = _only(LEET, "name", "name_signs"), _only(SYMBOL, "signs")
    shown = (digits, signs, CONFUSABLE, DIACRITIC)
    made = [(slip, outer) for slip in slips for outer in shown]
    made += [(inner, outer) for inner in shown for outer in shown if inner is not outer]
    return tuple(_both(inner, outer) for inner, outer in made)


def _only(family: Family, *names: str) -> Family:
    return replace(family, variants={name: family.variants[name] for name in names})


def _both(inner: Family, outer: Family) -> Family:
    def disguise(value: str, label: str, rng: Random) -> Disguised | None:
        first = inner.apply(value, label, rng)
        second = outer.apply(first.surface, label, rng) if first else None
        if first is None or second is None or second.surface == first.surface:
            return None
        return Disguised(second.surface, None, resembles=value)

    return Family(f"{inner.name} over {outer.name}", inner.family, _DRAWN, {"both": disguise})


def _groups() -> Iterator[tuple[str, Perturbation]]:
    for family in single():
        yield "one family", family
    for strong in strong_families():
        group = "20-30 % slips" if "%" in strong.name else "two families"
        yield group, replace(strong, labels=strong.labels & NAMES & _DRAWN)
    for pair in pairs():
        yield "two families, any", pair


def tables(
    pipeline: Pipeline,
    seed: int,
    count: int,
    clean: Iterable[tuple[str, str]],
    examples: int = 0,
) -> list[Table]:
    """Measure and lay out.

    Args:
        pipeline: without a tagger.
        seed: another one gives other text.
        count: documents per family.
        clean: (kind, text) that nobody disguised; may be empty.
        examples: how many misses and spurious entities to list.
    """
    totals: dict[tuple[str, str], Counts] = {}
    misses = Table("Not found", ("family", "plain", "text", "said"))
    wrong = Table("Spurious", ("family", "label", "text", "value", "resembles"))
    disguised: list[str] = []
    for group, family in _groups():
        for outcome, text in _outcomes(pipeline, family, seed, count):
            disguised.append(text)
            found = Counts(
                hit=sum(each.found for each in outcome.judgements),
                missed=sum(not each.found for each in outcome.judgements),
                spurious=len(outcome.spurious),
            )
            for row in ((group, family.name), (group, "all")):
                totals[row] = totals.get(row, Counts()) + found
            for each in outcome.judgements:
                if not each.found and len(misses.rows) < examples:
                    said = ", ".join(f"{e.label}={e.value}~{e.resembles}" for e in each.said)
                    misses.add(family.name, each.planted.plain, each.context, said)
            for e in outcome.spurious:
                if len(wrong.rows) < examples:
                    wrong.add(family.name, e.label, e.text, e.value, e.resembles)
    shown = Table(
        "Names of the whole lexicon", ("group", "family", "disguised", "recall", "precision")
    )
    for (group, name), counts in sorted(
        totals.items(), key=lambda row: (row[0][0], row[0][1] != "all")
    ):
        total = counts.hit + counts.missed
        shown.add(group, name, total, percent(counts.recall), percent(counts.precision))
    stray = Table(
        "Edits and likenesses of clean text",
        ("text", "words", "edits", "likenesses", "seconds per MB"),
    )
    rng = Random(f"{seed}/honest")  # noqa: S311 - repeatable text, no secrets
    honest = [("generated", text) for _, text in honest_texts(rng, 50)]
    for make in robustness.HOSTS.values():
        honest += [("generated", _bare(make, rng)) for _ in range(50)]
    _strays([*clean, *honest, *(("disguised", text) for text in disguised)], stray)
    return [shown, stray] + ([misses, wrong] if examples else [])


def _bare(make: Callable[[Draw], str], rng: Random) -> str:
    return collect(make(Draw(rng)))[0]


def _strays(texts: Sequence[tuple[str, str]], stray: Table) -> None:
    rows: dict[str, list[float]] = {}
    for kind, text in texts:
        start = process_time()
        made = decode(text)
        spent = process_time() - start
        row = rows.setdefault(kind, [0, 0, 0, 0.0, 0])
        new = (len(text.split()), len(made.edits), len(made.likenesses), spent, len(text))
        rows[kind] = [a + b for a, b in zip(row, new, strict=True)]
    for kind, (words, edits, alike, spent, size) in rows.items():
        stray.add(kind, words, edits, alike, f"{spent * 1e6 / max(size, 1):.2f}")


def _outcomes(
    pipeline: Pipeline, family: Perturbation, seed: int, count: int
) -> Iterator[tuple[robustness.Outcome, str]]:
    rng = Random(f"{seed}/names/{family.name}")  # noqa: S311 - repeatable text, no secrets
    draw = WholeDraw(rng)
    kinds = sorted(robustness.HOSTS.keys() - {"dig", "indicators"})
    documents = robustness.host_documents(draw, kinds, 50 * count)
    done = 0
    for kind, text, marks in documents:
        chosen = [mark for mark in marks if _is_known(mark)]
        made = disguise_document(text, chosen, [family], rng, share=robustness.SHARE)
        if not made.planted:
            continue
        clean = pipeline.run(Document(f"{kind}/clean", text)).entities
        said = pipeline.run(Document(kind, made.text)).entities
        yield robustness.judge(made, said, clean), made.text
        done += 1
        if done == count:
            return


def _is_known(mark: Marked) -> bool:
    return mark.label in _DRAWN and any(
        entry.label == mark.label for entry in lexicon.lookup_all(mark.value)
    )
