"""Readings: the places of a text that may hold a name in disguise, and what each may stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from decloak.core import native
from decloak.core.document import View
from decloak.core.remember import remembered
from decloak.decode.channel.alternatives import JOINTS, SLIPS, readings
from decloak.decode.channel.context import features, spots_at
from decloak.decode.channel.decision import weights
from decloak.decode.channel.odd import OddToken, is_odd, odd_tokens
from decloak.decode.channel.search import MOST_READINGS, Found, reaches, search
from decloak.decode.channel.shortlist import Shortlist
from decloak.decode.channel.trie import Name, known_names, letters_in, trie_of
from decloak.decode.positions import Position
from decloak.decode.vocabulary import PROSE_LABELS, phrase_heads
from decloak.indicators.mentions import is_mentioned

__all__ = ["Group", "Reading", "groups"]

_DIGIT = re.compile(r"\d")
_WINDOW = 60
_WORDS_BEFORE, _REACH = 3, 48
_SHORTEST_NAME = 5
_LEAST_LEFT = 3  # one letter of so many
_MOST_SEEN = 1 << 12
_SEEN_ASCII, _SEEN = 112, 176  # code points on either side that may say something
_OPENS = frozenset(" \t\n\r\"'`()[]{}<>,;:=|/\u201c\u2018\u00ab\u201e\u2013\u2014\x00")
_CLOSES = frozenset(
    "\u2122\u00ae\u00a9 \t\n\r\"'`()[]{}<>,;:=|*\u201d\u2019\u00bb\u2026\u2013\u2014"
)
_WRAPPING = "\"'`([{<*_~\u201c\u2018\u00ab"


class Reading(NamedTuple):
    """One name that may be meant.

    Attributes:
        start, end: half-open range in the view.
        name: the name.
        counts: how often each arc was taken.
        features: what the decision weighs.
    """

    start: int
    end: int
    name: Name
    counts: tuple[int, ...]
    features: tuple[float, ...]


class Group(NamedTuple):
    """An odd token, half-open range, and all readings that take it in; they exclude one another."""

    start: int
    end: int
    readings: tuple[Reading, ...]


def groups(view: View, taken: Iterable[tuple[int, int]] = ()) -> Iterator[Group]:
    """Yield the odd tokens that may be names, in order.

    Args:
        view: the text.
        taken: sorted ranges that other decoders settle; tokens that they touch are left out.
    """
    seen: dict[_Around, tuple[Reading, ...]] = {}  # text repeats itself
    held = iter(taken)
    low, high = next(held, (len(view.text), len(view.text)))
    for token in odd_tokens(view):
        while high <= token.start and low < len(view.text):
            low, high = next(held, (len(view.text), len(view.text)))
        if low < token.end:
            continue
        spots = spots_at(view, *token)
        around = _around(view, token, spots)
        if around not in seen:
            if len(seen) >= _MOST_SEEN:
                seen.clear()
            seen[around] = tuple(_readings(view, token.start, token.end, spots))
        if found := seen[around]:
            yield Group(
                token.start,
                token.end,
                tuple(
                    each._replace(start=each.start + token.start, end=each.end + token.start)
                    for each in found
                ),
            )


_Around = tuple[str, int, tuple[tuple[int, int, str], ...]]


def _around(view: View, token: OddToken, spots: tuple[Position, ...]) -> _Around:
    """Return all that the readings of a token depend on."""
    start, end = token
    reach = _SEEN_ASCII if view.is_ascii else _SEEN
    low = max(start - reach, 0)
    where = tuple((each.start - start, each.end - start, each.kind) for each in spots)
    return view.text[low : end + reach], start - low, where


def _readings(view: View, start: int, end: int, spots: tuple[Position, ...]) -> Iterator[Reading]:
    """Yield the readings of a token, in offsets from its start."""
    text, names = view.text, known_names()
    placed = bool(spots)
    starts = [(begin, _token(text, begin, end)) for begin in _starts(text, start, end)]
    placed = placed or any(is_mentioned(view, start, end, label) for label in PROSE_LABELS)
    raw: list[tuple[int, Found]] = []
    for begin, token in starts:
        for found in _found_at(text, begin, token, placed=placed):
            if begin + found.end <= start:
                continue
            if not any(count for arc, count in enumerate(found.counts) if arc not in JOINTS):
                return  # a known name takes the token in, as it is written or joined otherwise
            if _is_possible(text[begin : begin + found.end], names[found.name].text, found):
                raw.append((begin, found))
    for begin, found in raw:
        name, stop = names[found.name], begin + found.end
        numbers = features(view, begin, stop, spots, name, found)
        yield Reading(begin - start, stop - start, name, found.counts, numbers)


def _token(text: str, start: int, end: int) -> str:
    """Return the token that begins at a place, or the rest of it."""
    space = text.find(" ", start, end)
    return text[start : space if space >= 0 else end]


def _is_possible(surface: str, name: str, found: Found) -> bool:
    """Whether a name is long enough, letters of it are left, and its numbers are not those of another thing.

    A digit at the end stands for the last letter where nothing else was done, and what is a known name but for its
    digits is one more of its kind: ``aria5``.
    """
    letters = letters_in(name)
    if letters < _SHORTEST_NAME or sum(map(str.isalpha, surface)) * _LEAST_LEFT < letters:
        return False
    if not any(map(str.isdigit, surface)):
        return True
    slips = any(found.counts[arc] for arc in SLIPS)
    last = surface[-1]
    if last.isdigit() and (name[-1].lower() not in readings(last) or (slips and name[-1] != last)):
        return False
    return name.lower() == surface.lower() or not any(
        _DIGIT.sub("#", word) in _numbered()
        for word in (surface.lower(), *surface.lower().split(" "))
    )


@cache
def _numbered() -> frozenset[str]:
    """Return the known names that have digits, in small letters, with a sign for each digit."""
    names = (name.text.lower() for name in known_names())
    return frozenset(_DIGIT.sub("#", name) for name in names if any(map(str.isdigit, name)))


def _starts(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where a name that takes a token in may begin: up to some words before it, and within it."""
    line = max(text.rfind("\n", max(start - _REACH, 0), start) + 1, start - _REACH, 0)
    before = text[line:start]
    if before.endswith(" ") and not before.endswith("  "):
        words = before[:-1].split(" ")
        place = start
        for word in reversed(words[-_WORDS_BEFORE:]):
            if not word:
                break
            place -= len(word) + 1
            bare = word.lstrip(_WRAPPING)
            if bare.lower() in phrase_heads() or is_odd(word):
                yield place + len(word) - len(bare)
    outside = _OPENS.union(_WRAPPING)
    for place in range(start, end):
        if text[place] not in outside and (place == start or text[place - 1] in outside):
            yield place


