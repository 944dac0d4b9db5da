"""Detection: which parser understands a range, by the scores that parsers give its content."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from decloak.core.document import View
from decloak.core.errors import SettingsError
from decloak.sources.base import PARSERS, SourceParser

__all__ = ["Guess", "best", "known_sources", "parsers_of", "resolve_hint"]

# What people call it when no tool wrote the text.
_ALIASES = {"report": "prose", "text": "prose"}


class Guess(NamedTuple):
    """A parser and how sure it is, in [0, 1]."""

    parser: SourceParser
    score: float


def known_sources() -> tuple[str, ...]:
    """Return the sources that have a parser, in order of registration."""
    return tuple(dict.fromkeys(parser.source for parser in PARSERS))


def resolve_hint(hint: str) -> str:
    """Return the source that a caller names.

    Raises:
        SettingsError: when no parser has that source; the message lists the known ones.
    """
    name = _ALIASES.get(hint.casefold(), hint.casefold())
    if name not in known_sources():
        message = f"unknown source {hint!r}; known: {', '.join(known_sources())}"
        raise SettingsError(message)
    return name


def parsers_of(source: str) -> list[SourceParser]:
    """Return the parsers of one source, in order of registration."""
    return [parser for parser in PARSERS if parser.source == source]


def best(view: View, start: int, end: int, parsers: Iterable[SourceParser]) -> Guess | None:
    """Return the parser with the highest score; the earlier one of equals; None without any."""
    found: Guess | None = None
    for parser in parsers:
        score = parser.score(view, start, end)
        if found is None or score > found.score:
            found = Guess(parser, score)
            if score >= 1.0:
                break
    return found
