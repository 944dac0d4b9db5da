"""Prepare: a document cut into chunks, each with the prompts that fit it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from decloak.core.document import Decoded
from decloak.core.entity import Entity
from decloak.core.facts import Fact, Facts, Segment
from decloak.identify.chunks import chunks_of
from decloak.identify.context import assess
from decloak.identify.prompt import Prepared, Talk
from decloak.identify.select import instructions, select
from decloak.llm import ChatModel

__all__ = ["known_places", "prepare"]

_LEAST_ROOM = 48


def prepare(
    model: ChatModel,
    room: int,
    decoded: Decoded,
    segments: Sequence[Segment],
    facts: Facts,
    known: Iterable[tuple[int, int, str]] = (),
) -> Iterator[Prepared]:
    """Yield what would be sent, chunk by chunk, without sending anything.

    Args:
        model: for its context and its count of tokens.
        room: tokens of data in one prompt, at most.
        decoded: the readable text and the way back.
        segments: which tool wrote which stretch.
        facts: what the grammars found, sorted.
        known: start, end and label of what was found outside the facts.
    """
    text = decoded.text
    base = instructions()
    disguises = _disguises(decoded)
    everything = _with_known(facts.span(0, len(facts)), known)
    place = 0
    for segment in segments:
        first = place
        while place < len(everything) and everything[place].start < segment.end:
            place += 1
        found = everything[first:place]
        families = [name for at, name in disguises if segment.start <= at < segment.end]
        context = assess(text, segment, found, facts, families)
        template, example = select(context)
        empty = Talk(context, template, example, base, "")
        fixed = model.count("\n".join(each.content for each in empty.narrate()))
        left = min(room, (model.context - fixed - 64) // 4)
        for chunk in chunks_of(text, segment, found, facts, max(left, 1), model.count):
            data = chunk.text(text)
            if chunk.too_long or left < _LEAST_ROOM:
                yield Prepared(chunk._replace(too_long=True), empty, 0)
            elif any(char.isalnum() for char in data):
                talk = replace(empty, data=data)
                yield Prepared(chunk, talk, model.count(data))


def known_places(decoded: Decoded, entities: Iterable[Entity]) -> list[tuple[int, int, str]]:
    """Return start and end of entities in the decoded text, with their labels."""
    to_decoded = decoded.alignment.to_decoded
    places = ((to_decoded(entity.start, entity.end), entity.label) for entity in entities)
    return [(*place, label) for place, label in places if place is not None]


def _with_known(facts: list[Fact], known: Iterable[tuple[int, int, str]]) -> list[Fact]:
    """Return the facts, and what else is known as facts that belong to no record, sorted."""
    stated = {(fact.start, fact.end) for fact in facts}
    more = [
        Fact(start, end, -1, "entity", label, "text.entity")
        for start, end, label in known
        if (start, end) not in stated
    ]
    return sorted([*facts, *more], key=_start) if more else facts


def _start(fact: Fact) -> int:
    return fact.start


def _disguises(decoded: Decoded) -> list[tuple[int, str]]:
    """Return where disguises were undone, in decoded offsets, and their families."""
    found = []
    for edit in decoded.edits[:1000]:
        place = decoded.alignment.to_decoded(edit.start, edit.end)
        if place is not None:
            found.append((place[0], edit.family))
    return found
