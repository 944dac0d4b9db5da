"""Recall and precision per source and label, by value and by span, over labelled documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from decloak.core.document import Document
from decloak.core.entity import Entity
from decloak.core.labels import CORE_LABELS, LABELS
from decloak.evaluation.gold import GoldDocument
from decloak.evaluation.report import Table, percent
from decloak.evaluation.runner import Runner
from decloak.evaluation.score import Counts, Matches, match_spans, match_values

__all__ = ["TARGET_LABELS", "TARGET_SOURCES", "counted", "measure", "tables"]

TARGET_LABELS = ("IP_ADDRESS", "DOMAIN", "SERVICE", "SOFTWARE", "VERSION")
TARGET_SOURCES = ("nmap", "dig", "whois", "shodan")

Scores = dict[tuple[str, str], tuple[Counts, Counts]]


def counted(document: GoldDocument, matches: Matches[Entity]) -> dict[str, Counts]:
    """Turn matches into counts per label; misses under the gold's label, spurious under theirs."""
    counts: dict[str, Counts] = defaultdict(Counts)
    for gold, _ in matches.hits:
        counts[gold.label] += Counts(hit=1)
    for gold in matches.missed:
        counts[gold.label] += Counts(missed=1)
    for entity in matches.spurious:
        if entity.label in document.exhaustive and not document.excuses(entity.start, entity.end):
            counts[entity.label] += Counts(spurious=1)
    return dict(counts)


def score(document: GoldDocument, entities: Sequence[Entity]) -> Scores:
    """Score one document: (source, label) -> counts by value and by span."""
    gold = [each for each in document.entities if each.label in LABELS]
    by_value = counted(document, match_values(gold, entities))
    by_span = counted(document, match_spans(gold, entities))
    return {
        (document.source, label): (by_value.get(label, Counts()), by_span.get(label, Counts()))
        for label in by_value.keys() | by_span.keys()
    }


def measure(
    documents: Iterable[GoldDocument], runner: Runner
) -> tuple[Scores, frozenset[tuple[str, str]]]:
    """Run and score all documents; also say for which (source, label) precision is defined."""
    total: Scores = {}
    complete: set[tuple[str, str]] = set()
    for document in documents:
        result = runner.run(Document(document.id, document.text))
        for where, (value, span) in score(document, result.entities).items():
            old = total.get(where, (Counts(), Counts()))
            total[where] = (old[0] + value, old[1] + span)
        complete |= {(document.source, label) for label in document.exhaustive}
    return total, frozenset(complete)


def tables(documents: Iterable[GoldDocument], runner: Runner) -> list[Table]:
    """Measure and lay out."""
    scores, complete = measure(documents, runner)
    table = Table(
        "Recall and precision per source and label",
        ("source", "label", "values", "recall by value", "precision by value",
         "spans", "recall by span", "precision by span"),
    )  # fmt: skip
    order = {label: i for i, label in enumerate((*CORE_LABELS, *LABELS))}
    for where in sorted(scores, key=lambda w: (w[0], order.get(w[1], 99))):
        value, span = scores[where]
        known = where in complete
        table.add(
            *where,
            value.hit + value.missed,
            percent(value.recall),
            percent(value.precision if known else None),
            span.hit + span.missed,
            percent(span.recall),
            percent(span.precision if known else None),
        )
    target = Table("Recall by value on tool output", ("label", "values", "recall"))
    whole = Counts()
    for label in TARGET_LABELS:
        cells = [scores.get((source, label), (Counts(), Counts()))[0] for source in TARGET_SOURCES]
        summed = sum(cells, Counts())
        whole += summed
        target.add(label, summed.hit + summed.missed, percent(summed.recall))
    target.add("all", whole.hit + whole.missed, percent(whole.recall))
    return [table, target]
