"""Confidence: what every origin got right and wrong, per label, as a table of data.

Counted where the gold is exhaustive for the label and does not excuse the place: right is a
proposal whose value is in the gold there, wrong one that is not. What is made of the counts is
decided by `decloak.verify.thresholds`, which shrinks small counts toward an assumption.
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

__all__ = ["measure", "origin_of", "tables", "write"]

Tally = dict[str, list[int]]

_FEWEST = 5
"""Observations below which nothing is written: one slip in one document is no measurement."""
_UNMEASURED = frozenset({"pattern.detection"})
"""Origins whose proposals the gold calls something else: there, a scanner's detection name is an
indicator or code, never malware."""


def origin_of(entity: Entity) -> str:
    """Return who proposed it: the first word of its strongest evidence (``pattern.ipv4``)."""
    if not entity.evidence:
        return ""
    words = entity.evidence[0].split(maxsplit=1)
    return words[0].rstrip(":;,") if words else ""


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
            if entity.label not in document.exhaustive:
                continue
            right = (entity.label, key(entity.label, entity.value)) in known
            if not right and document.excuses(entity.start, entity.end):
                continue
            origin = origin_of(entity)
            if origin in _UNMEASURED:
                continue
            name = f"{origin}|{entity.label}"
            tally.setdefault(name, [0, 0])[0 if right else 1] += 1
    return tally


def tables(tally: Tally) -> list[Table]:
    """Lay out, most frequent first."""
    table = Table("Precision per origin", ("origin", "label", "right", "wrong", "precision"))
    for name, (right, wrong) in sorted(tally.items(), key=lambda item: (-sum(item[1]), item[0])):
        origin, _, label = name.partition("|")
        table.add(origin, label, right, wrong, percent(right / (right + wrong)))
    return [table]


def write(tally: Tally, path: Path) -> None:
    """Write the table that verification reads."""
    rows = {
        name: {"right": right, "wrong": wrong}
        for name, (right, wrong) in sorted(tally.items())
        if right + wrong >= _FEWEST
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n", "utf-8")
