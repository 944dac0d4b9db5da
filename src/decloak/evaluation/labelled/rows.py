"""Rows: one labelled text as any format gives it, checked once; what is wrong is a value beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from decloak.core.labels import LABELS

__all__ = ["Labelled", "Problem", "Row", "Span", "checked", "our_label"]


class Span(NamedTuple):
    """One entity as a file has it.

    Attributes:
        start, end: half-open code-point range.
        label: its label, ours where ours has the same meaning.
        value: the canonical value; the surface where the file has none.
        confidence: in [0, 1]; 1 where the file has none.
        alt: labels that are also right.
        evidence: who says so and why, where the file says it.
        status: ``accepted``, or how it was held back.
    """

    start: int
    end: int
    label: str
    value: str = ""
    confidence: float = 1.0
    alt: frozenset[str] = frozenset()
    evidence: tuple[str, ...] = ()
    status: str = "accepted"


@dataclass(frozen=True, slots=True)
class Row:
    """What a format found in a file, before it is checked.

    Attributes:
        where: ``file:line`` or ``file#number``, for messages.
        id: of the document; unique in a file of gold.
        text: None where the file holds predictions alone.
        spans: the entities, in any order, perhaps wrong.
        source: the tool or collection it comes from.
        exhaustive: labels of which all are given; None where the file says nothing about that.
        ignore: ranges where nothing counts as spurious.
        clean: the id of the row of which this one is a disguised copy, entity by entity.
        families: the disguises in it.
    """

    where: str
    id: str
    text: str | None
    spans: tuple[Span, ...]
    source: str = ""
    exhaustive: frozenset[str] | None = None
    ignore: tuple[tuple[int, int], ...] = ()
    clean: str = ""
    families: tuple[str, ...] = ()


class Labelled(NamedTuple):
    """A row whose spans all stand in its text, sorted."""

    row: Row
    spans: tuple[Span, ...]


class Problem(NamedTuple):
    """What is wrong, where, and why; the rest of the file is read on."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


@cache
def _names() -> Mapping[str, str]:
    path = Path(__file__).with_name("data") / "labels.json"
    table: dict[str, list[str]] = json.loads(path.read_text("utf-8"))["labels"]
    return {theirs: ours for ours, each in table.items() for theirs in each}


def our_label(name: str, mapped: Mapping[str, str]) -> str:
    """Return the label under which a name is scored: as the user maps it, as ours, else as it is.

    Args:
        name: as the file writes it.
        mapped: names that the user maps, from theirs to ours; an empty one leaves the label out.
    """
    if name in mapped:
        return mapped[name]
    plain = name.strip().upper().replace("-", "_").replace(" ", "_")
    if plain in mapped:
        return mapped[plain]
    for each in (plain, plain.removesuffix("S")):
        known = each if each in LABELS else _names().get(each.replace("_", ""))
        if known:
            return known
    return plain


def checked(row: Row, text: str | None) -> tuple[Labelled, list[Problem]]:
    """Leave out the spans that cannot be right, and say why.

    Args:
        row: as read.
        text: the text its offsets count in: its own, or for predictions that of the gold; None
            where there is none to check against.
    """
    kept: dict[tuple[int, int, str], Span] = {}
    problems: list[Problem] = []
    for span in sorted(row.spans, key=_place):
        reason = _wrong(span, text)
        if reason:
            problems.append(Problem(row.where, reason))
            continue
        key = (span.start, span.end, span.label)
        if key in kept and span.status == kept[key].status:
            reason = f"{span.label} at [{span.start}, {span.end}) is listed twice; it counts once"
            problems.append(Problem(row.where, reason))
            continue
        kept[key] = span
    return Labelled(row, tuple(kept.values())), problems


def _place(span: Span) -> tuple[int, int, str, float]:
    return span.start, span.end, span.label, -span.confidence


def _wrong(span: Span, text: str | None) -> str:
    """Return why a span cannot be scored; empty when it can."""
    where = f"{span.label or 'an entity'} at [{span.start}, {span.end})"
    if not span.label:
        return f"{where} has no label"
    if span.start >= span.end:
        return f"{where} is empty or reversed"
    if span.start < 0 or (text is not None and span.end > len(text)):
        size = "" if text is None else f" of {len(text)} code points"
        return f"{where} leaves the text{size}"
    if not 0 <= span.confidence <= 1:
        return f"{where} has the confidence {span.confidence}, which is not in [0, 1]"
    return ""


def families_of(value: object) -> tuple[str, ...]:
    """Read a list of names, or one name."""
    if isinstance(value, str):
        return (value,) if value else ()
    if isinstance(value, Iterable):
        return tuple(str(each) for each in value)
    return ()
