"""Links: the brackets of links, the tags of forums, and characters written by name, beside a literal."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from decloak.core.document import View
from decloak.indicators.edges.likely import is_likely, token_before
from decloak.indicators.edges.table import LONGEST, is_apart, markup_table, one_of
from decloak.indicators.engine import Pattern, compile_pattern

__all__ = ["brackets"]

_DEEPEST = 8  # tags open at once
_DOUBLE = compile_pattern(rb"\[\[([^\[\]|\n]{3,512})(?:\]\[|\||\]\])")
_LABEL = compile_pattern(
    rb"://(?:[^\s\x82\"'<>`\[\]{}|]|\[(?:[.:/@-]|//|://|dot|at)\])*(\[)((?:[A-Za-z0-9\"'\x80\x83][^\[\]]{0,300})?)\]\^?(?:[\s\x82\x83.,;:!?)\"'|*_`+]|$)"
)
_IN_QUERY = frozenset(b"=#?&_-%+:/[.")
_SLASH = 0x2F


def brackets(view: View) -> Iterator[tuple[int, int]]:
    """Yield the ranges of brackets, tags and character references beside literals, in no order."""
    shadow = view.shadow
    if b"&" in shadow:
        yield from _references(view)
    if b"[/" in shadow:
        yield from _tags(view)
    if b"[[" in shadow:
        yield from _double_links(view)
    if b"://" in shadow and b"[" in shadow:
        yield from _labels(view)


@cache
def _bracketed() -> Pattern:
    names = one_of(markup_table()["bracketed"])
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
        if partner is None or start - partner[2] > LONGEST:
            continue
        opened.remove(partner)
        _, low, high = partner
        if is_apart(shadow, low, end) and is_likely(view.text[high:start]):
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
        if not label and b"?" in shadow[match.start() : start]:
            continue  # an empty index of a query
        if label.lower() not in markup_table()["placeholders"] and label.count("\n") <= 1:
            yield start, end


@cache
def _reference() -> Pattern:
    names = one_of([*markup_table()["delimiters"], *markup_table()["blanks"]])
    return compile_pattern(rb"(?i)&(?:amp;){0,3}(" + names + rb");")


def _references(view: View) -> Iterator[tuple[int, int]]:
    blanks = frozenset(name.encode() for name in markup_table()["blanks"])
    for match in _reference().finditer(view.shadow):
        if match.group(1).lower() in blanks and "://" not in token_before(view, match.start()):
            continue
        yield match.span()
