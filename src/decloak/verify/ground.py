"""Ground: decisions in decoded offsets become entities in the text the user gave."""

from __future__ import annotations

import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import ModuleType

from decloak.core import native
from decloak.core.alignment import Edit, apply_edits
from decloak.core.document import Decoded
from decloak.core.entity import Entity, Link, Verdict, entity_of
from decloak.core.lazy import Rows
from decloak.core.meant import within
from decloak.indicators import check
from decloak.indicators.bidi import RLO, shown_at
from decloak.indicators.digraphs import LETTER_FOR
from decloak.verify.claims import Claim
from decloak.verify.decisions import Decisions
from decloak.verify.values import KNOWN, canonical

__all__ = ["Grounded", "Linkers", "undone_spots"]

_NAMES = frozenset({"DOMAIN", "URL", "EMAIL"})
_BATCH = 1 << 12
"""Entities that the extension makes at once."""

Linkers = Mapping[str, Callable[[str], tuple[Link, ...]]]
"""Label -> links of a canonical value."""


class Grounded(Rows[Entity]):
    """The entities of decisions, with raw offsets: ``raw[start:end] == text``, always.

    Args:
        decoded: the text the decisions' offsets point into, and the way back to the raw one.
        decisions: sorted by place.
        linkers: what finds links, by label; entities of the others get none here.
    """

    __slots__ = ("_decisions", "_decoded", "_edit_ends", "_linkers", "_overridden")

    def __init__(self, decoded: Decoded, decisions: Decisions, linkers: Linkers) -> None:
        self._decoded = decoded
        self._decisions = decisions
        self._linkers = linkers
        self._edit_ends = [edit.end for edit in decoded.edits]
        self._overridden = RLO in decoded.raw

    def __len__(self) -> int:
        return len(self._decisions)

    def span(self, start: int, stop: int) -> Iterator[Entity]:
        """Yield the entities from `start` to `stop`."""
        if native.extension is not None and stop - start > 1 and not self._is_turned():
            return self._batches(native.extension, start, stop)
        return self._told(start, stop)

    def _is_turned(self) -> bool:
        return self._overridden or bool(self._decoded.alignment.runs.turned)

    def _batches(self, extension: ModuleType, start: int, stop: int) -> Iterator[Entity]:
        """Yield the same, plain ones made by the extension, the others one by one."""
        decoded, decisions = self._decoded, self._decisions
        make = extension.Grounder(
            Entity,
            decoded.raw,
            decoded.text,
            decoded.alignment.runs.columns,
            array("I", [edit.start for edit in decoded.edits]),
            array("I", self._edit_ends),
            self._linkers,
            self._one,
        ).entities
        likened = bool(decoded.likenesses)
        for low in range(start, stop, _BATCH):
            high = min(low + _BATCH, stop)
            starts, ends = decisions.starts[low:high], decisions.ends[low:high]
            claims = decisions.claims[low:high]
            if likened:
                rows = zip(starts, ends, claims, strict=True)
                claims = [claim for _, _, claim in self._likened(rows)]
            yield from make(starts, ends, claims, 0, high - low)

    def _links_of(self, label: str, value: str) -> tuple[Link, ...]:
        linker = self._linkers.get(label)
        return () if linker is None else linker(value)

    def _one(self, start: int, end: int, claim: Claim) -> Entity:
        rows = [(start, end, claim)]
        plain = self._decoded.alignment.is_identity
        return next(self._plain(rows) if plain else self._aligned(rows))

    def _told(self, start: int, stop: int) -> Iterator[Entity]:
        decisions = self._decisions
        rows: Iterable[tuple[int, int, Claim]] = zip(
            decisions.starts[start:stop],
            decisions.ends[start:stop],
            decisions.claims[start:stop],
            strict=True,
        )
        if self._decoded.likenesses:
            rows = self._likened(rows)
        if not self._decoded.alignment.is_identity:
            return self._aligned(rows)
        return self._plain(rows)

    def _likened(self, rows: Iterable[tuple[int, int, Claim]]) -> Iterator[tuple[int, int, Claim]]:
        """Yield rows in which names say which known name the words in them are near to."""
        text, likenesses = self._decoded.view.text, self._decoded.likenesses
        for start, end, claim in rows:
            found = list(within(likenesses, start, end)) if claim.label in KNOWN else ()
            if not found:
                yield start, end, claim
                continue
            own = (replace(each, start=each.start - start, end=each.end - start) for each in found)
            name = apply_edits(text[start:end], own)[0]
            yield start, end, claim._replace(resembles=canonical(claim.label, name).value)

    def _plain(self, rows: Iterable[tuple[int, int, Claim]]) -> Iterator[Entity]:
        text, links_of = self._decoded.raw, self._links_of
        for start, end, (label, value, confidence, status, evidence, resembles, family) in rows:
            surface = text[start:end]
            disguise: tuple[str, ...] = ()
            if family:
                disguise = (family,)
            elif resembles is not None and label not in KNOWN:
                kind = _lookalike(surface, resembles)
                disguise = (kind,) if kind else ()
            yield entity_of(label, start, end, surface, surface, value, confidence, status,
                            evidence, disguise, resembles, links_of(label, value))  # fmt: skip

    def _aligned(self, rows: Iterable[tuple[int, int, Claim]]) -> Iterator[Entity]:
        decoded, links_of = self._decoded, self._links_of
        raw, text, to_raw = decoded.raw, decoded.view.text, decoded.alignment.to_raw
        for start, end, (label, value, confidence, status, evidence, resembles, family) in rows:
            low, high = _bared(raw, *to_raw(start, end))
            families = _families(decoded.edits, bisect_right(self._edit_ends, low), high)
            target = resembles
            if family:
                families.setdefault(family)
            if target is not None and label not in KNOWN:
                if kind := _lookalike(text[start:end], target):
                    families.setdefault(kind)
            elif "diacritic" in families and label in _NAMES:
                target = value  # no A-label had so many marks: the plain name is what is left
            if target is None and self._overridden:
                target = _displayed(raw, low, high, label, value)
                families |= {"bidi": None} if target else {}
            yield entity_of(label, low, high, raw[low:high], text[start:end], value, confidence,
                            status, evidence, tuple(families), target,
                            links_of(label, value))  # fmt: skip


