"""Promises: what holds for every document, whatever is in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Any

from decloak.core.document import Document
from decloak.core.entity import Entity
from decloak.core.labels import LABELS
from decloak.core.result import Result
from decloak.export.base import Shape
from decloak.export.json_text import JSONL
from decloak.pipeline import Pipeline

__all__ = ["broken_alone", "broken_by_line_ends", "broken_together"]

_LINE_ENDS = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")


def broken_alone(text: str, result: Result, *, nested: bool) -> Iterator[str]:
    """Yield what is broken in the result of one document: which promise, a colon, and what was seen."""
    for entity in result.all_entities:
        yield from _broken_entity(text, entity)
    for one, other in pairwise(result.all_entities):
        if (one.start, one.end) > (other.start, other.end):
            yield f"not in order: {one} {other}"
    for one, other in pairwise(() if nested else result.entities):
        if not _apart(result, one, other):
            yield f"overlap: {one} {other}"
    for one, other in pairwise(result.edits):
        if (one.start, one.end) > (other.start, other.end):
            yield f"edits not in order: {one} {other}"
    for edit in result.edits:
        if not 0 <= edit.start < edit.end <= len(text):
            yield f"edit outside: {edit}"
    yield from _broken_fields(text, list(result.record_rows))
    written = "".join(JSONL.render(result, Shape(review=True)))
    if not written.isascii() or written.count("\n") != 1 or "entities" not in json.loads(written):
        yield f"JSON is not one line of ASCII: {written[:200]}"


def _apart(result: Result, one: Entity, other: Entity) -> bool:
    """Whether two entities share nothing, but what a decoder wrote at once or turned round.

    What such a stretch holds has no place of its own, or one among those of its neighbour.
    """
    end = min(one.end, other.end)
    if other.start >= end:
        return True
    return any(edit.start <= other.start and end <= edit.end for edit in result.edits)


def _broken_entity(text: str, entity: Entity) -> Iterator[str]:
    if not 0 <= entity.start < entity.end <= len(text):
        yield f"place outside: {entity}"
    if text[entity.start : entity.end] != entity.text:
        yield f"does not stand there: {entity}"
    if entity.label not in LABELS or not entity.evidence or not 0 <= entity.confidence <= 1:
        yield f"no label, evidence or probability: {entity}"
    if not entity.value or entity.value != entity.value.strip():
        yield f"value with white space at its edge: {entity}"
    if not _LINE_ENDS.isdisjoint(entity.value):
        yield f"value with a line end: {entity}"
    if entity.text != entity.text.strip():
        yield f"surface with white space at its edge: {entity}"


def _broken_fields(text: str, node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _broken_fields(text, each)
    elif isinstance(node.get("kind"), str):
        for key, each in node.items():
            if key != "kind":
                yield from _broken_fields(text, each)
    elif not 0 <= node["start"] < node["end"] <= len(text):
        yield f"field outside: {node}"


def broken_together(
    pipeline: Pipeline, texts: Sequence[str], alone: Sequence[Result]
) -> Iterator[tuple[int, str]]:
    """Yield which documents have another result as one of many than alone, and what it is."""
    documents = [Document(each.id, text) for each, text in zip(alone, texts, strict=True)]
    for number, pair in enumerate(zip(alone, pipeline.run_many(documents), strict=True)):
        if pair[0] != pair[1]:
            yield number, f"another result as one of many: {pair[1]}"


def broken_by_line_ends(
    text: str, result: Result, run: Callable[[str], Result], rng: Random
) -> Iterator[str]:
    """Yield what carriage returns or blanks at line ends change."""
    other, origin = rng.choice((_with_returns, _with_blanks))(text, rng)
    wanted = [_told(entity, int) for entity in result.entities]
    found = [_told(entity, origin.__getitem__) for entity in run(other).entities]
    if wanted != found:
        missing = [each for each in wanted if each not in found]
        added = [each for each in found if each not in wanted]
        yield f"line ends change what is found: missing {missing}, added {added}"


def _told(entity: Entity, origin: Callable[[int], int]) -> tuple[str, str, int, int]:
    return entity.label, entity.value, origin(entity.start), origin(entity.end - 1)


def _with_returns(text: str, _: Random) -> tuple[str, list[int]]:
    pieces, origin = [], []
    for place, char in enumerate(text):
        piece = "\r\n" if char == "\n" and text[place - 1 : place] != "\r" else char
        pieces.append(piece)
        origin += [place] * len(piece)
    return "".join(pieces), origin


def _with_blanks(text: str, rng: Random) -> tuple[str, list[int]]:
    pieces, origin = [], []
    for place, char in enumerate(text):
        before = text[place - 1 : place]
        blank = rng.choice(("", " ", "  ", "\t")) if char == "\n" and before != "\r" else ""
        pieces.append(blank + char)
        origin += [place] * (len(blank) + 1)
    return "".join(pieces), origin
