"""OpenAPI: what the routes take and give, beyond what their signatures say."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from decloak.export.schema import output_schema
from decloak.options import options_schema
from decloak.readers.registry import names as reader_names
from decloak.serve.errors import ErrorBody
from decloak.serve.formats import FORMATS
from decloak.serve.metrics import CONTENT_TYPE_LATEST
from decloak.serve.schemas import OPEN, DecodedText, Explained, ExplainedPlace, ExtractRequest
from decloak.sources.detect import known_sources

__all__ = [
    "DECODED",
    "DOCUMENTS",
    "ERRORS",
    "EXPLAINED",
    "EXPLANATIONS",
    "FORMATTED",
    "METRICS",
    "describe",
]

_TEXT = "Seen: 198[.]51[.]100[.]7"
_AT = "#/components/schemas/"
_OPTIONS = {"$ref": _AT + "Options"}
_RETRY = {
    "Retry-After": {
        "description": "seconds to wait",
        "schema": {"type": "integer", "minimum": 1},
        "required": True,
    }
}
_BEARER = {"WWW-Authenticate": {"schema": {"type": "string"}, "required": True}}

ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody, "description": text}
    for status, text in (
        (400, "The request cannot be read"),
        (401, "A token is needed"),
        (403, "The token, or an option, does not allow this"),
        (406, "No format that the client accepts"),
        (408, "The body did not come in time"),
        (413, "The request is too long"),
        (415, "The bytes are not text"),
        (422, "An unknown name, or a value out of range"),
        (429, "As many jobs wait as may"),
        (500, "A bug, or a resource ran out"),
        (501, "A program or an extra that this needs is not installed"),
        (507, "The disk is full"),
    )
}
"""Of every route."""
ERRORS[401]["headers"], ERRORS[429]["headers"] = _BEARER, _RETRY

DOCUMENTS: dict[str, Any] = {
    "parameters": [
        {
            "name": "id",
            "in": "query",
            "description": "name in the answer of what has no name of its own",
            "schema": {"type": "string", "maxLength": 1_000, "default": "-"},
        },
        {
            "name": "options",
            "in": "query",
            "description": "options; those in the body go before them",
            "content": {"application/json": {"schema": _OPTIONS}},
        },
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": _AT + "ExtractRequest"}},
            "text/plain": {"schema": {"type": "string"}, "example": _TEXT},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {
                            "type": "array",
                            "minItems": 1,
                            "items": {"type": "string", "format": "binary"},
                            "description": "files of any format that decloak reads",
                        },
                        "options": _OPTIONS,
                        "include_text": {"type": "boolean", "default": False},
                    },
                    "required": ["file"],
                    "additionalProperties": False,
                },
            },
        },
    },
}
"""What a route takes that works on documents."""


EXPLAINED: dict[str, Any] = DOCUMENTS | {
    "parameters": [
        *DOCUMENTS["parameters"],
        {
            "name": "at",
            "in": "query",
            "description": "LINE:COLUMN of the place to explain, both from 1; every decision without it",
            "schema": {"type": "string", "pattern": "^[0-9]{1,9}:[0-9]{1,9}$"},
            "example": "1:7",
        },
    ]
}
"""The same, of what explains."""


def _results(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "results": {
                "type": "array",
                "items": item,
                "description": "one of each document, in their order",
            }
        },
        "required": ["results"],
        "additionalProperties": False,
    }


def _answer(*names: str) -> dict[int | str, dict[str, Any]]:
    """Return the description of an answer of JSON alone."""
    item = {"anyOf": [{"$ref": _AT + name} for name in (*names, "Failure")]}
    content = {"application/json": {"schema": _results(item)}}
    return {200: {"description": "One answer per document", "content": content}}


_ITEM = {"anyOf": [{"$ref": _AT + name} for name in ("Result", "ShownResult", "Failure")]}
_EXAMPLE = {
    "results": [
        {
            "id": "-",
            "source": "prose",
            "entities": [
                {
                    "label": "IP_ADDRESS", "text": "198[.]51[.]100[.]7", "start": 6, "end": 24,
                    "value": "198.51.100.7", "confidence": 0.99, "status": "accepted",
                    "evidence": ["ipv4"], "obfuscation": ["defang"], "resembles": None, "links": [],
                }
            ],
            "records": [],
            "warnings": [],
            "offsets": "codepoint",
        }
    ]
}  # fmt: skip
_SCHEMAS: dict[str, dict[str, Any]] = {
    "application/json": {"schema": _results(_ITEM), "example": _EXAMPLE},
    "application/x-ndjson": {
        "schema": {
            "type": "string",
            "description": "a line of JSON per document, in their order, as they are done",
        }
    },
    "application/stix+json;version=2.1": {
        "schema": {"type": "object", "description": "a bundle of all documents"}
    },
    "application/vnd.misp+json": {"schema": {"type": "object", "description": "a MISP event"}},
}
FORMATTED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "In the format that the client prefers",
        "content": {
            each.media: _SCHEMAS.get(each.media, {"schema": {"type": "string"}}) for each in FORMATS
        },
    }
}
DECODED = _answer("DecodedText")
EXPLANATIONS = _answer("ExplainedPlace", "Explained")
METRICS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Prometheus' text format",
        "content": {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}},
    }
}


def describe(app: FastAPI, *, tokens: bool) -> None:
    """Let an app describe itself fully at ``/openapi.json``.

    Args:
        app: with all its routes.
        tokens: whether it asks for them.
    """

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                routes=app.routes,
            )
            parts = made.setdefault("components", {})
            parts.setdefault("schemas", {}).update(_components())
            if tokens:
                parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
                for path, methods in made["paths"].items():
                    for each in methods.values() if path.startswith(("/v1/", "/metrics")) else ():
                        each["security"] = [{"token": []}]
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign] # FastAPI's own way to extend it


def _components() -> dict[str, Any]:
    """Return the schemas that no signature names: the library's own, under the names of this page."""
    made = _options()
    for model in (ExtractRequest, DecodedText, Explained, ExplainedPlace):
        schema = model.model_json_schema(ref_template=_AT + "{model}")
        made |= schema.pop("$defs", {})
        made[model.__name__] = schema
    made["ExtractRequest"]["properties"]["options"] = _OPTIONS
    given = output_schema()["$defs"]
    for name, schema in given.items():
        if not name.startswith("compact"):
            made[_title(name)] = _moved(schema)
    result, edit = made["Result"], {"type": "array", "prefixItems": _EDIT, "minItems": len(_EDIT)}
    made["ShownResult"] = result | {
        "properties": result["properties"]
        | {"text": {"type": "string"}, "edits": {"type": "array", "items": edit}},
        "required": [*result["required"], "text", "edits"],
        "description": "With `include_text`.",
    }
    return made


