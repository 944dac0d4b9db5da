"""CSV: one row per entity, safe to open in a spreadsheet and to print.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-``, ``@``, their full-width forms, TAB, CR or
LF; blanks and quotes before it may be dropped on the way. One whose locale has the comma in
numbers takes the semicolon for the end of a cell, so what follows a semicolon begins a cell too. Each
beginning of that kind gets a leading apostrophe; so do those which already have one, so that different
cells stay different. Control characters are shown as escapes (`decloak.export.sanitise`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from decloak.core.entity import Entity
from decloak.core.result import Failure, Result
from decloak.export.base import Shape
from decloak.export.places import place_of
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
    "place",
)

_BLANKS, _SIGNS = r"[ \u00a0\u3000\"']*", r"[=+\-@\t\r\n＝＋－＠]"
# A semicolon at the end of a row begins a cell there that holds the line end.
_FORMULA = re.compile(rf"(^(?={_BLANKS}{_SIGNS})|;(?={_BLANKS}(?:{_SIGNS}|\Z)))")
_BATCH = 512


def neutralise(cell: str) -> str:
    """Return a cell that no spreadsheet runs and no terminal obeys."""
    return sanitise(_FORMULA.sub(r"\1'", cell))


@dataclass(frozen=True, slots=True)
class _Csv:
    """Rows of RFC 4180 with LF line ends; failures go to standard error only."""

    name: str = "csv"
    description: str = "one row per entity, for spreadsheets"
    head: str = ",".join(COLUMNS) + "\n"
    between: str = ""
    tail: str = ""
    distinct: str = ""

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield the rows of one result."""
        entities = shape.entities(result)
        name, source = neutralise(result.id), neutralise(result.source)
        for start in range(0, len(entities), _BATCH):
            out = io.StringIO()
            writer = csv.writer(out, lineterminator="\n")
            writer.writerows(
                (name, source, *_cells(entity, shape), neutralise(place_of(result, entity)))
                for entity in entities[start : start + _BATCH]
            )
            yield out.getvalue()

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - no place for one
        """Return nothing: a row is an entity."""
        return ""


def _cells(entity: Entity, shape: Shape) -> tuple[str | int | float, ...]:
    return (
        entity.label,
        neutralise(shape.surface(entity)),
        shape.offset(entity.start),
        shape.offset(entity.end),
        neutralise(entity.value),
        entity.confidence,
        entity.status,
        neutralise("; ".join(entity.evidence)),
        neutralise("; ".join(entity.obfuscation)),
        neutralise(entity.resembles or ""),
        shape.unit,
    )


CSV = _Csv()
