"""Compact schema: the JSON Schema of one line of compact output."""

from __future__ import annotations

from typing import Any

from decloak.core.facts import RECORDS, RecordKind

__all__ = ["compact_definitions"]

_OFFSET = {"type": "integer", "minimum": 0}
_WHERE = "#/$defs/entity/properties"


def compact_definitions() -> dict[str, Any]:
    """Return the definitions of compact lines; they refer to those of the output object."""
    lines = ("begin", "class", "tie", "entities", "record", "end")
    return {
        "compact": {
            "description": "What `decloak extract --format compact` writes on one line.",
            "oneOf": [
                {"$ref": "#/$defs/failure"},
                *({"$ref": f"#/$defs/compact_{each}"} for each in lines),
            ],
        },
        "compact_begin": _closed(
            {
                "id": {"type": "string"},
                "source": {"type": "string"},
                "offsets": {"$ref": "#/$defs/result/properties/offsets"},
            }
        ),
        "compact_class": _closed(
            {"class": _OFFSET | {"description": "What entities of this number have in common."}}
            | {
                name: {"$ref": f"{_WHERE}/{name}"}
                for name in ("label", "confidence", "status", "evidence")
            }
        ),
        "compact_tie": _closed(
            {"tie": _OFFSET | {"description": "What links of this number have in common."}}
            | {
                name: {"$ref": f"#/$defs/link/properties/{name}"}
                for name in ("relation", "source", "score", "version")
            }
        ),
        "compact_entities": _closed(
            {"entities": {"type": "array", "minItems": 1, "items": _entity()}}
        ),
        "compact_record": _closed(
            {"record": {"oneOf": [_ref(kind) for kind in RECORDS]}},
            {"in": _OFFSET | {"description": "How many records are before the one it belongs in."}},
        ),
        "compact_end": _closed(
            {
                "end": _closed({"entities": _OFFSET, "records": _OFFSET}),
                "warnings": {"$ref": "#/$defs/result/properties/warnings"},
            },
            {
                name: {"$ref": f"#/$defs/result/properties/{name}"}
                for name in ("ungrounded", "identification")
            },
        ),
        **{f"compact_record_{kind.name}": _record(kind) for kind in RECORDS.values()},
    }


def _closed(properties: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties | (optional or {}),
        "required": list(properties),
        "additionalProperties": False,
    }


def _entity() -> dict[str, Any]:
    some = ("text", "obfuscation", "resembles", "places")
    links = {
        "type": "array",
        "items": {
            "type": "array",
            "description": "tie, target, and why where there is a reason",
            "prefixItems": [_OFFSET, {"type": "string"}, {"type": "string"}],
            "minItems": 2,
            "items": False,
        },
    }
    return {
        "type": "array",
        "description": "class, start, end, value, and what only some have",
        "prefixItems": [
            _OFFSET,
            _OFFSET,
            _OFFSET,
            {"type": "string"},
            _closed({}, {name: {"$ref": f"{_WHERE}/{name}"} for name in some} | {"links": links}),
        ],
        "minItems": 4,
        "items": False,
    }


def _ref(kind: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/compact_record_{kind}"}


def _record(kind: RecordKind) -> dict[str, Any]:
    field = {
        "description": "The number of the entity that says the same, else the field itself.",
        "oneOf": [_OFFSET, {"$ref": "#/$defs/field"}],
    }
    held = {
        each.plural: {"type": "array", "items": _ref(each.name)}
        for each in RECORDS.values()
        if each.plural
    }
    many = {name: {"type": "array", "items": field} for name in kind.many}
    return _closed({"kind": {"const": kind.name}}, dict.fromkeys(kind.one, field) | many | held)
