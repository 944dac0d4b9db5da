"""Candidate, Entity, Verdict and Status: what is proposed, and what is held to be true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, make_dataclass
from enum import StrEnum
from typing import Any, NamedTuple

__all__ = [
    "Candidate", "Entity", "Link", "Reading", "Status", "Tagged", "Verdict", "Voice", "confirmed",
    "entity_of", "link_of",
]  # fmt: skip


class Verdict(StrEnum):
    """What a check says about a value. SILENT: it cannot tell."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    SILENT = "silent"


class Status(StrEnum):
    """What verification decided; a string, so that ``entity.status == "accepted"``."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    REJECTED = "rejected"


class Reading(NamedTuple):
    """What one value means under one label.

    Attributes:
        verdict: whether the value is well formed.
        value: the canonical form; empty when refuted, unless the form holds and something else speaks against it.
        reason: why, in a few words (``octet above 255``).
        resembles: for look-alike names, the plain spelling it wants to be taken for.
        label: another label that fits better (a DOMAIN without a dot is a HOSTNAME), or "".
        family: the disguise without which the value is written (``leet``), or "".
    """

    verdict: Verdict
    value: str = ""
    reason: str = ""
    resembles: str | None = None
    label: str = ""
    family: str = ""


_new = tuple.__new__  # half the cost of calling the class, for what is made most often


def confirmed(value: str) -> Reading:
    """Return the reading of a value that is well formed and looks like nothing else."""
    return _new(Reading, (Verdict.CONFIRMED, value, "", None, "", ""))


class Candidate(NamedTuple):
    """A proposed entity, in decoded offsets. A tuple, because there are millions.

    Attributes:
        start, end: half-open code-point range in the decoded text.
        label: one of `decloak.core.labels`.
        origin: who proposes, ``room.detail`` (``pattern.ipv4``, ``nmap.port.service``).
        value: the decoded value where it is not simply the decoded text (an unescaped JSON
            string, ``tcp`` from an attribute); None otherwise.
    """

    start: int
    end: int
    label: str
    origin: str
    value: str | None = None


class Voice(NamedTuple):
    """A second opinion on a place: it adds and confirms, and never takes anything away.

    Attributes:
        start, end: half-open code-point range in the decoded text.
        label: what it takes the place for.
        origin: whose opinion it is (``llm.narrative``); one origin counts once for a place.
        weight: in [0, 1], how sure it is itself; scales the confidence of its origin.
    """

    start: int
    end: int
    label: str
    origin: str
    weight: float = 1.0


class Tagged(NamedTuple):
    """A span that the tagger's model found, in decoded offsets.

    Attributes:
        start, end: half-open code-point range.
        label: one of `decloak.core.labels`.
        confidence: in [0, 1], the calibrated probability of exactly this span and label.
    """

    start: int
    end: int
    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Link:
    """One tie from an entity to the outside world or to a registry.

    Attributes:
        relation: what kind (``registered-domain``, ``cpe``, ``special-purpose`` ...).
        target: the other end, in canonical form.
        source: who says so (``publicsuffixlist``, ``MITRE ATT&CK Enterprise``).
        score: in [0, 1], how well the entity fits; of several of one relation the best comes first.
        version: of the source, "" where it has none.
        why: what was found where, in a few words; "" where the value itself is the key.
    """

    relation: str
    target: str
    source: str
    score: float = 1.0
    version: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity, exactly where it stands in the text the user gave. Never changes.

    Attributes:
        label: what it is.
        start, end: half-open code-point range in the raw text.
        text: the surface: ``raw[start:end]``, always.
        decoded: the surface after the decoders.
        value: the canonical form, the key that is looked up.
        confidence: in [0, 1]; the measured precision of whoever proposed it, or the calibrated
            probability that the tagger's model gives it.
        status: accepted, review or rejected.
        evidence: who says so and why, strongest first.
        obfuscation: the disguises that were undone or seen, in order of the text.
        resembles: the plain spelling of a look-alike name, or None.
        links: ties to registries.
    """

    label: str
    start: int
    end: int
    text: str
    decoded: str
    value: str
    confidence: float
    status: Status
    evidence: tuple[str, ...]
    obfuscation: tuple[str, ...] = ()
    resembles: str | None = None
    links: tuple[Link, ...] = ()


_draft: Callable[..., Any] = make_dataclass(
    "_Draft", [(each.name, each.type) for each in fields(Entity)], slots=True
)


def entity_of(
    *values: str | float | tuple[str, ...] | tuple[Link, ...] | None,
) -> Entity:
    """Return ``Entity(*values)``, given all of its attributes, in a fifth of the time.

    A frozen dataclass sets its attributes one call at a time, and there are millions of entities. So they
    are set in an object of the same layout that is not frozen yet.
    """
    made = _draft(*values)
    made.__class__ = Entity
    entity: Entity = made
    return entity


_link_draft: Callable[..., Any] = make_dataclass(
    "_LinkDraft", [(each.name, each.type) for each in fields(Link)], slots=True
)


def link_of(relation: str, target: str, source: str, score: float, version: str, why: str) -> Link:
    """Return ``Link(...)``, given all of its attributes, as `entity_of` does."""
    made = _link_draft(relation, target, source, score, version, why)
    made.__class__ = Link
    link: Link = made
    return link