def _displayed(raw: str, low: int, high: int, label: str, value: str) -> str | None:
    """Return what an override shows there, where that is another valid value of the label."""
    shown = shown_at(raw, low, high)
    if shown is None:
        return None
    reading = check(label, shown)
    return None if reading.verdict is Verdict.REFUTED or reading.value == value else reading.value


def _bared(raw: str, low: int, high: int) -> tuple[int, int]:
    """Return a raw range without the white space at its edges, which a decoder took along."""
    if raw[low].isspace() or raw[high - 1].isspace():
        piece = raw[low:high]
        low += len(piece) - len(piece.lstrip())
        high = low + len(piece.strip())
    return low, high


def _families(edits: tuple[Edit, ...], first: int, high: int) -> dict[str, None]:
    families: dict[str, None] = {}
    while first < len(edits) and edits[first].start < high:
        families.setdefault(edits[first].family)
        first += 1
    return families


def _lookalike(surface: str, resembles: str) -> str:
    """Name the disguise of a name that nobody undoes; "" where its letters show none."""
    if surface.isascii():
        low, near = surface.lower(), resembles.lower()
        if "xn--" in low or any(low.count(pair) > near.count(pair) for pair in LETTER_FOR):
            return "confusable"
        if [*filter(str.isdigit, low)] != [*filter(str.isdigit, near)]:
            return "leet"
        return "confusable" if low.replace("i", "l") == near.replace("i", "l") else ""
    bare = unicodedata.normalize("NFD", surface)
    plain = "".join(char for char in bare if not unicodedata.combining(char)).lower()
    return (
        "diacritic" if plain.isascii() and resembles in {plain, plain.rstrip(".")} else "confusable"
    )


def undone_spots(decoded: Decoded) -> list[tuple[int, int]]:
    """Return the decoded ranges that edits wrote, sorted; a removal touches its neighbours.

    What only made line ends alike is no edit, and no disguise.
    """
    spots: list[tuple[int, int]] = []
    edits = iter(decoded.edits)
    edit = next(edits, None)
    reach = -1  # the end of what the edits up to here replaced
    for run in decoded.alignment.runs:
        while edit is not None and edit.start < run.raw_end:
            reach = max(reach, edit.end)
            edit = next(edits, None)
        if reach > run.raw_start:
            gone = run.start == run.end
            spots.append((max(run.start - 1, 0), run.end + 1) if gone else (run.start, run.end))
    return spots
