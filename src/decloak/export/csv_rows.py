"""CSV: one row per entity, safe to open in a spreadsheet and to print.

Cells that a spreadsheet would run as a formula (first character ``=``, ``+``, ``-``, ``@``, their
full-width forms, TAB, CR or LF) get a leading apostrophe; so do cells which already begin with
apostrophes before such a character, so that different cells stay different. Control characters
are shown as escapes (`decloak.export.sanitise`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from decloak.core.entity import Entity
from decloak.core.result import Failure, Result
from decloak.export.base import Shape
from decloak.export.sanitise import sanitise

__all__ = ["COLUMNS", "CSV", "neutralise"]

COLUMNS = (
    "id",
    "source",
    "label",
    "text",
    "start",
    "end",
    "value",
    "confidence",
    "status",
    "evidence",
    "obfuscation",
    "resembles",
    "offsets",
)

_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_BATCH = 512


def neutralise(cell: str) -> str:
    """Return a cell that no spreadsheet runs and no terminal obeys."""
    inner = cell.lstrip("'")
    shown = sanitise(cell)
    return f"'{shown}" if inner[:1] in _FORMULA and inner else shown


@dataclass(frozen=True, slots=True)
class _Csv:
    """Rows of RFC 4180 with LF line ends; failures go to standard error only."""

    name: str = "csv"
    description: str = "one row per entity, for spreadsheets"
    head: str = ",".join(COLUMNS) + "\n"
    between: str = ""
    tail: str = ""

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield the rows of one result."""
        entities = shape.entities(result)
        name, source = neutralise(result.id), neutralise(result.source)
        for start in range(0, len(entities), _BATCH):
            out = io.StringIO()
            writer = csv.writer(out, lineterminator="\n")
            writer.writerows(
                (name, source, *_cells(entity, shape))
                for entity in entities[start : start + _BATCH]
            )
            yield out.getvalue()

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - no place for one
        """Return nothing: a row is an entity."""
        return ""


def _cells(entity: Entity, shape: Shape) -> tuple[str | int | float, ...]:
    return (
        entity.label,
        neutralise(entity.text),
        shape.offset(entity.start),
        shape.offset(entity.end),
        neutralise(entity.value),
        entity.confidence,
        entity.status.value,
        neutralise("; ".join(entity.evidence)),
        neutralise("; ".join(entity.obfuscation)),
        neutralise(entity.resembles or ""),
        shape.unit,
    )


CSV = _Csv()
