"""Tables: links beside an exact match, on the half of the labelled rows that nobody looked at."""

from __future__ import annotations

from pathlib import Path

from decloak.evaluation.gold import load
from decloak.evaluation.linking.mentions import ASKED, exact, mentions, tied
from decloak.evaluation.linking.platforms import Case, baseline, cases, linked, measured
from decloak.evaluation.report import Table

__all__ = ["tables"]

_WAYS = (("decloak", linked), ("exact match", baseline))


def tables(data: Path, examples: int = 0) -> list[Table]:
    """Return the tables.

    Args:
        data: folder of the labelled rows.
        examples: misses of the other half to list, which may be looked at.
    """
    known = list(cases(data))
    made = [_platforms(known), _mentions(data)]
    if examples:
        listed = Table("Misses of the half that may be looked at", ("miss",))
        for miss in sorted(set(measured(iter(known), linked, scored=False).misses))[:examples]:
            listed.add(miss)
        made.append(listed)
    return made


def _platforms(known: list[Case]) -> Table:
    table = Table(
        "Platforms of labelled banners",
        ("half", "by", "accuracy@1", "recall@5", "version right, of these", "rejection"),
    )
    for half, scored in (("scored", True), ("looked at", False)):
        for name, ask in _WAYS:
            table.add(half, name, *measured(iter(known), ask, scored=scored).cells())
    return table


def _mentions(data: Path) -> Table:
    table = Table(
        "Mentions in reports that are tied to anything (the rows have no identifiers)",
        ("label", "distinct mentions", "decloak", "exact match", "other things left alone", "by exact match"),
    )  # fmt: skip
    found, others = mentions(load(data, sources=frozenset({"report"})))
    for label in ASKED:
        texts = found[label]
        table.add(
            label, len(texts), _share(sum(tied(label, each) for each in texts), len(texts)),
            _share(sum(exact(label, each) for each in texts), len(texts)),
            _share(sum(not tied(label, each) for each in others), len(others)),
            _share(sum(not exact(label, each) for each in others), len(others)),
        )  # fmt: skip
    return table


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"
