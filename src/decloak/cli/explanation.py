"""`decloak explain`: what every stage did about one place of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from decloak.cli.output import open_output
from decloak.core.alignment import Edit
from decloak.core.document import Decoded, Document
from decloak.core.entity import Entity
from decloak.core.errors import InputError, SettingsError
from decloak.core.facts import Fact, Facts, Segment
from decloak.core.places import places
from decloak.core.result import Failure
from decloak.export.json_text import dumps
from decloak.export.sanitise import sanitise
from decloak.options import Settings
from decloak.pipeline import Pipeline
from decloak.readers import read
from decloak.readers.settings import read_options

__all__ = ["explain", "explanation"]

_AT = re.compile(r"([0-9]{1,9}):([0-9]{1,9})")
_WIDEST = 100


def explain(path: str, at: str, form: str, settings: Settings) -> int:
    """Write what every stage did about a place and return the exit code.

    Raises:
        SettingsError: when the place looks like none.
        InputError: when there is no such place, or more than one document.
        DecloakError: when the file cannot be read.
    """
    found = _AT.fullmatch(at)
    if found is None:
        message = f"--at {at}: it looks like LINE:COLUMN, both from 1, such as 12:5"
        raise SettingsError(message)
    document = _document(path, settings)
    offset = _offset(document.text, int(found[1]), int(found[2]))
    told = explanation(document, offset, settings)
    with open_output(None) as (out, _):
        out.writelines((dumps(told), "\n") if form == "jsonl" else _text(document, told))
    return 0


def _document(path: str, settings: Settings) -> Document:
    documents = []
    for document in read([path], options=read_options(settings.reading)):
        if isinstance(document, Failure):
            message = f"{document.id}: {document.message}"
            raise InputError(message)
        documents.append(document)
        if len(documents) > 1:
            message = f"{path} holds several documents; name a file with one"
            raise InputError(message)
    if not documents:
        message = f"{path}: there is nothing to read"
        raise InputError(message)
    return documents[0]


def _offset(text: str, line: int, column: int) -> int:
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


def explanation(document: Document, offset: int, settings: Settings) -> dict[str, Any]:
    """Return what every stage did about a place.

    Args:
        document: the text.
        offset: of a code point in it.
        settings: of the pipeline; what is not accepted, and parts of entities, are told in any case.
    """
    pipeline = Pipeline(settings.updated(review=True, nested=True))
    decoded, segments, facts, _ = pipeline.read(document)
    result = pipeline.run(document)
    here = decoded.alignment.to_decoded(offset, min(offset + 1, len(document.text)))
    text = document.text
    [(line, column)] = places(text, [offset])
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


def _text(document: Document, told: dict[str, Any]) -> Iterator[str]:
    """Yield the explanation for people."""
    start = document.text.rfind("\n", 0, told["offset"]) + 1
    end = document.text.find("\n", told["offset"])
    whole = document.text[start : len(document.text) if end < 0 else end]
    low = max(told["column"] - 1 - _WIDEST // 2, 0)
    before = sanitise(whole[low : told["column"] - 1])
    yield f"{sanitise(told['id'])}:{told['line']}:{told['column']}\n"
    yield f"  {before}{sanitise(whole[told['column'] - 1 : low + _WIDEST])}\n  {' ' * len(before)}^\n"
    yield from _stage("decode", "no edit", (
        f'{each["family"]} ({each["decoder"]}, {each["confidence"]:.2f}): '
        f'"{_cut(each["before"])}" -> "{_cut(each["after"])}"  {sanitise(each["reason"])}'
        for each in told["edits"]
    ))  # fmt: skip
    if told["edits"] and told["readable"] is not None:
        yield f"  readable: {_cut(told['readable'])}\n"
    segment = told["segment"]
    yield from _stage("source", "removed by a decoder", () if segment is None else (
        f"{segment['source']} {segment['layout']} ({segment['confidence']:.2f})",
    ))  # fmt: skip
    yield from _stage("facts", "no field of a grammar", (
        f"{each['origin']}: {each['label'] or 'no entity'} \"{_cut(each['value'])}\""
        + (f", field {each['field']} of a {each['record']}" if each["record"] else "")
        for each in told["facts"]
    ))  # fmt: skip
    yield from _stage("decisions", "no candidate", map(_decision, told["entities"]))


def _decision(entity: dict[str, Any]) -> str:
    parts = [
        f'{entity["status"]} {entity["label"]} "{_cut(entity["value"])}" ({entity["confidence"]:.2f})'
    ]
    parts.append(f"because of {', '.join(map(sanitise, entity['evidence']))}")
    if entity["obfuscation"]:
        parts.append(f"disguised by {', '.join(entity['obfuscation'])}")
    if entity["resembles"]:
        parts.append(f"resembles {sanitise(entity['resembles'])}")
    parts += map(sanitise, entity["links"])
    return "; ".join(parts)


def _stage(name: str, nothing: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    yield f"{name}: {nothing}\n" if not found else f"{name}:\n"
    yield from (f"  {line}\n" for line in found)


def _cut(text: str) -> str:
    shown = sanitise(text[: _WIDEST + 1])
    return shown if len(shown) <= _WIDEST else f"{shown[: _WIDEST - 1]}…"
