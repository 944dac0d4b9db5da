"""Table: columns for people; rows are plain strings that a terminal may show. A value is never cut or broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from decloak.core.entity import Entity
from decloak.core.places import places
from decloak.core.result import Failure, Result
from decloak.export.base import Shape
from decloak.export.sanitise import sanitise

__all__ = ["TABLE", "aligned", "batches", "columns", "cut", "rows", "title", "widths"]

_BATCH = 512
_WIDEST = 60
"""Most characters of a cell that are shown, but of a value's; longer ones end in an ellipsis."""
_PADDED = 64
"""Widest column that others are aligned to (a SHA-256); what is longer moves the rest of its row."""


def columns(shape: Shape) -> tuple[str, ...]:
    """Return the column titles."""
    titles = ("label", "value", "as written", "line:column", "conf.", "why")
    return (*titles, "status") if shape.review else titles


def rows(result: Result, entities: Sequence[Entity], shape: Shape) -> Iterator[tuple[str, ...]]:
    """Yield one row per entity; `as written` is empty where it equals the value."""
    where = places(result.text, (entity.start for entity in entities))
    for entity, (line, column) in zip(entities, where, strict=True):
        value, surface = sanitise(entity.value), sanitise(shape.surface(entity))
        notes = [*entity.evidence[:1], *entity.obfuscation]
        if entity.resembles:
            notes.append(f"resembles {entity.resembles}")
        if shape.review and entity.status != "accepted":
            notes = [*entity.evidence[-1:], *entity.obfuscation]
        row = (
            entity.label,
            value,
            "" if surface == value else cut(surface),
            f"{line}:{column}",
            f"{entity.confidence:.2f}",
            cut(sanitise(", ".join(notes))),
        )
        yield (*row, entity.status) if shape.review else row


def cut(cell: str, width: int = _WIDEST) -> str:
    """Return a cell that is no wider than that many characters."""
    return cell if len(cell) <= width else f"{cell[: width - 1]}…"


def batches(
    result: Result, entities: Sequence[Entity], shape: Shape
) -> Iterator[list[tuple[str, ...]]]:
    """Yield the rows some hundred at a time, the titles above the first."""
    made, first = rows(result, entities, shape), True
    while grid := list(islice(made, _BATCH)):
        if first:
            grid.insert(0, tuple(name.upper() for name in columns(shape)))
        first = False
        yield grid


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
        yield title(result, len(entities), shape) + "\n"
        yield from map(aligned, batches(result, entities, shape))

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - said on standard error
        """Return nothing: standard error says it."""
        return ""


def widths(grid: Sequence[Sequence[str]]) -> list[int]:
    """Return what each column is padded to."""
    return [min(max(map(len, column)), _PADDED) for column in zip(*grid, strict=True)]


def aligned(grid: Sequence[Sequence[str]]) -> str:
    """Return rows as lines with their columns padded to one width."""
    wide = widths(grid)
    return "".join("  ".join(map(str.ljust, row, wide)).rstrip() + "\n" for row in grid)


def title(result: Result, count: int, shape: Shape) -> str:
    """Return the line above a document's rows; it says what is left out."""
    noun = "entity" if count == 1 else "entities"
    left_out = shape.all_of(result) - count
    more = f"; {left_out} more with --group all" if left_out else ""
    return f"{sanitise(result.id)} ({sanitise(result.source)}): {count} {noun}{more}"


TABLE = _Table()
