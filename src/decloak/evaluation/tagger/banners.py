"""Banners: how many products and versions in free service banners are found, by value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from decloak.core.errors import UnreadableError
from decloak.evaluation.gold import GoldDocument, load
from decloak.evaluation.halves import is_training_half
from decloak.evaluation.report import Table
from decloak.evaluation.score import key
from decloak.evaluation.tagger.mentions import Mention
from decloak.evaluation.tagger.predict import Answers
from decloak.evaluation.tagger.systems import System
from decloak.evaluation.tagger.tables import number

__all__ = ["found_values", "tables"]

LABELS = ("SOFTWARE", "VERSION")


def found_values(document: GoldDocument, said: Sequence[Mention], label: str) -> tuple[int, int]:
    """Count distinct values of a label: (found under a right label, all)."""
    wanted = {
        key(label, each.value): each.labels for each in document.entities if each.label == label
    }
    found = {(mention.label, key(mention.label, mention.value)) for mention in said}
    right = [any((other, value) in found for other in labels) for value, labels in wanted.items()]
    return sum(right), len(right)


def tables(data: Path, systems: Sequence[System], answers: Answers) -> list[Table]:
    """Run over the banners and lay out, both halves apart, and per group.

    Raises:
        UnreadableError: when there are no labelled documents.
    """
    rows = list(load(data, sources=frozenset({"banner"})))
    if not rows:
        message = f"no service banners in {data}; name their folder with --data"
        raise UnreadableError(message)
    said = {system.name: answers.of(system, [row.text for row in rows]) for system in systems}
    half = Table(
        "Service banners: recall by value",
        ("groups", "banners", "label", "values", *said),
    )
    for name, training in (("held out", False), ("may be trained on", True)):
        chosen = [i for i, row in enumerate(rows) if is_training_half(row.group) == training]
        _add(half, (name, len(chosen)), rows, chosen, said)
    group = Table(
        "Service banners per group: recall by value",
        ("group", "held out", "label", "values", *said),
    )
    for name in sorted({row.group for row in rows}):
        chosen = [i for i, row in enumerate(rows) if row.group == name]
        _add(group, (name, "no" if is_training_half(name) else "yes"), rows, chosen, said)
    return [half, group]


def _add(
    table: Table,
    first: tuple[object, ...],
    rows: Sequence[GoldDocument],
    chosen: Sequence[int],
    said: Mapping[str, Sequence[Sequence[Mention]]],
) -> None:
    for label in LABELS:
        cells, total = [], 0
        for mentions in said.values():
            counts = [found_values(rows[i], mentions[i], label) for i in chosen]
            total = sum(each[1] for each in counts)
            cells.append(number(sum(each[0] for each in counts) / total if total else None))
        if total:
            table.add(*first, label, total, *cells)
