"""JSON: one object per result, as JSON lines or as one array.

Everything outside ASCII is escaped, so that no control character, no bidirectional control and no
lone surrogate of a hostile text reaches the terminal or breaks a strict reader.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import Any

from decloak.core import native
from decloak.core.entity import Entity, Link, Status
from decloak.core.result import Failure, RecordRow, Result
from decloak.core.serialise import Convert, asked_for, failure_output, places_output, record_output
from decloak.export.base import Shape

__all__ = ["JSON", "JSONL", "dumps"]

_BATCH = 512
"""Entities or records that become one piece of text."""

_encode = json.JSONEncoder(ensure_ascii=True, check_circular=False).encode


def dumps(value: Any) -> str:
    """Return a JSON value on one line, in ASCII; DEL is escaped too, as terminals act on it."""
    text = _encode(value)
    return text.replace("\x7f", "\\u007f") if "\x7f" in text else text


@dataclass(frozen=True, slots=True)
class _Json:
    """The output object of every result, written piece by piece."""

    name: str
    description: str
    head: str
    between: str
    tail: str
    end: str
    distinct: str = ""

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield the object of `decloak.core.serialise.result_output`, a batch at a time."""
        yield f'{{"id": {dumps(result.id)}, "source": {dumps(result.source)}, "entities": ['
        convert = shape.convert
        entities = shape.entities(result)
        for start in range(0, len(entities), _BATCH):
            batch = entities[start : start + _BATCH]
            yield (", " if start else "") + _entities(result, batch, convert)
        yield '], "records": ['
        for start in range(0, len(result.record_rows), _BATCH):
            records = [
                record_output(item, convert) for item in result.record_rows[start : start + _BATCH]
            ]
            yield (", " if start else "") + _plain(records)[1:-1]
        warnings, unit = dumps(list(result.warnings)), dumps(shape.unit)
        yield f'], "warnings": {warnings}, "offsets": {unit}'
        for key, value in asked_for(result).items():
            yield f', "{key}": {dumps(value)}'
        yield f"}}{self.end}"

    def render_failure(self, failure: Failure) -> str:
        """Return the object that names the failure."""
        return dumps(failure_output(failure)) + self.end


def _entities(result: Result, batch: Sequence[Entity], convert: Convert | None) -> str:
    """Return the JSON objects of some entities, with commas between."""
    if result.source_map is None and native.extension is not None:
        written: str | None = native.extension.json_entities(Entity, Link, batch, convert)
        if written is not None:
            return written
    rows = [_entity(entity, convert) for entity in batch]
    if result.source_map is not None:
        rows = [
            _placed(row, places_output(result, entity))
            for row, entity in zip(rows, batch, strict=True)
        ]
    return ", ".join(rows)


def _plain(records: list[RecordRow]) -> str:
    """Return ``dumps(records)``."""
    if native.extension is not None:
        written: str | None = native.extension.json_value(records)
        if written is not None:
            return written
    return dumps(records)


def _entity(entity: Entity, convert: Convert | None) -> str:
    """Return ``dumps(entity_output(entity, convert))``, several times faster.

    There are millions of entities, and few values of all that is written besides text and place.
    """
    start, end, text, value = entity.start, entity.end, entity.text, entity.value
    if convert is not None:
        start, end = convert(start), convert(end)
    surface = _string(text)
    meaning = surface if value == text else _string(value)
    rest = _rest(
        entity.confidence, entity.status, entity.evidence, entity.obfuscation, entity.resembles
    )
    tied = f"[{', '.join(map(_link, entity.links))}]" if entity.links else "[]"
    return (
        f'{{"label": "{entity.label}", "text": {surface}, "start": {start}, "end": {end}, '
        f'"value": {meaning}, {rest}, "links": {tied}}}'
    )


def _placed(row: str, places: dict[str, Any]) -> str:
    """Return the JSON object of an entity with more keys at its end."""
    return f"{row[:-1]}, {dumps(places)[1:]}"


@lru_cache(maxsize=4096, typed=True)
def _rest(
    confidence: float,
    status: Status,
    evidence: tuple[str, ...],
    obfuscation: tuple[str, ...],
    resembles: str | None,
) -> str:
    """Return the keys of an entity from ``confidence`` to the links, without the braces."""
    return dumps(
        {
            "confidence": confidence,
            "status": status,
            "evidence": evidence,
            "obfuscation": obfuscation,
            "resembles": resembles,
        }
    )[1:-1]


def _link(link: Link) -> str:
    """Return ``dumps(asdict(link))``: what a link points to is mostly new, and the rest of it mostly not."""
    return (
        f'{{"relation": {_string(link.relation)}, "target": {_string(link.target)}, '
        f'{_said(link.source, link.score, link.version)}, "why": {_string(link.why)}}}'
    )


@lru_cache(maxsize=1024, typed=True)
def _said(source: str, score: float, version: str) -> str:
    return dumps({"source": source, "score": score, "version": version})[1:-1]


def _string(text: str) -> str:
    shown = encode_basestring_ascii(text)
    return shown.replace("\x7f", "\\u007f") if "\x7f" in shown else shown


JSONL = _Json("jsonl", "JSON lines: one object per document", "", "", "", end="\n")
JSON = _Json("json", "one JSON array with an object per document", "[\n", ",\n", "\n]\n", end="")
