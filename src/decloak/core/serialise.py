"""Serialise: results as plain dictionaries, and back.

Two forms. The *output* is the contract with whoever reads decloak's JSON: fixed keys in a fixed
order, offsets in the unit that was asked for. The *dump* keeps everything, the raw text and the
edits too, so that ``load(dump(result)) == result``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any

from decloak.core.alignment import Edit
from decloak.core.entity import Entity, Link, Status
from decloak.core.result import Failure, RecordRow, Result

__all__ = [
    "Convert",
    "asked_for",
    "dump",
    "edit_output",
    "entity_output",
    "failure_output",
    "load",
    "places_output",
    "record_output",
    "result_output",
]

Convert = Callable[[int], int]
"""From a code-point offset to an offset in the unit of the output."""


def result_output(
    result: Result, *, review: bool = False, convert: Convert | None = None, unit: str = "codepoint"
) -> dict[str, Any]:
    """Return one output object.

    Args:
        result: what was found.
        review: also give what was held back.
        convert: from code points to `unit`; None for code points.
        unit: the name of the unit, as it stands in the output.
    """
    entities = result.all_entities if review else result.entities
    return {
        "id": result.id,
        "source": result.source,
        "entities": [
            entity_output(entity, convert) | places_output(result, entity) for entity in entities
        ],
        "records": [record_output(record, convert) for record in result.record_rows],
        "warnings": list(result.warnings),
        "offsets": unit,
    } | asked_for(result)


def asked_for(result: Result) -> dict[str, Any]:
    """Return the keys of an output object that stand there only where they were asked for."""
    keys: dict[str, Any] = {}
    if result.ungrounded is not None:
        keys["ungrounded"] = list(result.ungrounded)
    if result.identification is not None:
        keys["identification"] = result.identification
    return keys


def entity_output(entity: Entity, convert: Convert | None = None) -> dict[str, Any]:
    """Return one entity of an output object."""
    return {
        "label": entity.label,
        "text": entity.text,
        "start": convert(entity.start) if convert else entity.start,
        "end": convert(entity.end) if convert else entity.end,
        "value": entity.value,
        "confidence": entity.confidence,
        "status": entity.status.value,
        "evidence": list(entity.evidence),
        "obfuscation": list(entity.obfuscation),
        "resembles": entity.resembles,
        "links": [asdict(link) for link in entity.links],
    }


def places_output(result: Result, entity: Entity) -> dict[str, Any]:
    """Return what an entity of an output object has besides when its text was made from a source."""
    if result.source_map is None:
        return {}
    return {"places": [dict(place) for place in result.source_map.places(entity.start, entity.end)]}


def record_output(record: RecordRow, convert: Convert | None = None) -> RecordRow:
    """Return a record with the offsets of its fields converted, at every depth."""
    if convert is None:
        return record
    return {key: _field_output(value, convert) for key, value in record.items()}


def _field_output(value: Any, convert: Convert) -> Any:
    if isinstance(value, dict):
        return {
            key: convert(inner)
            if key in {"start", "end"} and isinstance(inner, int)
            else _field_output(inner, convert)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_field_output(inner, convert) for inner in value]
    return value


def failure_output(failure: Failure) -> dict[str, Any]:
    """Return what stands in the output in place of a document that could not be processed."""
    error: dict[str, Any] = {"type": failure.error, "message": failure.message}
    if failure.trace:
        error["trace"] = list(failure.trace)
    return {"id": failure.id, "error": error}


def edit_output(edit: Edit) -> dict[str, Any]:
    """Return one edit as a dictionary."""
    return {
        "start": edit.start,
        "end": edit.end,
        "replacement": edit.replacement,
        "family": edit.family,
        "decoder": edit.decoder,
        "confidence": edit.confidence,
        "reason": edit.reason,
        "reversed": edit.reversed,
    }


def dump(result: Result) -> dict[str, Any]:
    """Return everything a result holds as JSON values, in code points."""
    return {
        "id": result.id,
        "source": result.source,
        "text": result.text,
        "entities": [
            entity_output(entity) | {"decoded": entity.decoded} for entity in result.all_entities
        ],
        "records": list(result.record_rows),
        "warnings": list(result.warnings),
        "edits": [edit_output(edit) for edit in result.edits],
    } | asked_for(result)


def load(state: dict[str, Any]) -> Result:
    """Return the result that `dump` made a dictionary of.

    Raises:
        KeyError: when something is missing.
        ValueError: when a status is unknown.
    """
    return Result(
        id=state["id"],
        source=state["source"],
        text=state["text"],
        all_entities=tuple(_entities(state["entities"])),
        record_rows=tuple(state["records"]),
        warnings=tuple(state["warnings"]),
        edits=tuple(Edit(**edit) for edit in state["edits"]),
        identification=state.get("identification"),
        ungrounded=tuple(state["ungrounded"]) if "ungrounded" in state else None,
    )


def _entities(rows: Iterable[dict[str, Any]]) -> Iterator[Entity]:
    for row in rows:
        yield Entity(
            label=row["label"],
            start=row["start"],
            end=row["end"],
            text=row["text"],
            decoded=row["decoded"],
            value=row["value"],
            confidence=row["confidence"],
            status=Status(row["status"]),
            evidence=tuple(row["evidence"]),
            obfuscation=tuple(row["obfuscation"]),
            resembles=row["resembles"],
            links=tuple(Link(**link) for link in row["links"]),
        )
