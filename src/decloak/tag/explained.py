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
from decloak.indicators.margins import margins_of
from decloak.tag.blobs import blobs_of
from decloak.tag.fold import EXAMPLES, Span
from decloak.tag.rows import Stretch, parts_of

__all__ = [
    "BRACKETED", "LONG_LINE", "WORD", "Known", "confirmed_spans", "head_of", "known_of", "masked", "pair_of", "unexplained", "value_at",
]  # fmt: skip

WORD = re.compile(rb"(?<![A-Za-z0-9\x80])[A-Za-z\x80]{2,}(?![A-Za-z0-9\x80])")
"""A word that can be a name, over a shadow. Single letters and codes are none by themselves."""

BRACKETED = frozenset({"json", "xml"})
"""Layouts whose values stand in quotes or between tags rather than on lines of their own."""

_HEAD = re.compile(
    rb'[ \t\x82>#%*;:,"0-9.+-]*(?:([A-Za-z\x80][A-Za-z0-9\x80 ./()_-]{0,40}?)[ \t"]*[:=]'
    rb"|([A-Za-z\x80]+[ \t]+[A-Za-z\x80]+)\b)"
)
_COMMAND = re.compile(
    rb"[^\n]{0,60}?[$#%>+\x80][ \t]*(?:sudo[ \t]+)?(dig|host|nmap|nslookup|shodan|whois)[ \t]"
)
"""A command behind a prompt."""
_BEFORE = re.compile(rb"([A-Za-z\x80]+)[^A-Za-z\x80\n]*\Z")
_SINCE = 24
"""Code points before a word in which the one before it is looked for."""
_KEY = re.compile(
    rb'"([A-Za-z0-9_.-]{1,40})"[ \t]*(?::|,[ \t\n]*\{[^{}"]{0,40}\}[ \t\n]*,[ \t\n]*"text")'
)
"""The name of a member, or of a property of a vCard (RFC 7095)."""
_TAG = re.compile(rb"<[/!?]?([A-Za-z][A-Za-z0-9:_-]*)")
_ATTRIBUTE = re.compile(rb"""[ \t\n]([A-Za-z][A-Za-z0-9:_-]*)=["']\Z""")
_CONTEXT = 400
"""Code points before a value in which its name is looked for."""
_REACH, _LONGEST = 1 << 12, 1 << 16
"""Code points of a value before and behind the first word that is no tool's own."""
_DIGITS = re.compile(rb"[0-9]+")
_FREE = frozenset({"banner", "description", "output", "text"})
"""Fields whose value is text of its own: knowing where it stands explains nothing in it."""
_PROSE = "prose"
_REMARK, _TOLD, _NEAR, _VALUE, _TAG_OF = "remark", "told", "near", "value", "tag"
_BACKSLASH, _LINE_FEED = 92, 10
LONG_LINE = 250
"""Code points of a line from which only what is near its words is read: lines were joined."""
_SENTENCES, _FEWEST_CONDITIONS, _RAREST_CONDITIONS = 120, 5, 12
"""Conditions of use: code points, different words that are typical of them, and how rare those are at most."""
_AROUND = 70
"""Code points on each side of such a word."""


class Known(NamedTuple):
    """What lines of one source are made of.

    Attributes:
        words: of the tool itself, in lower case, as in a shadow.
        pairs: words that are its own behind another one (``state closed``), see `pair_of`.
        heads: beginnings of lines without anything to find, see `head_of`.
        conditions: of its conditions of use.
    """

    words: frozenset[bytes]
    pairs: frozenset[bytes]
    heads: frozenset[bytes]
    conditions: frozenset[bytes] = frozenset()


@cache
def known_of(source: str) -> Known:
    """Return what is known of a source's lines; nothing for one that was not counted."""
    return _table().get(source, Known(frozenset(), frozenset(), frozenset()))


@cache
def _table() -> dict[str, Known]:
    data = json.loads((files("decloak.tag") / "data" / "explained.json").read_text("utf-8"))
    return {
        source: Known(
            frozenset(
                word.encode("latin-1")
                for word in (*entry["words"].split(), *entry.get("written", "").split())
            ),
            frozenset(pair.encode("latin-1") for pair in entry["pairs"]),
            frozenset(head.encode("latin-1") for head in entry["heads"]),
            frozenset(word.encode("latin-1") for word in entry.get("conditions", "").split()),
        )
        for source, entry in data.items()
    }