_EDIT = [
    {"type": "integer", "description": "start"},
    {"type": "integer", "description": "end, exclusive"},
    {"type": "string", "description": "replacement"},
    {"type": "string", "description": "family"},
    {"type": "string", "description": "reason"},
    {"type": "number", "description": "confidence"},
]


def _options() -> dict[str, Any]:
    """Return the schemas of the options that a request may set."""
    whole = options_schema()
    definitions = whole["$defs"]
    groups: dict[str, Any] = {}
    made: dict[str, Any] = {}
    for group, schema in whole["properties"].items():
        name = schema.get("$ref", "").rpartition("/")[2]
        inside = definitions.get(name, {}).get("properties", {})
        kept = {key: each for key, each in inside.items() if f"{group}.{key}" in OPEN}
        if kept:
            made[name] = _moved(
                {"type": "object", "properties": kept, "additionalProperties": False}
            )
            groups[group] = {"$ref": _AT + name}
    reading = made["ReadingSettings"]["properties"]
    reading["reader"] |= {"enum": [None, *reader_names()]}
    reading["source"] |= {"enum": [None, *known_sources()]}
    made["LabelGroup"] = definitions["LabelGroup"]
    made["Options"] = {
        "type": "object",
        "properties": groups,
        "additionalProperties": False,
        "description": "What `decloak options` lists, less what opens a file or a connection.",
    }
    return made


def _title(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))


def _moved(schema: Any) -> Any:
    """Return a schema whose references lead to the components; sets are lists of names, at least one."""
    if isinstance(schema, dict):
        if schema.get("uniqueItems"):  # said twice is no error
            schema = {key: each for key, each in schema.items() if key != "uniqueItems"}
            schema["minItems"] = 1
        return {
            key: _AT + (name if (name := each.rpartition("/")[2])[:1].isupper() else _title(name))
            if key == "$ref"
            else _moved(each)
            for key, each in schema.items()
        }
    return [_moved(each) for each in schema] if isinstance(schema, list) else schema
