"""Run: segments and facts of a text, the work of all source parsers together."""

from __future__ import annotations

from decloak.core.document import View
from decloak.core.facts import Facts, Segment
from decloak.indicators.margins import without_margins
from decloak.sources.base import PARSERS, SourceParser
from decloak.sources.detect import parsers_of
from decloak.sources.segment import segment

__all__ = ["read_sources"]


def read_sources(view: View, hint: str | None = None) -> tuple[list[Segment], Facts, str]:
    """Cut a text into segments and let each segment's grammar read it.

    Grammars see blanks where lines have margins: time stamps of a log, line numbers, who said it.

    Returns:
        The segments, the facts of all of them, and the dominant source.

    Raises:
        SettingsError: when the hint names no known source.
    """
    view = without_margins(view)
    segments, source = segment(view, hint)
    facts = Facts(source)
    parsers: dict[tuple[str, str], SourceParser] = {}
    for part in segments:
        facts.source = part.source
        key = part.source, part.layout
        parser = parsers.get(key) or parsers.setdefault(key, _parser_of(part))
        parser.parse(view, part.start, part.end, facts)
    facts.source = source
    return segments, facts, source


def _parser_of(part: Segment) -> SourceParser:
    for parser in PARSERS:
        if parser.source == part.source and parser.layout == part.layout:
            return parser
    return parsers_of(part.source)[0]