def masked(
    view: View, low: int, high: int, facts: Iterable[Fact], candidates: Iterable[Candidate]
) -> bytearray:
    """Return the shadow of a range with blanks where facts and patterns tell what stands there.

    Lines' margins are blank too.
    """
    shadow = bytearray(view.shadow[low:high])
    size = high - low
    for start, end in margins_of(view, low, high):
        _blank(shadow, start - low, end - low)
    for start, end, _, field, label, _, _ in facts:
        if label or field not in _FREE:
            _blank(shadow, start - low, min(end - low, size))
    for start, end, label, origin, _ in candidates:
        if label in EXAMPLES and origin.startswith("pattern."):
            _blank(shadow, start - low, min(end - low, size))
    return shadow


def confirmed_spans(facts: Iterable[Fact], candidates: Iterable[Candidate]) -> list[Span]:
    """Return what facts and patterns confirm, in order, the earlier and longer of what overlaps."""
    told = [(start, end, label) for start, end, _, _, label, _, _ in facts if label in EXAMPLES]
    told += [
        (start, end, label)
        for start, end, label, origin, _ in candidates
        if label in EXAMPLES and origin.startswith("pattern.")
    ]
    told.sort(key=lambda span: (span[0], -span[1], span[2]))
    kept: list[Span] = []
    last = 0
    for span in told:
        if span[0] >= last:
            kept.append(span)
            last = span[1]
    return kept


def _blank(shadow: bytearray, start: int, end: int) -> None:
    if 0 <= start < end:
        shadow[start:end] = b" " * (end - start)


def head_of(shadow: bytes | bytearray, start: int, end: int) -> bytes | None:
    """Return the name before a line's first colon, else its first two words, if it has any.

    In lower case, with single blanks, and with 0 for numbers. What a script printed (behind a bar) has
    none: its text is anybody's. A command behind a prompt has ``$`` and the program's name.
    """
    command = _COMMAND.match(shadow, start, end)
    if command is not None:
        return b"$ " + command.group(1)
    found = _HEAD.match(shadow, start, end)
    if found is None:
        return None
    head = found.group(1) or found.group(2)
    return _DIGITS.sub(b"0", b" ".join(head.lower().split()))


def pair_of(shadow: bytes | bytearray, start: int, word: re.Match[bytes]) -> bytes:
    """Return a word behind the one before it on its line, not before `start`; alone, behind a blank.

    In lower case. Where the line is masked there is no word.
    """
    first = word.start()
    before = _BEFORE.search(shadow, max(start, first - _SINCE), first)
    return ((before.group(1) if before else b"") + b" " + word.group()).lower()


def unexplained(
    view: View,
    low: int,
    high: int,
    segments: Iterable[Segment],
    facts: list[Fact],
    candidates: Iterable[Candidate],
) -> Iterator[Stretch]:
    """Yield the stretches of a window that the model should read, in order.

    A stretch is prose, of a segment of it; one line of a log; neighbouring lines of tool output in which
    nothing is told; one line in which something is, or what is near its words where it is long; or one
    value with its name, or its tag.

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
            yield from parts_of(view.shadow, shadow, low, start, end)
            continue
        for blob, behind in list(blobs_of(shadow, start - low, end - low)):
            _blank(shadow, blob, behind)
        known = known_of(source)
        if layout in BRACKETED:
            pieces = _values(shadow, start - low, end - low, known, markup=layout == "xml")
        else:
            pieces = _lines(shadow, start - low, end - low, known, starts, low)
        for first, last, kind in pieces:
            if known.conditions and _is_conditions(shadow, first, last, known.conditions):
                continue
            yield Stretch(first + low, last + low, f"{source}.{kind}")


def _is_conditions(shadow: bytearray, start: int, end: int, own: frozenset[bytes]) -> bool:
    """Whether a stretch tells the conditions of use: a text in which a registry names itself and its database."""
    if end - start < _SENTENCES:
        return False
    words = [found.group().lower() for found in WORD.finditer(shadow, start, end)]
    said = [word for word in words if word in own]
    return len(set(said)) >= _FEWEST_CONDITIONS and _RAREST_CONDITIONS * len(said) >= len(words)


def _words(shadow: bytearray, start: int, end: int, known: Known) -> Iterator[re.Match[bytes]]:
    """Yield the words of a range that are not the tool's own."""
    words, pairs = known.words, known.pairs
    for found in WORD.finditer(shadow, start, end):
        if found.group().lower() not in words and pair_of(shadow, start, found) not in pairs:
            yield found


