"""Compact: JSON lines of bounded size for outputs of any size; what repeats is written once and referred to.

Of one document, in this order, each line an object that its first key names:

* ``{"id": ..., "source": ..., "offsets": ...}``: the document begins.
* ``{"class": 0, "label": ..., "confidence": ..., "status": ..., "evidence": [...]}``: what entities have in common.
* ``{"entities": [[class, start, end, value], ...]}``: entities in order of the text; the first of a document has number 0.
  A fifth item holds what only some have: ``text`` where it is not the value, ``obfuscation``, ``resembles``, ``links``, ``places``.
* ``{"tie": 0, "relation": ..., "source": ..., "score": ..., "version": ...}``: what links have in common; a link is
  ``[tie, target]`` or ``[tie, target, why]``.
* ``{"record": {...}, "in": 0}``: a record, with the numbers of entities in the place of fields that are entities. Hosts of a
  scan and answers of a query are records of their own, and ``in`` says in which record of the document they belong.
* ``{"end": {"entities": 9, "records": 1}, "warnings": [...]}``: all of it was written.

`expand` makes the objects of ``jsonl`` of it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii
from typing import Any

from decloak.core.entity import Entity, Link
from decloak.core.frames import parts_of
from decloak.core.result import Failure, RecordRow, Result
from decloak.core.serialise import asked_for, failure_output, places_output
from decloak.export.base import Shape
from decloak.export.json_text import dumps

__all__ = ["COMPACT"]

_BATCH = 512
"""Entities of one line."""
_MOST = 1 << 13
"""Keys that are remembered; one that was forgotten gets another number."""
_FOREVER = 1 << 62


@dataclass(frozen=True, slots=True)
class _Compact:
    """Lines that any number of documents share in their order."""

    name: str = "compact"
    description: str = "JSON lines of bounded size, with references in the place of repetitions"
    head: str = ""
    between: str = ""
    tail: str = ""
    distinct: str = ""

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield the lines of one document; never more than a record or a few entities is held."""
        yield f"{dumps({'id': result.id, 'source': result.source, 'offsets': shape.unit})}\n"
        entities = _Entities(result, shape)
        records = 0
        for part in parts_of(result.record_rows):
            records += 1
            yield from entities.up_to(_end(part.row))
            row: dict[str, Any] = {"record": entities.referred(part.row)}
            if part.frame is not None:
                row["in"] = part.frame
            yield f"{dumps(row)}\n"
        yield from entities.up_to(_FOREVER)
        end = {"end": {"entities": entities.count, "records": records}}
        yield f"{dumps(end | {'warnings': list(result.warnings)} | asked_for(result))}\n"

    def render_failure(self, failure: Failure) -> str:
        """Return the object that names the failure."""
        return dumps(failure_output(failure)) + "\n"


class _Entities:
    """Writes the entities of a document, and knows their numbers afterwards: 24 bytes for each."""

    def __init__(self, result: Result, shape: Shape) -> None:
        self._result, self._shape = result, shape
        self._left = iter(shape.entities(result))
        self._next = next(self._left, None)
        self._classes, self._ties = _Numbers(), _Numbers()
        self._starts, self._ends, self._values = array("q"), array("q"), array("q")

    @property
    def count(self) -> int:
        """How many were written."""
        return len(self._starts)

    def up_to(self, end: int) -> Iterator[str]:
        """Yield the lines of entities that begin before a place."""
        rows: list[str] = []
        while self._next is not None and self._next.start < end:
            entity = self._next
            self._next = next(self._left, None)
            number, is_new = self._classes.of(
                (entity.label, entity.confidence, entity.status, entity.evidence)
            )
            new = [_class(number, entity)] if is_new else []
            links = [self._link(link, new) for link in entity.links]
            if new:
                yield from _line(rows)
                yield from (f"{dumps(each)}\n" for each in new)
            rows.append(self._row(number, entity, links))
            self._starts.append(entity.start)
            self._ends.append(entity.end)
            self._values.append(hash(entity.value))
            if len(rows) == _BATCH:
                yield from _line(rows)
        yield from _line(rows)

    def _link(self, link: Link, new: list[dict[str, Any]]) -> list[int | str]:
        key = (link.relation, link.source, link.score, link.version)
        number, is_new = self._ties.of(key)
        if is_new:
            names = ("relation", "source", "score", "version")
            new.append({"tie": number} | dict(zip(names, key, strict=True)))
        return [number, link.target, link.why] if link.why else [number, link.target]

    def _row(self, number: int, entity: Entity, links: list[list[int | str]]) -> str:
        start, end = self._shape.offset(entity.start), self._shape.offset(entity.end)
        value = encode_basestring_ascii(entity.value).replace("\x7f", "\\u007f")
        more: dict[str, Any] = {}
        if entity.text != entity.value:
            more["text"] = entity.text
        if entity.obfuscation:
            more["obfuscation"] = list(entity.obfuscation)
        if entity.resembles is not None:
            more["resembles"] = entity.resembles
        if links:
            more["links"] = links
        more |= places_output(self._result, entity)
        rest = f", {dumps(more)}" if more else ""
        return f"[{number}, {start}, {end}, {value}{rest}]"

    def referred(self, record: RecordRow) -> dict[str, Any]:
        """Return a record with the numbers of entities in the place of fields that say the same."""
        made: dict[str, Any] = {}
        for key, value in record.items():
            if isinstance(value, list):
                made[key] = [
                    self.referred(each) if "kind" in each else self._field(each) for each in value
                ]
            else:
                made[key] = self._field(value) if isinstance(value, dict) else value
        return made

    def _field(self, field: dict[str, Any]) -> int | dict[str, Any]:
        start, end, value = field["start"], field["end"], field["value"]
        at = bisect_left(self._starts, start)
        while at < len(self._starts) and self._starts[at] == start:
            if self._ends[at] == end and self._values[at] == hash(value):
                return at
            at += 1
        return {"value": value, "start": self._shape.offset(start), "end": self._shape.offset(end)}


class _Numbers:
    """Gives each key a number when it first comes; of very many the first are forgotten."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], int] = {}
        self._given = 0

    def of(self, key: tuple[Any, ...]) -> tuple[int, bool]:
        """Return the number of a key, and whether it is a new one."""
        number = self._known.get(key)
        if number is not None:
            return number, False
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = self._given
        self._given += 1
        return self._given - 1, True


def _line(rows: list[str]) -> Iterator[str]:
    if rows:
        yield f'{{"entities": [{", ".join(rows)}]}}\n'
        rows.clear()


def _class(number: int, entity: Entity) -> dict[str, Any]:
    return {
        "class": number,
        "label": entity.label,
        "confidence": entity.confidence,
        "status": entity.status,
        "evidence": list(entity.evidence),
    }


def _end(record: RecordRow) -> int:
    """Return where the last field of a record ends."""
    end = 0
    for value in record.values():
        for each in value if isinstance(value, list) else (value,):
            if isinstance(each, dict):
                end = max(end, _end(each) if "kind" in each else each["end"])
    return end


COMPACT = _Compact()
