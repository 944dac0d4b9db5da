"""`decloak explain`: what every stage did about one place of a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from decloak.cli.output import open_output
from decloak.core.document import Document
from decloak.core.errors import InputError
from decloak.core.result import Failure
from decloak.explanation import check_place, explaining, explanation, explanations, offset_of
from decloak.export.json_text import dumps
from decloak.export.sanitise import sanitise
from decloak.options import Settings
from decloak.pipeline import Pipeline
from decloak.readers import read
from decloak.readers.settings import read_options

__all__ = ["explain"]

_WIDEST = 100


def explain(path: str, at: str | None, form: str, settings: Settings) -> int:
    """Write what every stage did about a place, or what became of every candidate; return the exit code.

    Raises:
        SettingsError: when the place looks like none.
        InputError: when there is no such place, or more than one document.
        DecloakError: when the file cannot be read.
    """
    place = None if at is None else check_place(at)
    document = _document(path, settings)
    pipeline = Pipeline(explaining(settings))
    if place is None:
        told = explanations(pipeline, document)
        lines = _listed(told)
    else:
        told = explanation(pipeline, document, offset_of(document.text, *place))
        lines = _text(document, told)
    with open_output(None) as (out, _):
        out.writelines((dumps(told), "\n") if form == "jsonl" else lines)
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


def _listed(told: dict[str, Any]) -> Iterator[str]:
    """Yield every decision for people, a line each."""
    for each in told["entities"]:
        yield f"{sanitise(told['id'])}:{each['line']}:{each['column']}: {_decision(each)}\n"


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
