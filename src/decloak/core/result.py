"""Result and Failure: what the pipeline returns for one document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from decloak.core.alignment import Edit
from decloak.core.entity import Entity, Status

__all__ = ["Failure", "Record", "Result"]

Record = dict[str, Any]
"""One record as it is printed: its ``kind``, fields as ``{"value", "start", "end"}`` (lists of them
for fields with many values), and child records under their plural."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything found in one document. Offsets are raw code points.

    Attributes:
        id: the document's id.
        source: the source of most of its text (``nmap``, ``prose`` ...).
        text: the raw text the offsets point into.
        all_entities: accepted, review and rejected ones, sorted by (start, end); for large
            documents a sequence that makes them when they are asked for.
        records: the entities that belong together.
        warnings: what the user should know.
        edits: what the decoders changed, in raw offsets.
        identification: what a language model told, round by round, as it is printed; None where
            none was asked or nobody wants to see it.
        ungrounded: what a language model named and the text does not hold, as it is printed; None
            like `identification`.
        has_held: whether some of `all_entities` may not be accepted.
    """

    id: str
    source: str
    text: str
    all_entities: Sequence[Entity]
    records: Sequence[Record]
    warnings: tuple[str, ...]
    edits: tuple[Edit, ...] = ()
    identification: dict[str, Any] | None = None
    ungrounded: tuple[dict[str, str], ...] | None = None
    has_held: bool = field(default=True, compare=False)

    @property
    def entities(self) -> Sequence[Entity]:
        """The accepted entities, sorted by (start, end)."""
        if not self.has_held:
            return self.all_entities
        return tuple(e for e in self.all_entities if e.status is Status.ACCEPTED)

    @property
    def held_back(self) -> tuple[Entity, ...]:
        """What was not accepted, with the reason as the last evidence."""
        return tuple(e for e in self.all_entities if e.status is not Status.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be processed; never an empty result in its place.

    Attributes:
        id: the document's id (its path).
        error: name of the error's class.
        message: what went wrong and what to do.
        exit_code: the exit code of the error.
    """

    id: str
    error: str
    message: str
    exit_code: int = 2