def _lines(
    shadow: bytearray, start: int, end: int, known: Known, facts: list[int], base: int
) -> Iterator[Stretch]:
    low = high = done = start
    alone, kind = True, _REMARK
    for found in _words(shadow, start, end, known):
        if found.start() < done:
            continue
        begin = max(shadow.rfind(b"\n", done, found.start()) + 1, done)
        stop = shadow.find(b"\n", found.end(), end) + 1 or end
        long = stop - begin > LONG_LINE or (begin > start and shadow[begin - 1] != _LINE_FEED)
        if long:
            begin, stop = _near(shadow, begin, stop, found.span())
        elif head_of(shadow, begin, stop) in known.heads:
            done = stop
            continue
        joined = low < high == begin and shadow[begin - 1] != _LINE_FEED
        done = stop
        if joined:
            high = stop
            continue
        place = bisect_left(facts, begin + base)
        told = place < len(facts) and facts[place] < stop + base
        if told or alone or begin != high:
            if low < high:
                yield Stretch(low, high, kind)
            low = begin
            kind = _NEAR if long else _TOLD if told else _REMARK
        high, alone = stop, told
    if low < high:
        yield Stretch(low, high, kind)


def _near(shadow: bytearray, start: int, end: int, word: tuple[int, int]) -> tuple[int, int]:
    """Return what stands around a word of a long line, cut at blanks."""
    low = shadow.find(b" ", max(start, word[0] - _AROUND), word[0]) + 1
    high = shadow.find(b" ", min(end, word[1] + _AROUND), end)
    return (start if word[0] - _AROUND <= start else low or word[0]), (end if high < 0 else high)


def _values(
    shadow: bytearray, start: int, end: int, known: Known, *, markup: bool
) -> Iterator[Stretch]:
    done = start
    for found in _words(shadow, start, end, known):
        if found.start() < done:
            continue
        value = value_at(shadow, start, end, found.span(), markup=markup)
        if value is None:
            continue
        head, low, high, _, last = value
        if head in known.heads:
            done = last
        else:
            yield Stretch(max(low, done), high, _TAG_OF if markup else _VALUE)
            done = high


def value_at(
    shadow: bytes | bytearray, start: int, end: int, word: tuple[int, int], *, markup: bool
) -> tuple[bytes, int, int, int, int] | None:
    """Return what holds a word in JSON or markup; None for the name of a member, tag or attribute.

    Args:
        shadow: what to look at.
        start: where the segment begins.
        end: where it ends.
        word: the word.
        markup: whether it is XML.

    Returns:
        The name of what the value belongs to (``city``, ``service product``), then the range to read, which
        begins with that name, and the range of the value itself.
    """
    first, last = word
    if markup and shadow.endswith((b"<", b"</"), max(start, first - 2), first):
        return None
    near = max(start, first - _REACH)
    low = max(shadow.rfind(b"\n", near, first) + 1, _opening(shadow, near, first))
    high = _closing(shadow, last, min(end, last + _LONGEST))
    if shadow[high - 1 : high] == b"=" or shadow.startswith((b'":', b'" :'), high):
        return None
    before = max(start, low - _CONTEXT)
    if not markup:
        keys = list(_KEY.finditer(shadow, before, low))
        if not keys:
            return b"", low, high, low, high
        return keys[-1].group(1).lower(), keys[-1].start(), high, low, high
    opening = shadow.rfind(b"<", before, low)
    if opening < 0:
        return b"", low, high, low, high
    tag, attribute = _TAG.match(shadow, opening, low), _ATTRIBUTE.search(shadow, opening, low)
    name = b" ".join(found.group(1) for found in (tag, attribute) if found).lower()
    closing = shadow.find(b">", high, min(end, high + _CONTEXT)) + 1
    return name, opening, closing or high, low, high


def _opening(shadow: bytes | bytearray, low: int, high: int) -> int:
    """Return where the value begins that holds `high`, not before `low`."""
    quote = high
    while (quote := shadow.rfind(b'"', low, quote)) > low and shadow[quote - 1] == _BACKSLASH:
        pass
    return max(quote + 1, shadow.rfind(b">", low, high) + 1, low)


def _closing(shadow: bytes | bytearray, low: int, high: int) -> int:
    """Return where the value ends that holds `low`, not behind `high`."""
    quote = low - 1
    while (quote := shadow.find(b'"', quote + 1, high)) > 0 and shadow[quote - 1] == _BACKSLASH:
        pass
    ends = (quote, shadow.find(b"<", low, high), shadow.find(b"\n", low, high))
    return min((place for place in ends if place >= 0), default=high)
