"""Highlight: a text as HTML with its entities marked, whatever is in it.

All that comes from a document is escaped, and what a reader would not see in it is shown as an escape
(`decloak.export.sanitise`). There is no script, no link and no address that a browser would ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.resources import files

from decloak.core.entity import Entity
from decloak.core.labels import GROUP_OF
from decloak.core.result import Result
from decloak.export.base import Shape
from decloak.export.marked_text import pieces
from decloak.export.places import place_of
from decloak.export.sanitise import sanitise

__all__ = ["fragment", "marked", "safe", "style"]

_MOST_SHOWN = 20_000
"""Code points of a text that a notebook shows."""


@cache
def style() -> str:
    """Return the style sheet; it says something of what is inside of class ``decloak`` only."""
    return (files("decloak.export") / "data" / "highlight.css").read_text("utf-8")


def safe(text: str, *, lines: bool = False) -> str:
    """Return a text as HTML, good between tags and between double quotes.

    Args:
        text: anything, lone surrogates included.
        lines: keep tabs and line ends.
    """
    return escape(sanitise(text, lines=lines))


def marked(result: Result, shape: Shape, most: int | None = None) -> Iterator[str]:
    """Yield a text as HTML with its entities in ``mark`` elements.

    Args:
        result: what was found.
        shape: which entities.
        most: code points after which the text ends; None for all of it.
    """
    left = len(result.text) if most is None else most
    for piece, entity in pieces(result, shape):
        if left <= 0:
            return
        yield safe(piece[:left], lines=True) if entity is None else _mark(result, entity, shape)
        left -= len(piece)


def _mark(result: Result, entity: Entity, shape: Shape) -> str:
    notes = [entity.label, f"{round(100 * entity.confidence)} %", *entity.obfuscation]
    notes.append(f"{shape.offset(entity.start)} to {shape.offset(entity.end)} ({shape.unit})")
    if place := place_of(result, entity):
        notes.append(place)
    notes += entity.evidence[:1]
    more = ""
    if entity.obfuscation and entity.value.casefold() != entity.text.casefold():
        more = ' data-disguised=""'
    if entity.resembles is not None:
        more += f' data-resembles="{safe(entity.resembles)}"'
    return (
        f'<mark class="{GROUP_OF[entity.label]}" data-label="{entity.label}"'
        f' data-status="{entity.status}" data-value="{safe(entity.value)}"{more}'
        f' title="{safe(", ".join(notes))}">{safe(shape.surface(entity), lines=True)}</mark>'
    )


def fragment(result: Result) -> str:
    """Return a part of a page that shows a result in a notebook; of a long text only the beginning."""
    text = "".join(marked(result, Shape(), _MOST_SHOWN))
    found = f"{len(result.entities)} entities, {len(result.record_rows)} records"
    if len(result.text) > _MOST_SHOWN:
        found += f"; the first {_MOST_SHOWN:,} of {len(result.text):,} characters are shown"
    return (
        f'<div class="decloak"><style>{style()}</style><pre>\n{text}</pre>'
        f'<p class="more">{safe(result.id)}: {found}</p></div>'
    )
