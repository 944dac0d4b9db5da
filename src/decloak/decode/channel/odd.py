"""Odd: the tokens of a text that are no word, no known name and no value, and may be a name in disguise.

A cheap, exact filter before any search: each distinct token is judged once, by tables alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from decloak import indicators
from decloak.core.document import View
from decloak.core.remember import remembered
from decloak.decode.nearness import is_compound, is_inflected
from decloak.decode.stretches import search_in, searching
from decloak.decode.vocabulary import is_plain, name_words
from decloak.kb.lexicon import lookup_all
from decloak.kb.port_names import is_port_name
from decloak.kb.words import common_words

__all__ = ["OddToken", "is_odd", "odd_tokens"]

_LONGEST, _FEWEST = 60, 4
_WRAPPING = "\"'`()[]{}<>,;:.!?|*_~#\u201c\u201d\u2018\u2019\u00ab\u00bb\u2026"
_EDGES = b"\"'`()[]{}<>,;:.!?"
_PIECE = re.compile(r"[^\"`()\[\]{}<>,;:=/\u201c\u201d\u00ab\u00bb]+")
_NEVER = re.compile(r"://|\\|%[0-9A-Fa-f]{2}|^[~.]{0,2}/|@[A-Za-z0-9-]+\.|^-{1,2}[A-Za-z]")
_VERSION = re.compile(r"[/_-]v?\d[\w.+-]*\Z")
_NUMBER = re.compile(r"[\dv][\d.,:+-]*[A-Za-z]{0,4}\d{0,3}\Z")
_CODE = re.compile(r"(?=.*\d)[0-9A-Fa-f-]{6,}\Z|0x[0-9A-Fa-f]+\Z")
_QUIET = re.compile(r"[-._'’&]+")
_HUMPS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_SHORT = 2
_POINTS = frozenset(".:@")


class OddToken(NamedTuple):
    """A token between white space that holds an odd piece: half-open range."""

    start: int
    end: int


def odd_tokens(view: View) -> Iterator[OddToken]:
    """Yield the odd tokens of a text, in order."""
    _, stretches = search_in(view, _Odd)
    for offset, _, tokens in stretches:
        for start, end in tokens:
            low, high = offset + start, offset + end
            if view.is_ascii or is_odd(view.text[low:high]):
                yield OddToken(low, high)


@searching
class _Odd:
    """The odd tokens of a text, as they are met."""

    def choose(self, tokens: list[bytes]) -> Iterator[bytes]:
        """Yield the tokens that are odd, and all that hold more than ASCII."""
        plain = _settled()
        for token in tokens:
            if len(token) < _FEWEST or token.isdigit() or token.strip(_EDGES).lower() in plain:
                continue
            if not token.isascii() or is_odd(token.decode("ascii")):
                yield token


@cache
def _settled() -> frozenset[bytes]:
    """Return the words that are met in every text, and those that names consist of."""
    return frozenset(word.encode("ascii", "replace") for word in (*common_words(), *name_words()))


@remembered(1 << 16)
def is_odd(token: str) -> bool:
    """Whether a token between white space holds a piece that is neither a word nor a value nor a known name."""
    bare = token.strip(_WRAPPING)
    if not _FEWEST <= len(bare) <= _LONGEST or _NEVER.search(bare) is not None:
        return False
    if bare.isascii() and bare.isalpha():
        return _is_unknown_word(bare)
    if lookup_all(bare) or _is_value(bare):
        return False
    return any(map(_is_odd_piece, _pieces(bare)))


def _is_value(token: str) -> bool:
    """Whether a token is an address, a host name or the like; all but codes are written with a stop, a colon or an at sign."""
    return (
        token.isascii() and not _POINTS.isdisjoint(token) and indicators.classify(token) is not None
    )


def _pieces(token: str) -> Iterable[str]:
    return (piece.strip(_WRAPPING) for piece in _PIECE.findall(token))


def _is_unknown_word(word: str) -> bool:
    low = word.lower()
    if is_plain(low) or is_inflected(low) or is_port_name(low):
        return False
    humps = _HUMPS.findall(word)
    if len(humps) > 1 and all(map(is_plain, humps)):
        return False
    return not is_compound(word, capitals=False)


def _is_odd_piece(piece: str) -> bool:
    if len(piece) < _FEWEST or sum(map(str.isalpha, piece)) < _SHORT:
        return False
    if piece.isascii() and piece.isalpha():
        return _is_unknown_word(piece)
    if _NUMBER.match(piece) or _CODE.match(piece) or lookup_all(piece):
        return False
    if _is_value(piece):
        return False
    stem = _VERSION.sub("", piece)
    if stem != piece and (len(stem) < _FEWEST or is_plain(stem) or lookup_all(stem)):
        return False
    parts = [part for part in _QUIET.split(stem) if part]
    return not all(len(part) <= _SHORT or part.isdigit() or is_plain(part) for part in parts)
