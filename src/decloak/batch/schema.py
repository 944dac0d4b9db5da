"""Schema: rows of JSON as tables. Version 1; what is written is in docs/batch.md.

Nested: a row per document. Flat: a row per document or failure, and one per entity and per field of a record.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # heavy
    import pyarrow as pa

__all__ = ["VERSION", "flat_rows", "flat_schema", "nested_row", "nested_schema"]

VERSION = 1
_NAME = b"decloak.schema"
_ENTITY = (
    "label", "text", "start", "end", "value", "confidence", "status", "evidence", "obfuscation",
    "resembles",
)  # fmt: skip
_LINK = ("relation", "target", "source", "score", "version", "why")
_DOCUMENT = frozenset({"id", "source", "entities", "records", "warnings", "offsets"})

Row = dict[str, Any]


def nested_schema() -> pa.Schema:
    """Return the columns of a document."""
    import pyarrow as pa  # noqa: PLC0415 - heavy

    text, place, number = pa.string(), pa.int64(), pa.int32()
    entity = pa.struct([*_entity(pa)])
    field = pa.struct([("name", text), ("value", text), ("start", place), ("end", place)])
    record = pa.struct(
        [
            ("record", number),
            ("parent", number),
            ("under", text),
            ("kind", text),
            ("fields", pa.list_(field)),
        ]
    )
    columns = [
        ("id", text),
        ("source", text),
        ("error", text),
        ("message", text),
        ("entities", pa.list_(entity)),
        ("records", pa.list_(record)),
        ("warnings", pa.list_(text)),
        ("more", text),
    ]
    return pa.schema(columns, {_NAME: f"nested/{VERSION}".encode()})


def flat_schema() -> pa.Schema:
    """Return the columns of a row that is a document, a failure, an entity or a field."""
    import pyarrow as pa  # noqa: PLC0415 - heavy

    text = pa.string()
    columns = [
        ("row", text),
        ("id", text),
        ("source", text),
        *_entity(pa),
        ("record", pa.int32()),
        ("parent", pa.int32()),
        ("under", text),
        ("kind", text),
        ("field", text),
        ("error", text),
        ("message", text),
        ("warnings", pa.list_(text)),
    ]
    return pa.schema(columns, {_NAME: f"flat/{VERSION}".encode()})


def _entity(pa: Any) -> Iterator[tuple[str, Any]]:
    text, texts, place = pa.string(), pa.list_(pa.string()), pa.int64()
    kinds = {
        "start": place, "end": place, "confidence": pa.float64(), "score": pa.float64(),
        "evidence": texts, "obfuscation": texts,
    }  # fmt: skip
    link = pa.struct([*((name, kinds.get(name, text)) for name in _LINK), ("more", text)])
    yield from ((name, kinds.get(name, text)) for name in _ENTITY)
    yield "links", pa.list_(link)
    yield "more", text


def nested_row(row: Row) -> Row:
    """Return the row of a document or failure in the columns of `nested_schema`.

    Args:
        row: an output object, as JSON values.
    """
    made: Row = {"id": row["id"], "source": row.get("source"), **_error(row)}
    if "error" not in row:
        made["entities"] = [_entity_row(entity) for entity in row["entities"]]
        made["records"] = [
            {"record": index, "parent": parent, "under": under, "kind": kind, "fields": fields}
            for index, parent, under, kind, fields in _records(row["records"])
        ]
        made["warnings"] = row["warnings"]
        made["more"] = _rest(row, _DOCUMENT)
    return made


def flat_rows(row: Row) -> Iterator[Row]:
    """Yield the rows of a document or failure in the columns of `flat_schema`."""
    if "error" in row:
        yield {"row": "failure", "id": row["id"], **_error(row)}
        return
    whose = {"id": row["id"], "source": row["source"]}
    more = _rest(row, _DOCUMENT)
    yield {"row": "document", **whose, "warnings": row["warnings"], "more": more}
    for entity in row["entities"]:
        yield {"row": "entity", **whose, **_entity_row(entity)}
    for index, parent, under, kind, fields in _records(row["records"]):
        of = {"record": index, "parent": parent, "under": under, "kind": kind}
        for each in fields or ({},):  # a record without fields is one too
            place = {"value": each.get("value"), "start": each.get("start"), "end": each.get("end")}
            yield {"row": "field", **whose, **of, "field": each.get("name"), **place}


def _error(row: Row) -> Row:
    error = row.get("error")
    if error is None:
        return {}
    more = _rest(error, frozenset({"type", "message"}))
    return {"error": error["type"], "message": error["message"], "more": more}


def _entity_row(entity: Row) -> Row:
    made = {name: entity[name] for name in _ENTITY}
    made["links"] = [
        {name: link.get(name) for name in _LINK} | {"more": _rest(link, frozenset(_LINK))}
        for link in entity["links"]
    ]
    made["more"] = _rest(entity, _KNOWN)
    return made


_KNOWN = frozenset({*_ENTITY, "links"})


def _rest(row: Row, known: frozenset[str]) -> str | None:
    """Return what has no column, as JSON; None where there is nothing."""
    rest = {key: value for key, value in row.items() if key not in known}
    return json.dumps(rest) if rest else None


def _records(records: list[Row]) -> Iterator[tuple[int, int | None, str | None, str, list[Row]]]:
    """Yield every record of a document, those within others after them: number, parent, its list there."""
    waiting: list[tuple[Row, int | None, str | None]] = [
        (record, None, None) for record in reversed(records)
    ]
    number = 0
    while waiting:
        record, parent, under = waiting.pop()
        fields: list[Row] = []
        below: list[tuple[Row, int | None, str | None]] = []
        for name, value in record.items():
            if name == "kind":
                continue
            for each in value if isinstance(value, list) else (value,):
                if "kind" in each:
                    below.append((each, number, name))
                else:
                    fields.append({"name": name, **each})
        yield number, parent, under, record["kind"], fields
        waiting += reversed(below)
        number += 1