def _window(text: str, start: int) -> tuple[str, tuple[int, ...]]:
    """Return what stands from a place to the end of its line, so far as a name reaches, and where one may end."""
    high = min(start + _WINDOW, len(text))
    stop = text.find("\n", start, high)
    high = stop if stop >= 0 else high
    ends = tuple(place - start for place in range(start + 3, high + 1) if _ends(text, place))
    return text[start : start + ends[-1]] if ends else "", ends


def _ends(text: str, place: int) -> bool:
    """Whether a word may end before a place."""
    if text[place - 1].isspace():
        return False
    after = text[place : place + 2]
    if not after or after[0] in _CLOSES:
        return True
    if after[0] in "/_-":
        return after[1:].isdigit() or after in {"/v", "_v"}
    return after[0] in ".!?" and (len(after) == 1 or after[1].isspace())


def _found_at(text: str, begin: int, token: str, *, placed: bool) -> tuple[Found, ...]:
    """Return what a name that begins at a place may be; the extension asks first what is cheaper for it."""
    if native.extension is not None and not _may_begin(token, placed):
        return ()
    found = _found(*_window(text, begin), placed)
    return found if not found or _may_begin(token, placed) else ()


@remembered(1 << 15)
def _may_begin(token: str, placed: bool) -> bool:  # noqa: FBT001 - the key of a memory
    """Whether some name begins with a token or lies in it, under any disguise that is looked for."""
    ends = [place for place in range(3, len(token) + 1) if _ends(token, place)]
    fitted = weights()
    budget = fitted.budgets[placed]
    if native.extension is not None:
        found: bool = _native().reaches(token + " ", ends, *budget)
        return found
    return reaches(_trie(), token + " ", ends, fitted.costs, budget)


@remembered(1 << 14)
def _found(window: str, ends: tuple[int, ...], placed: bool) -> tuple[Found, ...]:  # noqa: FBT001 - the key of a memory
    if not ends:
        return ()
    fitted = weights()
    budget = fitted.budgets[placed]
    if native.extension is not None:
        return tuple(Found(*each) for each in _native().search(window, list(ends), *budget))
    possible = _shortlist().nodes(window, budget)
    return tuple(search(_trie(), window, ends, fitted.costs, budget, possible)) if possible else ()


@cache
def _trie() -> Any:
    return trie_of(known_names())


@cache
def _shortlist() -> Shortlist:
    return Shortlist(_trie(), known_names(), weights().costs)


@cache
def _native() -> Any:
    assert native.extension is not None  # noqa: S101 - whoever asks has looked
    fitted, names = weights(), known_names()
    return native.extension.Channel(
        [name.text.lower() for name in names], [letters_in(name.text) for name in names],
        list(fitted.costs), readings, MOST_READINGS,
    )  # fmt: skip
