"""Result and Failure: what the pipeline returns for one document."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import TYPE_CHECKING, Any

from decloak.core.alignment import Edit
from decloak.core.entity import Entity, Status
from decloak.core.errors import DecloakError, ResourceError
from decloak.core.source_map import SourceMap

if TYPE_CHECKING:
    from decloak.core.records import Record

__all__ = ["Failure", "RecordRow", "Result"]

RecordRow = dict[str, Any]
"""One record as it is printed: its ``kind``, fields as ``{"value", "start", "end"}`` (lists of them
for fields with many values), and child records under their plural."""


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Everything found in one document. Offsets are raw code points. Never changes.

    What a pipeline gives is a `decloak.result.Result`, which knows its JSON, CSV, table and HTML as well.

    Attributes:
        id: the document's id.
        source: the source of most of its text (``nmap``, ``prose`` ...).
        text: the raw text the offsets point into.
        all_entities: accepted, review and rejected ones, sorted by (start, end); for large
            documents a sequence that makes them when they are asked for.
        record_rows: the entities that belong together, as they are printed in JSON.
        warnings: what the user should know.
        edits: what the decoders changed, in raw offsets.
        identification: what a language model told, round by round, as it is printed; None where
            none was asked or nobody wants to see it.
        ungrounded: what a language model named and the text does not hold, as it is printed; None
            like `identification`.
        has_held: whether some of `all_entities` may not be accepted.
        source_map: where in its source each part of the text stands; None where the text is the source.
    """

    id: str
    source: str
    text: str
    all_entities: Sequence[Entity]
    record_rows: Sequence[RecordRow]
    warnings: tuple[str, ...]
    edits: tuple[Edit, ...] = ()
    identification: dict[str, Any] | None = None
    ungrounded: tuple[dict[str, str], ...] | None = None
    has_held: bool = field(default=True, compare=False)
    source_map: SourceMap | None = field(default=None, compare=False, repr=False)

    def __eq__(self, other: object) -> bool:
        """Compare what was found, whichever forms the classes know."""
        if not isinstance(other, Result):
            return NotImplemented
        return all(
            getattr(self, each.name) == getattr(other, each.name)
            for each in fields(Result)
            if each.compare
        )

    def __hash__(self) -> int:
        return hash((self.id, self.source, self.text))

    @property
    def entities(self) -> Sequence[Entity]:
        """The accepted entities, sorted by (start, end)."""
        if not self.has_held:
            return self.all_entities
        return tuple(e for e in self.all_entities if e.status is Status.ACCEPTED)

    @property
    def records(self) -> Sequence[Record]:
        """The entities that belong together, as typed values (`decloak.core.records`): hosts with their ports ..."""
        from decloak.core.records import Records  # noqa: PLC0415 - ten classes, made when asked for

        return Records(self.record_rows)

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
        trace: where a bug happened, as ``file:line in function``, the innermost last; nothing of the
            document. Empty for whatever is no bug.
    """

    id: str
    error: str
    message: str
    exit_code: int = 2
    trace: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, error: Exception) -> Failure:
        """Return what an error makes of a document; what decloak did not raise on purpose is a bug.

        What such an error says is left out, because it may quote the document.

        Args:
            name: the document's id.
            error: as it was caught.
        """
        if isinstance(error, DecloakError):
            return cls(name, type(error).__name__, str(error), error.exit_code)
        if isinstance(error, MemoryError):
            message = "memory ran out; split the input, or use fewer --jobs"
            return cls(name, ResourceError.__name__, message, ResourceError.exit_code)
        trace = tuple(_places(error.__traceback__))
        where = trace[-1] if trace else "an unknown place"
        message = f"a bug in decloak: {type(error).__name__} at {where}; please report it"
        return cls(name, "InternalError", message, DecloakError.exit_code, trace)


_MOST_PLACES = 20


def _places(trace: TracebackType | None) -> deque[str]:
    """Return the innermost places of a trace; no source is read, and no value is looked at."""
    found: deque[str] = deque(maxlen=_MOST_PLACES)
    for frame, line in walk_tb(trace):
        code = frame.f_code
        found.append(f"{'/'.join(Path(code.co_filename).parts[-3:])}:{line} in {code.co_name}")
    return found
