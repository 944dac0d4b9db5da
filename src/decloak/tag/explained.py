"""Explained: which lines of tool output the grammars leave nothing to find in.

What a fact or a confirmed pattern covers is told. Of the words that are left in a line, most are the
tool's own (``Nmap scan report for``). A line is explained when it has no other ones, or when it
begins like one that never holds anything else (``Registrant Phone:``). Words and beginnings are data,
counted on labelled output by ``python -m decloak.evaluation.explained``. What is not explained
is left to the model: prose, banners, remarks, lines that no grammar knows.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from decloak.core.document import View
from decloak.core.entity import Candidate
from decloak.core.facts import Fact, Segment

__all__ = ["BRACKETED", "WORD", "Known", "head_of", "known_of", "masked", "unexplained"]

WORD = re.compile(rb"(?<![A-Za-z0-9\x80])[A-Za-z\x80]{3,}(?![A-Za-z0-9\x80])")
"""A word that can be a name, over a shadow. Shorter ones and codes are none by themselves."""

BRACKETED = frozenset({"json", "xml"})
"""Layouts whose values stand in quotes or between tags rather than on lines of their own."""

_HEAD = re.compile(
    rb'[ \t\x82>#%*;:,"0-9.+-]*(?:([A-Za-z\x80][A-Za-z0-9\x80 ./()_-]{0,40}?)[ \t"]*[:=]'
    rb"|([A-Za-z\x80]+[ \t]+[A-Za-z\x80]+)\b)"
)
_DIGITS = re.compile(rb"[0-9]+")
_FREE = frozenset({"banner", "description", "info", "output", "text"})
"""Fields whose value is text of its own: knowing where it stands explains nothing in it."""
_CONFIRMED = frozenset(
    ["ASN", "CIDR", "CPE", "CVE", "DOMAIN", "EMAIL", "HASH", "HOSTNAME", "IP_ADDRESS",
     "MAC_ADDRESS", "TECHNIQUE", "URL"]
)  # fmt: skip
_PROSE = "prose"
_BACKSLASH = 92


class Known(NamedTuple):
    """What lines of one source are made of.

    Attributes:
        words: of the tool itself, in lower case, as in a shadow.
        heads: beginnings of lines without anything to find, see `head_of`.
    """

    words: frozenset[bytes]
    heads: frozenset[bytes]


@cache
def known_of(source: str) -> Known:
    """Return what is known of a source's lines; nothing for one that was not counted."""
    return _table().get(source, Known(frozenset(), frozenset()))


@cache
def _table() -> dict[str, Known]:
    data = json.loads((files("decloak.tag") / "data" / "explained.json").read_text("utf-8"))
    return {
        source: Known(
            frozenset(word.encode("latin-1") for word in entry["words"].split()),
            frozenset(head.encode("latin-1") for head in entry["heads"]),
        )
        for source, entry in data.items()
    }


def masked(
    view: View, low: int, high: int, facts: Iterable[Fact], candidates: Iterable[Candidate]
) -> bytearray:
    """Return the shadow of a range with blanks where facts and patterns tell what stands there."""
    shadow = bytearray(view.shadow[low:high])
    size = high - low
    for start, end, _, field, label, _, _ in facts:
        if label or field not in _FREE:
            _blank(shadow, start - low, min(end - low, size))
    for start, end, label, origin, _ in candidates:
        if label in _CONFIRMED and origin.startswith("pattern."):
            _blank(shadow, start - low, min(end - low, size))
    return shadow


def _blank(shadow: bytearray, start: int, end: int) -> None:
    if 0 <= start < end:
        shadow[start:end] = b" " * (end - start)


def head_of(shadow: bytes | bytearray, start: int, end: int) -> bytes | None:
    """Return the name before a line's first colon, else its first two words, if it has any.

    In lower case, with single blanks, and with 0 for numbers. What a script printed (behind a bar) has
    none: its text is anybody's.
    """
    found = _HEAD.match(shadow, start, end)
    if found is None:
        return None
    head = found.group(1) or found.group(2)
    return _DIGITS.sub(b"0", b" ".join(head.lower().split()))


def unexplained(
    view: View,
    low: int,
    high: int,
    segments: Iterable[Segment],
    facts: list[Fact],
    candidates: Iterable[Candidate],
) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a window that the model should read, in order.

    A stretch is all of a segment of prose; neighbouring lines of tool output in which nothing is
    told; one line in which something is; or one value between quotes or tags.

    Args:
        view: the decoded text.
        low: where the window begins.
        high: where it ends; both are at line ends.
        segments: which tool wrote which part, in order.
        facts: those that begin in the window, in order.
        candidates: what patterns and tables propose there.
    """
    shadow = masked(view, low, high, facts, candidates)
    starts = [fact[0] for fact in facts]
    for begin, stop, source, layout, _ in segments:
        start, end = max(begin, low), min(stop, high)
        if start >= end:
            continue
        if source == _PROSE:
            yield start, end
            continue
        pieces = _values if layout in BRACKETED else _lines
        for first, last in pieces(shadow, start - low, end - low, known_of(source), starts, low):
            yield first + low, last + low


def _words(shadow: bytearray, start: int, end: int, known: Known) -> Iterator[re.Match[bytes]]:
    """Yield the words of a range that are not the tool's own."""
    words = known.words
    for found in WORD.finditer(shadow, start, end):
        if found.group().lower() not in words:
            yield found


def _lines(
    shadow: bytearray, start: int, end: int, known: Known, facts: list[int], base: int
) -> Iterator[tuple[int, int]]:
    low = high = done = start
    alone = True
    for found in _words(shadow, start, end, known):
        if found.start() < done:
            continue
        begin = max(shadow.rfind(b"\n", done, found.start()) + 1, done)
        stop = shadow.find(b"\n", found.end(), end) + 1 or end
        done = stop
        if head_of(shadow, begin, stop) in known.heads:
            continue
        place = bisect_left(facts, begin + base)
        told = place < len(facts) and facts[place] < stop + base
        if told or alone or begin != high:
            if low < high:
                yield low, high
            low = begin
        high, alone = stop, told
    if low < high:
        yield low, high


def _values(
    shadow: bytearray, start: int, end: int, known: Known, _facts: list[int], _base: int
) -> Iterator[tuple[int, int]]:
    done = start
    for found in _words(shadow, start, end, known):
        if found.start() < done:
            continue
        first, last = found.span()
        low = max(shadow.rfind(b"\n", done, first) + 1, _opening(shadow, done, first))
        high = _closing(shadow, last, end)
        done = high
        if shadow[high - 1 : high] != b"=" and not shadow.startswith((b'":', b'" :'), high):
            yield low, high  # what stands before an equals sign or a colon is a name


def _opening(shadow: bytearray, low: int, high: int) -> int:
    """Return where the value begins that holds `high`, not before `low`."""
    quote = high
    while (quote := shadow.rfind(b'"', low, quote)) > low and shadow[quote - 1] == _BACKSLASH:
        pass
    return max(quote + 1, shadow.rfind(b">", low, high) + 1, low)


def _closing(shadow: bytearray, low: int, high: int) -> int:
    """Return where the value ends that holds `low`, not behind `high`."""
    quote = low - 1
    while (quote := shadow.find(b'"', quote + 1, high)) > 0 and shadow[quote - 1] == _BACKSLASH:
        pass
    ends = (quote, shadow.find(b"<", low, high), shadow.find(b"\n", low, high))
    return min((place for place in ends if place >= 0), default=high)
