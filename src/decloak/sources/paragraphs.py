"""Paragraphs: those of a free-form answer that no anchor marks.

A WHOIS server writes its conditions, and whole sections, in its own words. A paragraph next to the
part that is certain belongs to the answer when it reads like one: short lines, comment signs, or
the words of registries. A report around an embedded answer reads differently.
"""

from __future__ import annotations

from itertools import pairwise

from decloak.core.document import View
from decloak.indicators.engine import compile_pattern
from decloak.sources.anchor_runs import BLANK_LINES
from decloak.sources.base import LineParser

__all__ = ["FREE_FORM", "absorb"]

FREE_FORM = frozenset({"whois"})
"""Sources whose answers have paragraphs without any fixed form."""

_REACH = 8192  # code points on each side; conditions of use are no longer than this
_SHORT_LINE = 50
_WORDS = compile_pattern(
    rb"(?im)whois|registr|\bnic\b|\bicann\b|\bdatabase|terms (?:of|and) |port 43|copyright|^[ \t]*[%#*]",
    capture=False,
)


def absorb(
    view: View, parser: LineParser, start: int, end: int, low: int, high: int
) -> tuple[int, int]:
    """Return the range widened by the paragraphs around it, not beyond `low` and `high`."""
    shadow = view.shadow
    for begin, stop in _paragraphs(shadow, end, min(high, end + _REACH)):
        if not _belongs(shadow, parser, begin, stop):
            break
        end = stop
    for begin, stop in reversed(_paragraphs(shadow, max(low, start - _REACH), start)):
        if not _belongs(shadow, parser, begin, stop):
            break
        start = begin
    return start, end


def _paragraphs(shadow: bytes, low: int, high: int) -> list[tuple[int, int]]:
    """Return the paragraphs of a range, each with the blank lines after it."""
    borders = [match.end() for match in BLANK_LINES.finditer(shadow, low, high)]
    edges = [low, *(border for border in borders if low < border < high), high]
    return [(begin, stop) for begin, stop in pairwise(edges) if begin < stop]


def _belongs(shadow: bytes, parser: LineParser, start: int, end: int) -> bool:
    """Whether a paragraph reads like part of an answer: fields, no sentences, or a registry's."""
    lines = [line for line in shadow[start:end].split(b"\n") if line.strip()]
    short = sum(len(line) <= _SHORT_LINE or parser.knows(line) for line in lines)
    return 2 * short > len(lines) or not lines or _WORDS.search(shadow, start, end) is not None
