"""Result and Failure: what the pipeline returns for one document."""

from __future__ import annotations

from dataclasses import dataclass
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
        all_entities: accepted, review and rejected ones, sorted by (start, end).
        records: the entities that belong together.
        warnings: what the user should know.
        edits: what the decoders changed, in raw offsets.
    """

    id: str
    source: str
    text: str
    all_entities: tuple[Entity, ...]
    records: tuple[Record, ...]
    warnings: tuple[str, ...]
    edits: tuple[Edit, ...] = ()

    @property
    def entities(self) -> tuple[Entity, ...]:
        """The accepted entities, sorted by (start, end)."""
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
