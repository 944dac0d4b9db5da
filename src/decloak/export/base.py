"""Exporter: the protocol of everything that writes results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from decloak.core.chosen import Chosen, Mapped
from decloak.core.entity import Entity
from decloak.core.registry import Registry
from decloak.core.result import Failure, Result
from decloak.core.serialise import Convert
from decloak.indicators.defanged import defanged

__all__ = ["EPOCH", "EXPORTERS", "Exporter", "Shape"]


EPOCH = "1970-01-01T00:00:00.000Z"
"""The time of a run that has none."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a result is written, and how.

    Attributes:
        review: also what was held back.
        unit: the unit of the offsets (`decloak.export.offsets`).
        convert: from code points to that unit; None for the identity.
        stamp: the time of the run, as RFC 3339 has it with milliseconds, in UTC; for formats that want one.
        hidden: labels that are left out.
        defang: write values so that no program makes a link of them; in JSON, `text` stays what it is.
        tlp: the mark of the Traffic Light Protocol that every object gets (``amber+strict``); "" for none.
        producer: the body in whose name objects are made; "" for decloak alone.
    """

    review: bool = False
    unit: str = "codepoint"
    convert: Convert | None = None
    stamp: str = EPOCH
    hidden: frozenset[str] = frozenset()
    defang: bool = False
    tlp: str = ""
    producer: str = ""

    def entities(self, result: Result) -> Sequence[Entity]:
        """Return the entities to write."""
        found = result.all_entities if self.review else result.entities
        if self.hidden:
            found = Chosen(found, self._shown)
        return Mapped(found, _safe) if self.defang else found

    def each(self, result: Result) -> Iterator[Entity]:
        """Yield the entities to write, one by one: each is made once."""
        found = iter(result.all_entities if self.review else result.entities)
        if self.hidden:
            found = filter(self._shown, found)
        return map(_safe, found) if self.defang else found

    def exact(self) -> Shape:
        """Return the same with values as they are: for programs that look them up, and never click on them."""
        return replace(self, defang=False) if self.defang else self

    def all_of(self, result: Result) -> int:
        """Return how many entities there are, with those of hidden labels."""
        return len(result.all_entities if self.review else result.entities)

    def surface(self, entity: Entity) -> str:
        """Return what is shown of an entity's surface to people."""
        return defanged(entity.label, entity.text) if self.defang else entity.text

    def _shown(self, entity: Entity) -> bool:
        return entity.label not in self.hidden

    def offset(self, offset: int) -> int:
        """Return a code-point offset in the unit of the output."""
        return self.convert(offset) if self.convert else offset


def _safe(entity: Entity) -> Entity:
    return replace(entity, value=defanged(entity.label, entity.value))


class Exporter(Protocol):
    """Writes results one by one. Stateless, so that several processes can render for one output.

    Attributes:
        name: unique, the name of the format.
        description: one line for help and docs.
        head: stands once before everything.
        between: stands between two results.
        tail: stands once after everything.
        distinct: a pattern of what no two lines of the output may share, whichever results they are of; ""
            where lines may be equal.
    """

    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def head(self) -> str: ...
    @property
    def between(self) -> str: ...
    @property
    def tail(self) -> str: ...
    @property
    def distinct(self) -> str: ...

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield one result in pieces, so that a large one is never one string."""
        ...

    def render_failure(self, failure: Failure) -> str:
        """Return what stands for a failure; empty where the format has no place for one."""
        ...


EXPORTERS: Registry[Exporter] = Registry("format")
