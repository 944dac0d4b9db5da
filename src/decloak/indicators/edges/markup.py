r"""Markup: what a language for documents writes around a literal: ``++evil.example++``, ``\texttt{...}``, ``url[label]``.

Only around: markup inside a token, which breaks it up, is a disguise and belongs to the decoders. What the languages
write is data, in ``markup.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from decloak.core.document import View
from decloak.indicators.edges.likely import is_likely, stands, token_after, token_before
from decloak.indicators.engine import Pattern, compile_pattern

__all__ = ["emphasis", "literal_marks"]

_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\x80")
_JOINTS = frozenset(b".-/@_")
_LONGEST = 512
_DEEPEST = 8  # tags open at once
_INSIDE = rb"[^\s\x82\n]"
_BEFORE = rb"(?:^|[\s\x82\x83()\[\]{}<>|\"'`,;:*_+=~@!-])"
_COMMAND = compile_pattern(
    rb"\\[A-Za-z]{2,20}\*?(?:\[[^\]\n]{0,40}\])?\{([^{}\n]{3,512})\}"
    rb"|@(?:code|samp|file|url|uref|email|kbd|command|option|env|verb|link|literal)\{([^{}\n]{3,512})\}"
    rb"|\\(?:verb|lstinline|path|url)\*?(?:\|([^|\n]{3,512})\||\+([^+\n]{3,512})\+|!([^!\n]{3,512})!)"
)
_GROUPS = 5
_BAR = compile_pattern(rb"[A-Za-z0-9/)\]]\|[A-Za-z0-9\[(]", capture=False)
_DOUBLE = compile_pattern(rb"\[\[([^\[\]|\n]{3,512})(?:\]\[|\||\]\])")
_LABEL = compile_pattern(
    rb"://(?:[^\s\x82\"'<>`\[\]{}|]|\[(?:[.:/@-]|//|://|dot|at)\])*(\[)((?:[A-Za-z0-9\"'\x80\x83][^\[\]]{0,300})?)\]\^?(?:[\s\x82\x83.,;:!?)\"'|*_`+]|$)"
)
_DEFANGED = compile_pattern(
    rb"(?i)[\[({](?:[.:@/]|//|://|dot|at)[\])}]|\bh(?:xx|\*\*)ps?", capture=False
)
_IN_QUERY = frozenset(b"=#?&_-%+:/[.")
_SLASH = 0x2F

_Spans = list[tuple[int, int]]


def literal_marks(view: View) -> Iterable[tuple[int, int]]:
    """Return the ranges of the markup around literals, sorted and free of overlaps."""
    return _disjoint(_literals(view))


def emphasis(view: View, *, decoded: bool) -> Iterable[tuple[int, int]]:
    """Return the ranges of emphasis around literals.

    Args:
        view: a text.
        decoded: whether around all; else around what is defanged, for the decoders take the rest out themselves.
    """
    found = [*_around(view, "emphasis", None if decoded else _DEFANGED)]
    return _disjoint(found)


def _literals(view: View) -> _Spans:
    shadow = view.shadow
    found: _Spans = []
    if b"&" in shadow:
        found += _references(view)
    if b"[/" in shadow:
        found += _tags(view)
    if b"[[" in shadow:
        found += _double_links(view)
    if b"://" in shadow and b"[" in shadow:
        found += _labels(view)
    if b"\\" in shadow or b"{" in shadow:
        found += _commands(view)
    if b"|" in shadow:
        found += _between_bars(view)
    for bars in _table()["alone"]:
        found += _bars(view, bars.encode())
    for pair in _table()["pairs"]:
        found += _pairs(view, *(mark.encode() for mark in pair.split(" ")))
    return [*found, *_around(view, "around")]


def _longest_first(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], -span[1]


def _disjoint(ranges: _Spans) -> Iterator[tuple[int, int]]:
    end = 0
    for start, stop in sorted(set(ranges), key=_longest_first):
        if start >= end:
            yield start, stop
            end = stop


@cache
def _table() -> dict[str, list[str]]:
    return tomllib.loads(
        files("decloak.indicators.edges").joinpath("markup.toml").read_text("utf-8")
    )


def _one_of(words: Iterable[str]) -> bytes:
    escaped = ("".join(char if char.isalnum() else "\\" + char for char in word) for word in words)
    return b"|".join(word.encode() for word in escaped)


@cache
def _opening(kind: str) -> Pattern:
    marks = _one_of(_table()[kind])
    return compile_pattern(_BEFORE + rb"(" + marks + rb")[A-Za-z0-9/\\%\[(.\x80]")


def _is_apart(shadow: bytes, start: int, end: int) -> bool:
    """Whether a range is a token of its own, and not inside one that markup breaks up."""
    if start and (shadow[start - 1] in _WORD or shadow[start - 1] in _JOINTS):
        return False
    after = shadow[end : end + 2]
    if not after or after[0] not in _WORD:
        return len(after) < 2 or after[0] not in _JOINTS or after[1] not in _WORD
    return False


def _around(view: View, kind: str, within: Pattern | None = None) -> Iterator[tuple[int, int]]:
    """Yield both sides of what stands in the same characters before and behind."""
    shadow, text = view.shadow, view.text
    place, pattern = 0, _opening(kind)
    searched: dict[bytes, int] = {}
    while (match := pattern.search(shadow, place)) is not None:
        start, first = match.span(1)
        mark = shadow[start:first]
        place = first
        last = _closing(shadow, first, mark, searched)
        if (start and shadow[start - 1] == mark[0]) or last < 0 or not is_likely(text[first:last]):
            continue
        if within is None or within.search(shadow[first:last]) is not None:
            yield start, first
            yield last, last + len(mark)


def _closing(shadow: bytes, first: int, mark: bytes, searched: dict[bytes, int]) -> int:
    """Return where the mark stands again, behind the last character of a token; -1 when nowhere.

    Args:
        shadow: all of the text.
        first: where the search begins.
        mark: what is looked for.
        searched: by mark, up to where no place was found from any earlier `first`; kept up to date, so
            that a token full of marks is searched once.
    """
    high = min(first + _LONGEST, len(shadow))
    stop = compile_pattern(rb"[\s\x82\n]", capture=False).search(shadow, first, high)
    high = stop.start() if stop is not None else high
    last = shadow.find(mark, max(first, searched.get(mark, 0)), high)
    while last >= 0:
        end = last + len(mark)
        if shadow[end : end + 1] != mark[:1] and _is_apart(shadow, 0, end):
            return last
        searched[mark] = end
        last = shadow.find(mark, end, high)
    return -1


def _bars(view: View, mark: bytes) -> Iterator[tuple[int, int]]:
    """Yield marks beside a literal, but behind a scheme, where they may be a disguise."""
    shadow = view.shadow
    start = shadow.find(mark)
    while start >= 0:
        end = start + len(mark)
        literal = is_likely(token_before(view, start)) or is_likely(token_after(view, end))
        if literal and shadow[start - 1 : start] != b":":
            yield start, end
        start = shadow.find(mark, end)


def _between_bars(view: View) -> Iterator[tuple[int, int]]:
    """Yield bars that part two indicators; in front of half of one it may be a disguise."""
    for match in _BAR.finditer(view.shadow):
        place = match.start() + 1
        before, after = token_before(view, place), token_after(view, place + 1)
        if stands(before.rpartition("|")[2].lstrip("([<")) and stands(
            after.partition("|")[0].rstrip(")]>.,;:")
        ):
            yield place, place + 1


def _pairs(view: View, opening: bytes, closing: bytes) -> Iterator[tuple[int, int]]:
    shadow = view.shadow
    start = shadow.find(opening)
    while start >= 0:
        first = start + len(opening)
        last = shadow.find(closing, first, first + _LONGEST)
        if last < 0 or not _is_apart(shadow, start, last + len(closing)):
            pass
        elif b"\n" not in shadow[first:last] and is_likely(view.text[first:last]):
            yield start, first
            yield last, last + len(closing)
        start = shadow.find(opening, first)


def _commands(view: View) -> Iterator[tuple[int, int]]:
    r"""Yield what stands before and behind the argument of a command of LaTeX."""
    for match in _COMMAND.finditer(view.shadow):
        first, last = max(match.span(group) for group in range(1, _GROUPS + 1))
        if is_likely(view.text[first:last]) and _is_apart(view.shadow, *match.span()):
            yield match.start(), first
            yield last, match.end()


@cache
def _bracketed() -> Pattern:
    names = _one_of(_table()["bracketed"])
    return compile_pattern(rb"(?i)\[(/?)(" + names + rb")(?:\]|(=)\"?)")


def _tags(view: View) -> Iterator[tuple[int, int]]:
    """Yield tags in square brackets that are closed again, and stand around a literal."""
    shadow = view.shadow
    opened: list[tuple[bytes, int, int]] = []
    for match in _bracketed().finditer(shadow):
        name, start = match.group(2).lower(), match.start()
        end = match.end()
        if match.end(1) == match.start(1):
            opened = [*opened[-_DEEPEST:], (name, start, end)]
            continue
        partner = next((each for each in reversed(opened) if each[0] == name), None)
        if partner is None or start - partner[2] > _LONGEST:
            continue
        opened.remove(partner)
        _, low, high = partner
        if _is_apart(shadow, low, end) and is_likely(view.text[high:start]):
            yield low, high
            yield start, end
            close = shadow.find(b"]", high, start)
            if shadow[high - 1] != 0x5D and close >= 0:
                yield close, close + 1


def _double_links(view: View) -> Iterator[tuple[int, int]]:
    """Yield the brackets around the target of ``[[target][label]]``."""
    for match in _DOUBLE.finditer(view.shadow):
        if is_likely(view.text[match.start(1) : match.end(1)]):
            yield match.start(), match.start(1)
            yield match.end(1), match.end()


def _labels(view: View) -> Iterator[tuple[int, int]]:
    """Yield the bracket that begins a label behind a URL: ``url[label]``."""
    shadow = view.shadow
    for match in _LABEL.finditer(shadow):
        start, end = match.span(1)
        before = shadow[start - 1]
        if before in _IN_QUERY and (before != _SLASH or shadow[start - 2] == _SLASH):
            continue
        label = view.text[match.start(2) : match.end(2)]
        if label.lower() not in _table()["placeholders"] and label.count("\n") <= 1:
            yield start, end


@cache
def _reference() -> Pattern:
    names = _one_of([*_table()["delimiters"], *_table()["blanks"]])
    return compile_pattern(rb"(?i)&(?:amp;){0,3}(" + names + rb");")


def _references(view: View) -> Iterator[tuple[int, int]]:
    blanks = frozenset(name.encode() for name in _table()["blanks"])
    for match in _reference().finditer(view.shadow):
        if match.group(1).lower() in blanks and "://" not in token_before(view, match.start()):
            continue
        yield match.span()
