"""Ground: decisions in decoded offsets become entities in the text the user gave."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator

from decloak.core.alignment import Edit
from decloak.core.document import Decoded
from decloak.core.entity import Entity, Link
from decloak.verify.decide import Decision

__all__ = ["Linker", "ground", "undone_spots"]

Linker = Callable[[str, str], tuple[Link, ...]]
"""(label, canonical value) -> links."""


def ground(decoded: Decoded, decisions: Iterable[Decision], links_of: Linker) -> Iterator[Entity]:
    """Yield entities with raw offsets: ``raw[start:end] == text``, always.

    Args:
        decoded: the text the decisions' offsets point into, and the way back to the raw one.
        decisions: sorted by place.
        links_of: the links of a label's canonical value.
    """
    if not decoded.alignment.is_identity:
        yield from _aligned(decoded, decisions, links_of)
        return
    text = decoded.view.text
    for start, end, (label, value, confidence, status, evidence, resembles) in decisions:
        surface = text[start:end]
        disguise = () if resembles is None else (_lookalike(surface, resembles),)
        yield Entity(label, start, end, surface, surface, value, confidence, status, evidence,
                     disguise, resembles, links_of(label, value))  # fmt: skip


def _aligned(decoded: Decoded, decisions: Iterable[Decision], links_of: Linker) -> Iterator[Entity]:
    raw, text, edits = decoded.raw, decoded.view.text, decoded.edits
    first = 0
    for start, end, (label, value, confidence, status, evidence, resembles) in decisions:
        low, high = decoded.alignment.to_raw(start, end)
        while first < len(edits) and edits[first].end <= low:
            first += 1
        families = _families(edits, first, low, high)
        if resembles is not None:
            families.setdefault(_lookalike(text[start:end], resembles))
        yield Entity(label, low, high, raw[low:high], text[start:end], value, confidence, status,
                     evidence, tuple(families), resembles, links_of(label, value))  # fmt: skip


def _families(edits: tuple[Edit, ...], first: int, low: int, high: int) -> dict[str, None]:
    families: dict[str, None] = {}
    index = first
    while index < len(edits) and edits[index].start < high:
        if edits[index].end > low:
            families.setdefault(edits[index].family)
        index += 1
    return families


def _lookalike(surface: str, resembles: str) -> str:
    """Name the disguise of a name that nobody undoes."""
    if surface.isascii():
        return "confusable" if "xn--" in surface.lower() else "leet"
    bare = unicodedata.normalize("NFD", surface)
    plain = "".join(char for char in bare if not unicodedata.combining(char)).lower()
    return (
        "diacritic" if plain.isascii() and resembles in {plain, plain.rstrip(".")} else "confusable"
    )


def undone_spots(decoded: Decoded) -> list[tuple[int, int]]:
    """Return the decoded ranges that edits wrote, sorted; a removal touches its neighbours."""
    return [
        (max(run.start - 1, 0), run.end + 1) if run.start == run.end else (run.start, run.end)
        for run in decoded.alignment.runs
    ]
