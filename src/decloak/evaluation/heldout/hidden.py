"""Hidden: a value in disguise, as this generator hands it on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

__all__ = ["Hidden", "at_some", "some"]


@dataclass(frozen=True, slots=True)
class Hidden:
    """A value in disguise.

    Attributes:
        text: what is written.
        lead: what is written before it to announce it (``base64: ``).
        tail: what is written after it (`` | base64 -d``).
        quoted: the text around it is quoted mail.
    """

    text: str
    lead: str = ""
    tail: str = ""
    quoted: bool = False


def some(rng: Random, places: Iterable[int], most: int | None = None) -> frozenset[int]:
    """Draw at least one of some places; all of them often enough."""
    known = sorted(places)
    if not known:
        return frozenset()
    if most is None and rng.random() < 0.4:
        return frozenset(known)
    return frozenset(rng.sample(known, rng.randint(1, min(most or len(known), len(known)))))


def at_some(value: str, places: frozenset[int], written: dict[int, str]) -> str:
    """Write something else at some places of a value."""
    return "".join(written[i] if i in places else char for i, char in enumerate(value))
