"""Disguise chosen entities of a document and say exactly where everything stands afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from decloak.core.alignment import Alignment, Edit, apply_edits
from decloak.perturb.base import Perturbation

__all__ = ["DisguisedDocument", "Marked", "Planted", "disguise_document"]


class Marked(NamedTuple):
    """An entity of a clean document: half-open code-point range, label, canonical value."""

    start: int
    end: int
    label: str
    value: str


class Planted(NamedTuple):
    """An entity that now stands in disguise.

    Attributes:
        start, end: half-open range in the new text.
        label: its label.
        value: the canonical value to expect; None when none is promised.
        resembles: the plain spelling to expect for a look-alike, or None.
        family, variant: the disguise.
        plain: the canonical value before the disguise.
    """

    start: int
    end: int
    label: str
    value: str | None
    resembles: str | None
    family: str
    variant: str
    plain: str


@dataclass(frozen=True, slots=True)
class DisguisedDocument:
    """A document with disguises.

    Attributes:
        text: the new text.
        planted: the entities in disguise, in order.
        kept: the other entities, where they stand now.
        alignment: from the clean text ("raw") to the new one ("decoded").
    """

    text: str
    planted: tuple[Planted, ...]
    kept: tuple[Marked, ...]
    alignment: Alignment


def disguise_document(
    text: str,
    spans: Sequence[Marked],
    perturbations: Iterable[Perturbation],
    rng: Random,
    *,
    share: float = 1.0,
    weights: Mapping[str, float] | None = None,
) -> DisguisedDocument:
    """Put one of `perturbations` on each entity chosen.

    Args:
        text: the clean document.
        spans: its entities, not overlapping; others are left alone.
        perturbations: the families to draw from.
        rng: the only source of chance.
        share: the part of the entities to disguise, in [0, 1].
        weights: how often each perturbation is tried first, by name (1 where it is not named); all
            alike when None.

    Returns:
        The new text with exact spans; entities that no perturbation fits stay as they are.
    """
    families = list(perturbations)
    edits: list[Edit] = []
    plans: list[tuple[Marked, Planted, int]] = []
    position = -1
    for mark in sorted(spans):
        if mark.start <= position or rng.random() >= share:
            continue
        fitting = [family for family in families if mark.label in family.labels]
        for family in _drawn(fitting, weights, rng):
            made = family.apply(mark.value, mark.label, rng)
            if made is None:
                continue
            _margin(text, mark.start, made.margin, position, edits)
            written = made.lead + made.surface + made.tail
            edits.append(Edit(mark.start, mark.end, written, family.family, family.name))
            planted = Planted(
                len(made.lead),
                len(made.surface),
                mark.label,
                made.value,
                made.resembles,
                family.family,
                made.variant,
                mark.value,
            )
            plans.append((mark, planted, mark.start))
            position = mark.end
            break
    new, alignment = apply_edits(text, edits)
    return DisguisedDocument(
        new, tuple(_place(alignment, plans)), tuple(_kept(alignment, spans, plans)), alignment
    )


def _drawn(
    fitting: list[Perturbation], weights: Mapping[str, float] | None, rng: Random
) -> list[Perturbation]:
    """Return them in random order, the heavier ones earlier (Efraimidis and Spirakis, 2006)."""
    if weights is None:
        rng.shuffle(fitting)
        return fitting
    keys = [rng.random() ** (1.0 / weights.get(each.name, 1.0)) for each in fitting]
    order = sorted(range(len(fitting)), key=keys.__getitem__, reverse=True)
    return [fitting[i] for i in order]


def _margin(text: str, start: int, margin: str, position: int, edits: list[Edit]) -> None:
    """Open the line with `margin`, unless it is there or the line was touched already."""
    line = text.rfind("\n", 0, start) + 1
    if margin and position < line < start and not text.startswith(margin, line):
        edits.append(Edit(line, line + 1, margin + text[line], "margin", "margin"))


def _place(alignment: Alignment, plans: list[tuple[Marked, Planted, int]]) -> Iterable[Planted]:
    """Turn lead and surface lengths into ranges of the new text."""
    for mark, planted, _ in plans:
        image = alignment.to_decoded(mark.start, mark.end)
        if image is not None:
            start = image[0] + planted.start
            yield planted._replace(start=start, end=start + planted.end)


def _kept(
    alignment: Alignment, spans: Sequence[Marked], plans: list[tuple[Marked, Planted, int]]
) -> Iterable[Marked]:
    """Move the untouched entities to where they stand now."""
    touched = {start for _, _, start in plans}
    for mark in sorted(spans):
        if mark.start not in touched:
            image = alignment.to_decoded(mark.start, mark.end)
            if image is not None:
                yield mark._replace(start=image[0], end=image[1])
