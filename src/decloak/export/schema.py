"""Schema: the JSON Schema of one output object, made from the tables of labels and records."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from decloak.core.entity import Link, Status
from decloak.core.facts import RECORDS, RecordKind
from decloak.core.labels import LABELS
from decloak.export.compact_schema import compact_definitions
from decloak.export.offsets import UNITS

__all__ = ["output_schema"]

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_OFFSET = {"type": "integer", "minimum": 0}


def output_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) of one line of JSON-lines output.

    A line is a result, or the error that stands in place of one.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "decloak output object",
        "description": "What `decloak extract --format jsonl` writes for one document.",
        "oneOf": [{"$ref": "#/$defs/result"}, {"$ref": "#/$defs/failure"}],
        "$defs": {
            "result": _object(
                {
                    "id": _TEXT | {"description": "The path, the row's id, or - for stdin."},
                    "source": _TEXT | {"description": "Which tool wrote most of the text."},
                    "entities": {
                        "type": "array",
                        "items": {"$ref": "#/$defs/entity"},
                        "description": "Sorted by (start, end).",
                    },
                    "records": {
                        "type": "array",
                        "items": {"oneOf": [_ref(kind) for kind in RECORDS]},
                        "description": "The entities that belong together.",
                    },
                    "warnings": _TEXTS,
                    "offsets": {"enum": list(UNITS), "description": "Unit of every start and end."},
                },
                optional={
                    "ungrounded": {
                        "type": "array",
                        "items": {"$ref": "#/$defs/ungrounded"},
                        "description": "What a language model named and the text does not hold "
                        "(with --llm and --review).",
                    },
                    "identification": {
                        "$ref": "#/$defs/identification",
                        "description": "What a language model wrote, by round (with --llm and llm.trace).",
                    },
                },
            ),
            "failure": _object(
                {
                    "id": _TEXT,
                    "error": _object(
                        {"type": _TEXT, "message": _TEXT},
                        optional={"trace": _TEXTS | {"description": "Where a bug happened."}},
                    ),
                }
            ),
            "entity": _entity(),
            "ungrounded": _object(
                {"label": {"enum": list(LABELS)}, "text": _TEXT, "origin": _TEXT, "reason": _TEXT}
            ),
            "identification": _identification(),
            "link": _object(
                {each.name: _TEXT for each in fields(Link)}
                | {"score": {"type": "number", "minimum": 0, "maximum": 1}}
            ),
            "field": _object({"value": _TEXT, "start": _OFFSET, "end": _OFFSET}),
            **{f"record_{kind.name}": _record(kind) for kind in RECORDS.values()},
            **compact_definitions(),
        },
    }


def _object(properties: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the schema of an object that has exactly these keys, and perhaps the optional ones."""
    return {
        "type": "object",
        "properties": properties | (optional or {}),
        "required": list(properties),
        "additionalProperties": False,
    }


def _identification() -> dict[str, Any]:
    tokens = {"prompt_tokens": _OFFSET, "completion_tokens": _OFFSET}
    removed = {
        "sentence": _TEXT | {"description": "Taken out of what the model said in this round."},
        "reason": {"enum": ["ungrounded", "instruction"]},
        "ungrounded": _TEXTS | {"description": "What it names and the text does not hold."},
    }
    round_ = {
        "narrative": _TEXT
        | {"description": "As it stands after this round; the text holds all that it names."},
        "removed": {"type": "array", "items": _object(removed)},
        "omissions": _TEXTS | {"description": "What it leaves out."},
        "usage": _object(tokens),
    }
    return _object(
        {
            "template": _TEXT | {"description": "source-category@version, comma-separated."},
            "rounds": {"type": "array", "items": _object(round_)},
            "added": _TEXTS | {"description": "Sentences added without the model."},
        }
    )


def _entity() -> dict[str, Any]:
    return _object(
        {
            "label": {"enum": list(LABELS)},
            "text": {"type": "string", "minLength": 1, "description": "raw[start:end]"},
            "start": _OFFSET,
            "end": _OFFSET | {"description": "Exclusive."},
            "value": _TEXT | {"description": "The canonical form."},
            "confidence": {"type": "number", "minimum": 0, "maximum": 1},
            "status": {"enum": [*Status]},
            "evidence": _TEXTS | {"description": "Who says so and why, strongest first."},
            "obfuscation": _TEXTS | {"description": "The disguises that were undone or seen."},
            "resembles": {"type": ["string", "null"]},
            "links": {"type": "array", "items": {"$ref": "#/$defs/link"}},
        },
        optional={
            "places": {
                "type": "array",
                "items": {"type": "object"},
                "description": "Where in the page, cell, element or part it stands; only where a "
                "reader made the text (docs/readers.md).",
            }
        },
    )


def _ref(kind: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/record_{kind}"}


def _record(kind: RecordKind) -> dict[str, Any]:
    """Return the schema of one kind of record: its fields, and children of any kind."""
    field = {"$ref": "#/$defs/field"}
    children = {
        child.plural: {"type": "array", "items": _ref(child.name)}
        for child in RECORDS.values()
        if child.plural
    }
    return {
        "type": "object",
        "properties": {
            "kind": {"const": kind.name},
            **dict.fromkeys(kind.one, field),
            **{name: {"type": "array", "items": field} for name in kind.many},
            **children,
        },
        "required": ["kind"],
        "additionalProperties": False,
    }
