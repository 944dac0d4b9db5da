"""Confidence: the measured precision of every origin, per label, as a table of data.

Right is a proposal whose value is in the gold. Wrong is one that is not, where the gold is
exhaustive for its label and does not excuse the place; and, elsewhere, one that stands on a gold
entity of another label. Laplace's rule ``(right + 1) / (right + wrong + 2)`` keeps an origin that
was seen twice from claiming certainty.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from decloak.core.document import Document
from decloak.core.entity import Entity, Status
from decloak.evaluation.gold import GoldDocument
from decloak.evaluation.report import Table, percent
from decloak.evaluation.runner import Runner
from decloak.evaluation.score import key

__all__ = ["measure", "origin_of", "precision", "tables", "write"]

Tally = dict[str, list[int]]


def origin_of(entity: Entity) -> str:
    """Return who proposed it: the first word of its strongest evidence (``pattern.ipv4``)."""
    if not entity.evidence:
        return ""
    words = entity.evidence[0].split(maxsplit=1)
    return words[0].rstrip(":;,") if words else ""


def precision(right: int, wrong: int) -> float:
    """Laplace's rule of succession, rounded to four digits."""
    return round((right + 1) / (right + wrong + 2), 4)


def measure(documents: Iterable[GoldDocument], runner: Runner) -> Tally:
    """Count ``origin|label`` -> [right, wrong]; proposals that a pattern refuted are left out."""
    tally: Tally = {}
    for document in documents:
        known = {
            (label, key(label, gold.value)) for gold in document.entities for label in gold.labels
        }
        result = runner.run(Document(document.id, document.text))
        for entity in result.all_entities:
            if entity.status is Status.REJECTED:
                continue
            right = (entity.label, key(entity.label, entity.value)) in known
            if not right and not _is_wrong(document, entity):
                continue
            name = f"{origin_of(entity)}|{entity.label}"
            tally.setdefault(name, [0, 0])[0 if right else 1] += 1
    return tally


def _is_wrong(document: GoldDocument, entity: Entity) -> bool:
    if entity.label in document.exhaustive:
        return not document.excuses(entity.start, entity.end)
    return any(
        gold.start < entity.end and entity.start < gold.end and entity.label not in gold.labels
        for gold in document.entities
    )


def tables(tally: Tally) -> list[Table]:
    """Lay out, most frequent first."""
    table = Table("Precision per origin", ("origin", "label", "right", "wrong", "precision"))
    for name, (right, wrong) in sorted(tally.items(), key=lambda item: (-sum(item[1]), item[0])):
        origin, _, label = name.partition("|")
        table.add(origin, label, right, wrong, percent(precision(right, wrong)))
    return [table]


def write(tally: Tally, path: Path) -> None:
    """Write the table that verification reads."""
    rows = {
        name: {"precision": precision(right, wrong), "right": right, "wrong": wrong}
        for name, (right, wrong) in sorted(tally.items())
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n", "utf-8")
