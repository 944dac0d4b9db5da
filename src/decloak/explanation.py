"""Explanation: what every stage did about one place of a text, or about every entity.

For the command line and the service.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from decloak.core.alignment import Edit
from decloak.core.document import Decoded, Document
from decloak.core.entity import Entity
from decloak.core.errors import InputError, SettingsError
from decloak.core.facts import Fact, Facts, Segment
from decloak.core.places import places
from decloak.options import Settings
from decloak.pipeline import Pipeline

__all__ = ["check_place", "explaining", "explanation", "explanations", "offset_of"]

S = TypeVar("S", Edit, Entity)
_AT = re.compile(r"([0-9]{1,9}):([0-9]{1,9})")


def explaining(settings: Settings) -> Settings:
    """Return the settings of a pipeline that explains: what is not accepted, and parts of entities, are told."""
    return settings.updated(review=True, nested=True)


def check_place(at: str) -> tuple[int, int]:
    """Return the line and the column that a text names, both from 1.

    Raises:
        SettingsError: when it looks like none.
    """
    found = _AT.fullmatch(at)
    if found is None:
        message = f"at {at[:100]}: it looks like LINE:COLUMN, both from 1, such as 12:5"
        raise SettingsError(message)
    return int(found[1]), int(found[2])


def offset_of(text: str, line: int, column: int) -> int:
    """Return the offset of a place; line and column from 1.

    Raises:
        InputError: when there is no such place.
    """
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
        if not start:
            message = f"there is no line {line}; the last one is {text.count(chr(10)) + 1}"
            raise InputError(message)
    end = text.find("\n", start)
    width = (len(text) if end < 0 else end) - start
    if not 1 <= column <= max(width, 1) or not text:
        message = f"line {line} has {width} columns"
        raise InputError(message)
    return start + column - 1


def explanation(pipeline: Pipeline, document: Document, offset: int) -> dict[str, Any]:
    """Return what every stage did about a place.

    Args:
        pipeline: with settings of `explaining`.
        document: the text.
        offset: of a code point in it.
    """
    text = document.text
    [(line, column)] = places(text, [offset])
    decoded, segments, facts, _ = pipeline.read(document)
    result = pipeline.run(document)
    here = decoded.alignment.to_decoded(offset, min(offset + 1, len(text)))
    return {
        "id": document.id,
        "line": line,
        "column": column,
        "offset": offset,
        "edits": [_edit(text, each) for each in decoded.edits if _covers(each, offset)],
        "readable": None if here is None else _around(decoded, here),
        "segment": None if here is None else _segment(segments, here),
        "facts": []
        if here is None
        else [_fact(decoded, facts, each) for each in _facts(facts, here)],
        "entities": [_entity(each) for each in result.all_entities if _covers(each, offset)],
        "warnings": list(result.warnings),
    }


def explanations(pipeline: Pipeline, document: Document) -> dict[str, Any]:
    """Return every candidate and every edit of a document, with its place and what became of it.

    Args:
        pipeline: with settings of `explaining`.
        document: the text.
    """
    result = pipeline.run(document)
    return {
        "id": document.id,
        "edits": list(_placed(document.text, result.edits, _edit)),
        "entities": list(
            _placed(document.text, result.all_entities, lambda _, entity: _entity(entity))
        ),
        "warnings": list(result.warnings),
    }


def _placed(
    text: str, spans: Sequence[S], told: Callable[[str, S], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    at = places(text, [each.start for each in spans])
    for each, (line, column) in zip(spans, at, strict=True):
        place = {"line": line, "column": column, "start": each.start, "end": each.end}
        yield place | told(text, each)


def _covers(span: Edit | Entity, offset: int) -> bool:
    return span.start <= offset < max(span.end, span.start + 1)


def _edit(text: str, edit: Edit) -> dict[str, Any]:
    return {
        "family": edit.family,
        "decoder": edit.decoder,
        "before": text[edit.start : edit.end],
        "after": edit.replacement,
        "confidence": edit.confidence,
        "reason": edit.reason,
    }


def _around(decoded: Decoded, here: tuple[int, int]) -> str:
    """Return the line of the readable text that a place is in."""
    start = decoded.text.rfind("\n", 0, here[0]) + 1
    end = decoded.text.find("\n", here[0])
    return decoded.text[start : len(decoded.text) if end < 0 else end]


def _segment(segments: Iterable[Segment], here: tuple[int, int]) -> dict[str, Any] | None:
    for each in segments:
        if each.start <= here[0] < each.end:
            return {"source": each.source, "layout": each.layout, "confidence": each.confidence}
    return None


def _facts(facts: Facts, here: tuple[int, int]) -> Iterator[Fact]:
    for fact in facts.span(0, len(facts)):
        if fact.start <= here[0] < fact.end:
            yield fact


def _fact(decoded: Decoded, facts: Facts, fact: Fact) -> dict[str, Any]:
    value = decoded.text[fact.start : fact.end] if fact.value is None else fact.value
    kind = facts.kinds[fact.record] if fact.record >= 0 else None
    return {
        "field": fact.field,
        "record": kind,
        "label": fact.label,
        "origin": fact.origin,
        "value": value,
    }


def _entity(entity: Entity) -> dict[str, Any]:
    return {
        "label": entity.label,
        "text": entity.text,
        "value": entity.value,
        "status": entity.status.value,
        "confidence": entity.confidence,
        "evidence": list(entity.evidence),
        "obfuscation": list(entity.obfuscation),
        "resembles": entity.resembles,
        "links": [f"{link.relation} {link.target} ({link.source})" for link in entity.links],
    }
