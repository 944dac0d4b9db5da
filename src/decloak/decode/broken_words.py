"""Broken words: tokens that no decoder made readable and that may still be a name taken apart.

What is an indicator, a path, an identifier or an ordinary word is honest and left out; so is a
spelling that comes again and again. The number of words that are looked at is bounded by the length
of the text: one with more of them is no text with slips in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from decloak.core.document import View
from decloak.core.remember import remembered
from decloak.decode.nearness import is_compound, is_inflected
from decloak.decode.sense import NOTHING, sense
from decloak.decode.surroundings import has_context, stands_alone
from decloak.decode.vocabulary import is_plain, is_strong
from decloak.indicators.engine import compile_pattern
from decloak.indicators.skeleton import skeleton
from decloak.kb.port_names import is_port_name

__all__ = ["SHORTEST", "Places", "broken_words", "is_believed"]

Places = Mapping[str, list[tuple[int, int]]]
"""Word as it stands -> where, as half-open code-point ranges."""

SHORTEST, _LONGEST = 5, 32
_RUN = rb"""[^\x00-\x20\x7f"'`()\[\]{}<>,;=\x82]{5,48}"""
"""What stands between white space, quotation marks, brackets and the like; longer runs are no words."""
_SIGNS = "-._+*~^|#@$!&\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb\u2013\u2014\u2026"
_LETTERS = re.compile(r"[a-z]")
_CAMEL = re.compile(r"[a-z][A-Z]")
_HUMPS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_VERSION = re.compile(r"[/_-]v?\d")
_NEVER = frozenset("/:\\%?.\x00\ufffd")
_REPEATED = 3  # as often as this, a spelling is meant
_PER_LOOK, _FREE_LOOKS, _MOST_LOOKS = 60, 100, 20_000
_MOST_SEEN = 1 << 16
_HEXADECIMAL = re.compile(r"(?=.*\d)[0-9a-f]{6,}\Z")


def broken_words(view: View) -> Places:
    """Return the words of a text that may be broken names, in the order in which they come first."""
    text = view.text
    found: dict[str, list[tuple[int, int]]] = {}
    cores: dict[str, tuple[int, int] | None] = {}
    looks = min(len(text) // _PER_LOOK + _FREE_LOOKS, _MOST_LOOKS)
    for match in compile_pattern(_RUN, capture=False).finditer(view.shadow):
        start, end = match.span()
        run = text[start:end]
        if run not in cores:
            if len(cores) >= _MOST_SEEN:
                cores.clear()
            cores[run] = _core(run)
        core = cores[run]
        if core is None:
            continue
        start, end = start + core[0], start + core[1]
        places = found.get(text[start:end], [])
        if len(places) < _REPEATED and stands_alone(text, start, end):
            found[text[start:end]] = [*places, (start, end)]
            if len(found) > looks:
                return {}
    return {word: places for word, places in found.items() if len(places) < _REPEATED}


def _core(run: str) -> tuple[int, int] | None:
    """Return the range without the signs at the edges and a version at the end; None for an honest word."""
    start, end = 0, len(run)
    while end > start and run[end - 1] in _SIGNS + ":?":
        end -= 1
    while start < end and run[start] in _SIGNS:
        start += 1
    version = _VERSION.search(run, start, end)
    if version:
        end = version.start()
    return (start, end) if _may_be_broken(run[start:end]) else None


@remembered(1 << 14)
def _may_be_broken(word: str) -> bool:
    """Whether a word is none that is known, and has the look of a name with something wrong in it."""
    if not SHORTEST <= len(word) <= _LONGEST or not _NEVER.isdisjoint(word):
        return False
    low = (word if word.isascii() else skeleton(word)).lower()
    letters = len(_LETTERS.findall(low))
    if letters < 4 or 2 * letters < len(low) or not low.isascii() or _HEXADECIMAL.match(low):
        return False
    if _is_honest(low) or (_CAMEL.search(word) and all(map(_is_word, _HUMPS.findall(word)))):
        return False
    return sense(word) <= NOTHING


def _is_honest(low: str) -> bool:
    if is_plain(low) or is_inflected(low) or is_port_name(low) or is_compound(low, capitals=False):
        return True
    parts = [part for part in re.split(r"[^a-z]+", low) if part]
    long = [part for part in parts if len(part) > 1]
    return len(parts) > 1 and bool(long) and all(map(_is_word, long))


def _is_word(part: str) -> bool:
    low = part.lower()
    return is_plain(low) or is_inflected(low)


def is_believed(text: str, start: int, end: int, name: str) -> bool:
    """Whether a name may be read at this place: it is one that needs no context, or has it."""
    return (is_strong(name) and len(name) >= SHORTEST) or has_context(text, start, end, name)
