r"""Markup: what a language for documents writes around a literal: ``++evil.example++``, ``\texttt{...}``, ``url[label]``.

Only around: markup inside a token, which breaks it up, is a disguise and belongs to the decoders. What the languages
write is data, in ``markup.toml``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from decloak.core.document import View
from decloak.indicators.edges.likely import is_likely, stands, token_after, token_before
from decloak.indicators.edges.links import brackets
from decloak.indicators.edges.table import LONGEST, is_apart, markup_table, one_of
from decloak.indicators.engine import Pattern, compile_pattern

__all__ = ["Marks", "literal_marks"]

_NEAR = 48  # code points of a token beside a bar
_OPENING = frozenset(b" \t\n\r\x0b\x0c\x82\x83()[]{}<>|\"'`,;:*_+=~@!-")
_BEFORE = rb"(?:^|[\s\x82\x83()\[\]{}<>|\"'`,;:*_+=~@!-])"
_WIDEST = 4  # one more than the longest mark
_COMMAND = compile_pattern(
    rb"\\[A-Za-z]{2,20}\*?(?:\[[^\]\n]{0,40}\])?\{([^{}\n]{3,512})\}"
    rb"|@(?:code|samp|file|url|uref|email|kbd|command|option|env|verb|link|literal)\{([^{}\n]{3,512})\}"
    rb"|\\(?:verb|lstinline|path|url)\*?(?:\|([^|\n]{3,512})\||\+([^+\n]{3,512})\+|!([^!\n]{3,512})!)"
)
_GROUPS = 5
_BARS = compile_pattern(rb"[A-Za-z0-9/)\]]\|[A-Za-z0-9\[(]|\|\|", capture=False)
_BAR, _COLON = 0x7C, 0x3A
_BLANK = compile_pattern(rb"[\s\x82]", capture=False)
_DEFANGED = compile_pattern(
    rb"(?i)[\[({](?:[.:@/]|//|://|dot|at)[\])}]|\bh(?:xx|\*\*)ps?", capture=False
)

_Spans = list[tuple[int, int]]


class Marks(NamedTuple):
    """Ranges of markup around literals, sorted and free of overlaps.

    Attributes:
        literal: no disguise, wherever it stands.
        emphasis: may be a disguise as well; the decoders take it out themselves.
    """

    literal: _Spans
    emphasis: _Spans


def literal_marks(view: View) -> Marks:
    """Return the ranges of the markup around literals."""
    shadow = view.shadow
    found: _Spans = [*brackets(view)]
    if b"\\" in shadow or b"{" in shadow:
        found += _commands(view)
    if b"|" in shadow:
        found += _bars(view)
    emphasis: _Spans = []
    for opened, closed, is_literal in _around(view):
        (found if is_literal else emphasis).extend((opened, closed))
    literal = _disjoint(found)
    return Marks(literal, _disjoint(emphasis))


def _longest_first(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], -span[1]


def _disjoint(ranges: _Spans) -> _Spans:
    kept: _Spans = []
    end = 0
    for start, stop in sorted(set(ranges), key=_longest_first):
        if start >= end:
            kept.append((start, stop))
            end = stop
    return kept


@cache
def _opening() -> Pattern:
    table = markup_table()
    marks = sorted((*table["around"], *table["emphasis"]), key=len, reverse=True)
    return compile_pattern(
        _BEFORE + rb"(?:" + one_of(marks) + rb")[A-Za-z0-9/\\%\[(.\x80]", capture=False
    )


@cache
def _literal() -> frozenset[bytes]:
    return frozenset(mark.encode() for mark in markup_table()["around"])


def _around(view: View) -> Iterator[tuple[tuple[int, int], tuple[int, int], bool]]:
    """Yield both sides of what stands in the same characters before and behind, and whether it can be no disguise."""
    shadow, text = view.shadow, view.text
    place, pattern = 0, _opening()
    searched: dict[bytes, int] = {}
    while (match := pattern.search(shadow, place)) is not None:
        place = first = match.end() - 1
        sign = shadow[first - 1]
        start = first - 1
        while start and shadow[start - 1] == sign and first - start < _WIDEST:
            start -= 1
        mark = shadow[start:first]
        if mark not in _marks() or (start and shadow[start - 1] not in _OPENING):
            continue
        if shadow.find(mark, first, first + LONGEST) < 0:
            continue
        last = _closing(shadow, first, mark, searched)
        if last < 0 or not is_likely(text[first:last]):
            continue
        literal = mark in _literal() or _DEFANGED.search(shadow[first:last]) is not None
        yield (start, first), (last, last + len(mark)), literal


@cache
def _marks() -> frozenset[bytes]:
    return frozenset(
        mark.encode() for row in ("around", "emphasis") for mark in markup_table()[row]
    )


def _closing(shadow: bytes, first: int, mark: bytes, searched: dict[bytes, int]) -> int:
    """Return where the mark stands again, behind the last character of a token; -1 when nowhere.

    Args:
        shadow: all of the text.
        first: where the search begins.
        mark: what is looked for.
        searched: by mark, up to where no place was found from any earlier `first`; kept up to date, so
            that a token full of marks is searched once.
    """
    high = min(first + LONGEST, len(shadow))
    stop = _BLANK.search(shadow, first, high)
    high = stop.start() if stop is not None else high
    last = shadow.find(mark, max(first, searched.get(mark, 0)), high)
    while last >= 0:
        end = last + len(mark)
        if shadow[end : end + 1] != mark[:1] and is_apart(shadow, 0, end):
            return last
        searched[mark] = end
        last = shadow.find(mark, end, high)
    return -1


def _bars(view: View) -> Iterator[tuple[int, int]]:
    """Yield two bars beside a literal, and one that parts two indicators; before half of one it may be a disguise."""
    shadow = view.shadow
    for match in _BARS.finditer(shadow):
        start, end = match.span()
        if shadow[start] != _BAR:
            before, after = token_before(view, start + 1, _NEAR), token_after(view, end - 1, _NEAR)
            behind = before.rpartition("|")[2].lstrip("([<")
            if stands(behind) and stands(after.partition("|")[0].rstrip(")]>.,;:")):
                yield start + 1, end - 1
        elif shadow[start - 1 : start] != b":" and (
            is_likely(token_before(view, start, _NEAR)) or is_likely(token_after(view, end, _NEAR))
        ):
            yield start, end


@cache
def _openers() -> Pattern:
    pairs = one_of(pair.split(" ")[0] for pair in markup_table()["pairs"])
    commands = rb"\\[A-Za-z]{2,20}\*?[{\[]|\\(?:verb|lstinline|path|url)|@[a-z]{3,8}\{"
    return compile_pattern(commands + rb"|" + pairs, capture=False)


def _commands(view: View) -> Iterator[tuple[int, int]]:
    r"""Yield what stands before and behind the argument of a command: ``\texttt{...}``, ``{{{...}}}``."""
    shadow = view.shadow
    for opener in _openers().finditer(shadow):
        start = opener.start()
        match = _COMMAND.match(shadow, start, start + 2 * LONGEST)
        if match is not None:
            first, last = max(match.span(group) for group in range(1, _GROUPS + 1))
            if is_likely(view.text[first:last]) and is_apart(shadow, *match.span()):
                yield start, first
                yield last, match.end()
            continue
        for opening, closing in _pairs():
            if shadow.startswith(opening, start):
                yield from _pair(view, start, opening, closing)


@cache
def _pairs() -> tuple[tuple[bytes, bytes], ...]:
    pairs = (pair.encode().split(b" ") for pair in markup_table()["pairs"])
    return tuple((opening, closing) for opening, closing in pairs)


def _pair(view: View, start: int, opening: bytes, closing: bytes) -> Iterator[tuple[int, int]]:
    shadow, first = view.shadow, start + len(opening)
    last = shadow.find(closing, first, first + LONGEST)
    if last < 0 or not is_apart(shadow, start, last + len(closing)) or b"\n" in shadow[first:last]:
        return
    if is_likely(view.text[first:last]):
        yield start, first
        yield last, last + len(closing)
