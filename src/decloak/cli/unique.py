"""Unique: each value once over all documents, with how often it stands where.

Every document is counted where it is processed (`COUNTED`, JSON lines); `Sums` adds the counts up and writes them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from decloak.core.entity import Entity
from decloak.core.places import places
from decloak.core.result import Failure, Result
from decloak.export.base import Exporter, Shape
from decloak.export.csv_rows import neutralise
from decloak.export.json_text import dumps
from decloak.export.sanitise import sanitise
from decloak.export.table_rows import aligned

__all__ = ["COUNTED", "FORMS", "Sums"]

FORMS = ("table", "jsonl", "json", "csv", "values")
"""Formats that count."""
_FIRST = 3
"""Places that are kept of a value."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """A line for every distinct value of a document."""

    name: str = "counted"
    description: str = "a line per distinct value, to be added up"
    head: str = ""
    between: str = ""
    tail: str = ""
    distinct: str = ""

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield the lines in order of first appearance."""
        entities = shape.entities(result)
        found: dict[tuple[str, str], _Count] = {}
        where = places(result.text, (entity.start for entity in entities))
        for entity, place in zip(entities, where, strict=True):
            count = found.setdefault((entity.label, entity.value), _Count())
            count.add(result.id, entity, place, shape)
        for (label, value), count in found.items():
            yield dumps([label, value, count.count, count.confidence, count.first]) + "\n"

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - said on standard error
        """Return nothing."""
        return ""


@dataclass(slots=True)
class _Count:
    count: int = 0
    documents: int = 0
    confidence: float = 0.0
    first: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, entity: Entity, place: tuple[int, int], shape: Shape) -> None:
        self.count += 1
        self.confidence = max(self.confidence, entity.confidence)
        if len(self.first) < _FIRST:
            self.first.append({
                "id": name,
                "line": place[0],
                "column": place[1],
                "start": shape.offset(entity.start),
                "end": shape.offset(entity.end),
                "text": entity.text,
            })  # fmt: skip


COUNTED: Exporter = _Counted()


class Sums:
    """The counts of all documents; memory grows with the number of distinct values.

    Args:
        form: one of `FORMS`.
    """

    def __init__(self, form: str) -> None:
        self._form = form
        self._found: dict[tuple[str, str], _Count] = {}

    def add(self, pieces: Iterable[str]) -> None:
        """Add the lines of one document."""
        begun = ""
        for piece in pieces:
            *lines, begun = (begun + piece).split("\n")
            for line in lines:
                label, value, count, confidence, first = json.loads(line)
                mine = self._found.setdefault((label, value), _Count())
                mine.count += count
                mine.documents += 1
                mine.confidence = max(mine.confidence, confidence)
                mine.first += first[: _FIRST - len(mine.first)]

    def render(self) -> Iterator[str]:
        """Yield what is written, in order of first appearance."""
        if self._form == "values":
            yield from (
                f"{sanitise(value)}\n" for value in dict.fromkeys(v for _, v in self._found)
            )
        elif self._form == "table":
            yield aligned(list(self._grid()))
        elif self._form == "csv":
            yield from self._csv()
        else:
            lines = map(dumps, self._objects())
            if self._form == "jsonl":
                yield from (f"{line}\n" for line in lines)
            else:
                yield "[\n" + ",\n".join(lines) + "\n]\n"

    def _objects(self) -> Iterator[dict[str, Any]]:
        for (label, value), each in self._found.items():
            yield {
                "label": label,
                "value": value,
                "count": each.count,
                "documents": each.documents,
                "confidence": each.confidence,
                "first": each.first,
            }

    def _grid(self) -> Iterator[tuple[str, ...]]:
        yield "COUNT", "DOCUMENTS", "LABEL", "VALUE", "FIRST"
        for (label, value), each in self._found.items():
            first = " ".join(sanitise(_place(place)) for place in each.first)
            yield str(each.count), str(each.documents), label, sanitise(value), first

    def _csv(self) -> Iterator[str]:
        yield "label,value,count,documents,confidence,first\n"
        for (label, value), each in self._found.items():
            out = io.StringIO()
            first = neutralise(" ".join(_place(place) for place in each.first))
            row = (label, neutralise(value), each.count, each.documents, each.confidence, first)
            csv.writer(out, lineterminator="\n").writerow(row)
            yield out.getvalue()


def _place(place: dict[str, Any]) -> str:
    return f"{place['id']}:{place['line']}:{place['column']}"
