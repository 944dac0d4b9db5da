"""Evidence: what it is worth that a name is known, fitted on one half of the labelled reports and shown on the other.

The model reads every row by itself. A span is right where the gold has its label there, wrong where the gold has another one
or is complete for the label, and else left out. A weight is the log-odds by which the spans of a standing differ from those
of names that nobody knows, so that it is free of how sure the model is in general; few spans weigh little.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from decloak.core.entity import Tagged
from decloak.core.errors import SettingsError
from decloak.evaluation.gold import GoldDocument, load
from decloak.evaluation.report import Table
from decloak.tag.bearers import settled
from decloak.tag.neural import shared_tagger
from decloak.tag.places import find_folder
from decloak.tag.standing import KNOWN_AS, moved, standing_of, weighed
from decloak.verify import threshold_of

__all__ = ["WEIGHTS", "tables"]

WEIGHTS = Path(__file__).parents[2] / "tag" / "data" / "standing.json"
_LEAST = 30
"""Spans from which a standing has a weight."""
_NOTHING = 0.25
"""Log-odds up to which a weight is none."""
_SPREAD = 1.5
"""Standard deviation, in log-odds, of the weights that are expected before any span is seen."""
_STATED = {"SOFTWARE": {"released": 1.5}}
"""What no labelled row can tell: that a user's dictionary has this version of the product."""


class Span(NamedTuple):
    """One span of the model, and whether it is right; None where the gold cannot tell."""

    scored: bool
    label: str
    standing: str
    confidence: float
    after: float
    right: bool | None


class Read(NamedTuple):
    """The spans of all rows, and how many mentions of each label the scored half has, and has found before and after."""

    spans: list[Span]
    mentions: Counter[str]
    found: Counter[tuple[str, bool]]


def _read(data: Path) -> Read:
    rows = list(load(data, sources=frozenset({"report"})))
    folder = find_folder()
    if folder is None:
        message = "no model of the tagger is shipped with this build, and none is named"
        raise SettingsError(message)
    tagger = shared_tagger(folder)
    read = Read([], Counter(), Counter())
    for row, tagged in zip(rows, tagger.each([row.text for row in rows]), strict=True):
        scored = sha256(row.group.encode()).digest()[0] % 2 == 1
        before = list(settled(tagged, row.text, None))
        after = list(weighed(before, row.text, None))
        read.spans.extend(_spans(row, before, after, scored=scored))
        if scored:
            _count(row, before, after, read)
    return read


def _spans(
    row: GoldDocument, before: Sequence[Tagged], after: Sequence[Tagged], *, scored: bool
) -> Iterator[Span]:
    for each, moved_to in zip(before, after, strict=True):
        if each.label not in KNOWN_AS:
            continue
        labels = {gold.label for gold in row.entities if _meet(gold.start, gold.end, each)}
        right = (
            True
            if each.label in labels
            else False
            if labels or each.label in row.exhaustive
            else None
        )
        standing = standing_of(each.label, row.text[each.start : each.end], None)
        yield Span(scored, each.label, standing, each.confidence, moved_to.confidence, right)


def _meet(start: int, end: int, span: Tagged) -> bool:
    return start < span.end and span.start < end


def _count(
    row: GoldDocument, before: Sequence[Tagged], after: Sequence[Tagged], read: Read
) -> None:
    for gold in row.entities:
        if gold.label in KNOWN_AS:
            read.mentions[gold.label] += 1
            for late, spans in ((False, before), (True, after)):
                read.found[gold.label, late] += any(
                    each.label == gold.label and _meet(gold.start, gold.end, each)
                    and each.confidence >= _needed(each.label)
                    for each in spans
                )  # fmt: skip


def _needed(label: str) -> float:
    return max(threshold_of(label), threshold_of(""))


def _fitted(data: Path) -> dict[str, Any]:
    """Return the table of weights, fitted on the half that may be looked at."""
    grouped: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for span in _read(data).spans:
        if not span.scored and span.right is not None:
            grouped[span.label, span.standing].append(span)
    labels: dict[str, dict[str, Any]] = {}
    for label in KNOWN_AS:
        base = _weight(grouped[label, "unknown"])
        for standing in ("known", "weak", "other"):
            spans = grouped[label, standing]
            if len(spans) < _LEAST:
                continue
            weight = round(_weight(spans) - base, 2)
            if abs(weight) < _NOTHING:
                continue
            right = sum(span.right is True for span in spans)
            labels.setdefault(label, {})[standing] = {
                "weight": weight, "right": right, "wrong": len(spans) - right,
            }  # fmt: skip
        for standing, weight in _STATED.get(label, {}).items():
            labels.setdefault(label, {})[standing] = {"weight": weight, "stated": True}
    return {
        "about": "log-odds that it is worth for a span of the model how its name is known; see decloak.tag.standing",
        "command": "python -m decloak.evaluation evidence --fit",
        "data": "report rows of the half of groups that may be looked at",
        "labels": labels,
    }


def _weight(spans: Sequence[Span]) -> float:
    """Return the shift of all log-odds that fits spans best, few of them pulled towards none (Newton's method)."""
    weight = 0.0
    for _ in range(50):
        odds = [moved(span.confidence, weight) for span in spans]
        slope = sum(
            span.right - p for span, p in zip(spans, odds, strict=True) if span.right is not None
        )
        slope -= weight / _SPREAD**2
        weight += slope / (sum(p * (1 - p) for p in odds) + 1 / _SPREAD**2)
    return weight


def tables(data: Path, *, fit: bool) -> list[Table]:
    """Return what the weights gain and lose per label, on the half that nobody looked at.

    Args:
        data: folder of the labelled rows.
        fit: write the weights instead; they are read by the next process.
    """
    if fit:
        WEIGHTS.write_text(json.dumps(_fitted(data), indent=1) + "\n", "utf-8")
        return []
    read = _read(data)
    table = Table(
        "Known names as evidence: spans of the model, scored half of the reports",
        (
            "label",
            "accepted without",
            "with",
            "precision without",
            "with",
            "recall without",
            "with",
        ),
    )
    for label in KNOWN_AS:
        told = [
            each
            for each in read.spans
            if each.scored and each.label == label and each.right is not None
        ]
        kept = [
            [each.right for each in told if confidence(each) >= _needed(label)]
            for confidence in (_before, _after)
        ]
        table.add(
            label, *(len(each) for each in kept), *(_share(sum(map(bool, each)), len(each)) for each in kept),
            *(_share(read.found[label, late], read.mentions[label]) for late in (False, True)),
        )  # fmt: skip
    return [table]


def _before(span: Span) -> float:
    return span.confidence


def _after(span: Span) -> float:
    return span.after


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} % of {whole}" if whole else "-"
