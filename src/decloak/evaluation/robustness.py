"""Robustness: recall and precision per family of disguise, on text generated from a seed.

A clean host document is made, some of its entities are disguised by one family, and both texts are
run. An entity in disguise counts as found when an accepted entity that overlaps it has the right
label and the expected canonical value (and, for a look-alike, says what it resembles). Spurious is
every other accepted entity on such a spot, and every one elsewhere in the text that neither the
gold nor the run over the clean text has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from decloak.core.document import Document
from decloak.core.entity import Entity, Verdict
from decloak.evaluation.hosts import prose, tools
from decloak.evaluation.hosts.draw import Draw
from decloak.evaluation.hosts.marks import collect
from decloak.evaluation.report import Table, percent
from decloak.evaluation.runner import Runner
from decloak.evaluation.score import Counts, key
from decloak.indicators import check
from decloak.indicators.bidi import logical
from decloak.kb import lexicon
from decloak.perturb import (
    PERTURBATIONS,
    DisguisedDocument,
    Marked,
    Perturbation,
    Planted,
    disguise_document,
)

__all__ = ["HOSTS", "Judgement", "Outcome", "host_documents", "judge", "measure", "tables"]

HOSTS: dict[str, Callable[[Draw], str]] = {
    "prose": prose.prose,
    "indicators": prose.indicators,
    "nmap": tools.nmap,
    "dig": tools.dig,
    "whois": tools.whois,
    "shodan": tools.shodan,
    "banner": tools.banner,
}
"""Generators of clean host documents; each draws from the seed it is given."""

PROSE_ONLY = frozenset({"prose", "indicators"})
_MULTILINE = frozenset({"soft_break"})
_IN_TABLES = frozenset({"IP_ADDRESS", "DOMAIN", "SOFTWARE", "VERSION", "SERVICE", "ORGANIZATION",
                        "EMAIL", "URL"})  # fmt: skip
_BY_VOCABULARY = frozenset({"confusable", "diacritic", "leet", "symbol", "abbreviation", "swap",
                           "delete", "substitute"})  # fmt: skip
_NAMES = frozenset({"SOFTWARE", "SERVICE", "ORGANIZATION"})
_SHAPED = frozenset({"IP_ADDRESS", "DOMAIN", "URL", "EMAIL", "CVE", "HASH", "CIDR"})
SHARE = 0.5
"""Part of a document's entities that is disguised."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was made of one entity in disguise."""

    planted: Planted
    found: bool
    found_clean: bool
    said: Sequence[Entity]
    context: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was made of one disguised document.

    Attributes:
        judgements: one per entity in disguise.
        spurious: entities that should not have been reported.
    """

    judgements: tuple[Judgement, ...]
    spurious: Sequence[Entity]


def host_documents(
    draw: Draw, names: Iterable[str], count: int
) -> Iterator[tuple[str, str, tuple[Marked, ...]]]:
    """Yield (kind, text, entities), kinds in turn."""
    kinds = list(names)
    for i in range(count):
        kind = kinds[i % len(kinds)]
        text, marks = collect(HOSTS[kind](draw))
        yield kind, text, marks


def _right(entity: Entity, planted: Planted) -> bool:
    if entity.label != planted.label:
        return False
    if planted.resembles is not None:
        # A value that is right already where none is promised resembles nothing else.
        said = entity.resembles or (entity.value if planted.value is None else "")
        if key(planted.label, said) != key(planted.label, planted.resembles):
            return False
    return planted.value is None or key(entity.label, entity.value) == key(
        planted.label, planted.value
    )


def _as_stored(planted: Planted, text: str) -> Planted:
    """Return what to expect of a value that an override shows backwards.

    Where the stored order is a valid value too, that one is the value, and the displayed one what it resembles.
    """
    if planted.family != "bidi" or planted.label not in _SHAPED:
        return planted
    stored = check(planted.label, logical(text[planted.start : planted.end]))
    if stored.verdict is not Verdict.CONFIRMED or stored.value == planted.value:
        return planted
    return planted._replace(value=stored.value, resembles=planted.value)


def _promised(mark: Marked, family: str) -> bool:
    """Whether the canonical value can be asked for: only the vocabulary tells how names are spelt."""
    if mark.label not in _NAMES or family not in _BY_VOCABULARY:
        return True
    return any(entry.label == mark.label for entry in lexicon.lookup_all(mark.value))


def _overlapping(entities: Iterable[Entity], start: int, end: int) -> list[Entity]:
    return [entity for entity in entities if entity.start < end and start < entity.end]


def judge(made: DisguisedDocument, entities: Sequence[Entity], clean: Sequence[Entity]) -> Outcome:
    """Compare the entities of the disguised text with what was planted.

    Args:
        made: the disguised document.
        entities: what was accepted in it.
        clean: what was accepted in the text before.
    """
    judgements: list[Judgement] = []
    spurious: list[Entity] = []
    seen: set[Entity] = set()
    for planted in (_as_stored(each, made.text) for each in made.planted):
        low, high = made.alignment.to_raw(planted.start, planted.end)
        said = _overlapping(entities, planted.start, planted.end)
        right = [entity for entity in said if _right(entity, planted)]
        before = any(
            entity.label == planted.label
            and key(entity.label, entity.value) == key(planted.label, planted.plain)
            for entity in _overlapping(clean, low, high)
        )
        context = made.text[max(0, planted.start - 20) : planted.end + 20]
        judgements.append(Judgement(planted, bool(right), before, tuple(said), context))
        spurious += [entity for entity in said if entity not in right[:1] and entity not in seen]
        seen.update(said)
    known = {(mark.label, key(mark.label, mark.value)) for mark in made.kept}
    known |= {(entity.label, key(entity.label, entity.value)) for entity in clean}
    spurious += [
        entity
        for entity in entities
        if entity not in seen and (entity.label, key(entity.label, entity.value)) not in known
    ]
    return Outcome(tuple(judgements), tuple(spurious))


def measure(
    runner: Runner, seed: int, count: int, families: Iterable[Perturbation] = PERTURBATIONS
) -> Iterator[tuple[str, Outcome]]:
    """Yield (family, outcome) for `count` documents of each family."""
    for family in families:
        rng = Random(f"{seed}/{family.name}")  # noqa: S311 - repeatable text, no secrets
        abbreviated = family.name == "abbreviation"
        draw = Draw(rng, short_named=abbreviated)
        names = PROSE_ONLY if abbreviated or family.name in _MULTILINE else HOSTS
        for kind, text, marks in host_documents(draw, sorted(names), count):
            chosen = [
                mark
                for mark in marks
                if (kind in PROSE_ONLY or mark.label in _IN_TABLES) and _promised(mark, family.name)
            ]
            made = disguise_document(text, chosen, [family], rng, share=SHARE)
            if not made.planted:
                continue
            clean = runner.run(Document(f"{family.name}/{kind}/clean", text)).entities
            result = runner.run(Document(f"{family.name}/{kind}", made.text))
            yield family.name, judge(made, result.entities, clean)


def tables(
    runner: Runner, seed: int, count: int, *, variants: bool = False, examples: int = 0
) -> list[Table]:
    """Measure and lay out, per family and label; with `variants` per way of disguising too.

    Args:
        runner: the pipeline.
        seed: any number; another one gives other text.
        count: host documents per family.
        variants: add a row for each variant.
        examples: how many misses and spurious entities to list.
    """
    totals: dict[tuple[str, str], Counts] = {}
    before: dict[tuple[str, str], Counts] = {}
    ways: dict[tuple[str, str, str], Counts] = {}
    misses = Table("Not found", ("family", "variant", "label", "plain", "text", "expected", "said"))
    wrong = Table("Spurious", ("family", "label", "text", "value", "evidence"))
    for family, outcome in measure(runner, seed, count):
        for each in outcome.judgements:
            label = each.planted.label
            count_it = Counts(hit=1) if each.found else Counts(missed=1)
            was = Counts(hit=1) if each.found_clean else Counts(missed=1)
            way = (family, each.planted.variant, label)
            ways[way] = ways.get(way, Counts()) + count_it
            for where in ((family, label), (family, "all")):
                totals[where] = totals.get(where, Counts()) + count_it
                before[where] = before.get(where, Counts()) + was
            if not each.found and each.found_clean and len(misses.rows) < examples:
                said = ", ".join(f"{e.label}={e.value}" for e in each.said)
                misses.add(
                    family, each.planted.variant, label, each.planted.plain, each.context,
                    each.planted.resembles or each.planted.value, said,
                )  # fmt: skip
        for entity in outcome.spurious:
            for where in ((family, entity.label), (family, "all")):
                totals[where] = totals.get(where, Counts()) + Counts(spurious=1)
            if len(wrong.rows) < examples:
                wrong.add(family, entity.label, entity.text, entity.value, entity.evidence[:1])
    return _laid_out(totals, before, ways if variants else {}) + (
        [misses, wrong] if examples else []
    )


def _laid_out(
    totals: dict[tuple[str, str], Counts],
    before: dict[tuple[str, str], Counts],
    ways: dict[tuple[str, str, str], Counts],
) -> list[Table]:
    main = Table(
        "Robustness per family and label",
        ("family", "label", "disguised", "found clean", "recall", "precision", "spurious"),
    )
    order = {name: i for i, name in enumerate(PERTURBATIONS.names())}
    for where in sorted(totals, key=lambda w: (order.get(w[0], 99), w[1] != "all", w[1])):
        counts, was = totals[where], before.get(where, Counts())
        main.add(
            *where, counts.hit + counts.missed, percent(was.recall), percent(counts.recall),
            percent(counts.precision), counts.spurious,
        )  # fmt: skip
    if not ways:
        return [main]
    detail = Table("Recall per variant", ("family", "variant", "label", "disguised", "recall"))
    for way in sorted(ways, key=lambda w: (order.get(w[0], 99), ways[w].recall or 0.0, w)):
        counts = ways[way]
        detail.add(*way, counts.hit + counts.missed, percent(counts.recall))
    return [main, detail]
