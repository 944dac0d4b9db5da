"""Table: columns for people; rows are plain strings that a terminal may show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from decloak.core.entity import Entity
from decloak.core.result import Failure, Result
from decloak.export.base import Shape
from decloak.export.sanitise import sanitise

__all__ = ["TABLE", "aligned", "columns", "rows", "title"]

_BATCH = 512
_WIDEST = 60
"""Most characters of a cell that are shown; longer ones end in an ellipsis."""


def columns(shape: Shape) -> tuple[str, ...]:
    """Return the column titles."""
    titles = ("label", "value", "as written", "place", "conf.", "why")
    return (*titles, "status") if shape.review else titles


def rows(entities: Sequence[Entity], shape: Shape) -> Iterator[tuple[str, ...]]:
    """Yield one row per entity; `as written` is empty where it equals the value."""
    for entity in entities:
        value, surface = sanitise(entity.value), sanitise(entity.text)
        notes = [*entity.evidence[:1], *entity.obfuscation]
        if entity.resembles:
            notes.append(f"resembles {entity.resembles}")
        if shape.review and entity.status != "accepted":
            notes = [*entity.evidence[-1:], *entity.obfuscation]
        row = (
            entity.label,
            _cut(value),
            "" if surface == value else _cut(surface),
            f"{shape.offset(entity.start)}-{shape.offset(entity.end)}",
            f"{entity.confidence:.2f}",
            _cut(sanitise(", ".join(notes))),
        )
        yield (*row, entity.status) if shape.review else row


def _cut(cell: str) -> str:
    return cell if len(cell) <= _WIDEST else f"{cell[: _WIDEST - 1]}…"


@dataclass(frozen=True, slots=True)
class _Table:
    """Aligned columns in plain text, a title line per document."""

    name: str = "table"
    description: str = "columns for people"
    head: str = ""
    between: str = "\n"
    tail: str = ""
    distinct: str = ""

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield title, warnings and rows; widths are set anew every few hundred rows."""
        entities = shape.entities(result)
        yield title(result, len(entities)) + "\n"
        for start in range(0, len(entities), _BATCH):
            grid = list(rows(entities[start : start + _BATCH], shape))
            if not start:
                grid.insert(0, tuple(name.upper() for name in columns(shape)))
            yield aligned(grid)

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - said on standard error
        """Return nothing: standard error says it."""
        return ""


def aligned(grid: Sequence[Sequence[str]]) -> str:
    """Return rows as lines with their columns padded to one width."""
    widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
    return "".join("  ".join(map(str.ljust, row, widths)).rstrip() + "\n" for row in grid)


def title(result: Result, count: int) -> str:
    """Return the line above a document's rows."""
    noun = "entity" if count == 1 else "entities"
    return f"{sanitise(result.id)} ({sanitise(result.source)}): {count} {noun}"


TABLE = _Table()
