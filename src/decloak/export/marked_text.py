"""Text: the input with its entities marked where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from decloak.core.entity import Entity
from decloak.core.result import Failure, Result
from decloak.export.base import Shape
from decloak.export.sanitise import sanitise

__all__ = ["TEXT", "mark", "pieces"]

_SLICE = 1 << 16
"""Code points of plain text that are made safe at a time."""


def pieces(result: Result, shape: Shape) -> Iterator[tuple[str, Entity | None]]:
    """Yield the whole raw text in order, cut at the entities; the second item names the entity.

    An entity that begins inside another is not marked again. A slice never ends between CR and
    LF.
    """
    text, done = result.text, 0
    for entity in shape.entities(result):
        if entity.start < done:
            continue
        for piece in _plain(text, done, entity.start):
            yield piece, None
        yield text[entity.start : entity.end], entity
        done = entity.end
    for piece in _plain(text, done, len(text)):
        yield piece, None


def _plain(text: str, start: int, end: int) -> Iterator[str]:
    while start < end:
        stop = min(start + _SLICE, end)
        if stop < end and text[stop - 1] == "\r":
            stop += 1
        yield text[start:stop]
        start = stop


@dataclass(frozen=True, slots=True)
class _Marked:
    """``[[LABEL surface]]``, or ``[[LABEL surface = value]]`` where the value differs."""

    name: str = "text"
    description: str = "the input with its entities highlighted"
    head: str = ""
    between: str = ""
    tail: str = ""
    distinct: str = ""

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield the text, safe for a terminal; ends with a line end."""
        last = "\n"
        for piece, entity in pieces(result, shape):
            last = piece if entity is None else mark(entity, shape)
            yield sanitise(last, lines=True) if entity is None else last
        if not last.endswith("\n"):
            yield "\n"

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - no place for one
        """Return nothing: a failure has no text."""
        return ""


def mark(entity: Entity, shape: Shape) -> str:
    """Return an entity between marks, on one line."""
    shown, value = sanitise(shape.surface(entity)), sanitise(entity.value)
    tail = "" if shown == value else f" = {value}"
    return f"[[{entity.label} {shown}{tail}]]"


TEXT = _Marked()
