"""Suspects: the words of a text that are near to known names without being known themselves.

A text is cut into stretches; the distinct words of a stretch come from one translation and one
split, and all known words leave by one difference of sets. Only what is left is looked at one by
one, so that clean text costs little more than being copied.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cache
from itertools import accumulate, chain, compress, pairwise
from typing import NamedTuple

from decloak.core.document import View
from decloak.core.remember import remembered
from decloak.decode.nearness import is_inflected, is_near, is_near_daily
from decloak.decode.stretches import search_in, searching, tokens_with
from decloak.decode.vocabulary import is_plain, name_words, phrase_heads, phrase_tails
from decloak.kb.port_names import is_port_name
from decloak.kb.words import common_words, rarity

__all__ = ["Kind", "Suspect", "suspects"]

_LONGEST = 30
_AROUND = 320  # code points before a token in which a port may stand that matters
_BESIDE = 64  # code points that hold the token before one, or behind it

_APART = b"\"'`()[]{}<>,;!?*|=/_\t\n\r\x0b\x0c \x82"
_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_TABLE = bytes(
    32 if code in _APART
    else code | 32 if bytes([code]).isalpha()
    else code if code in b"-0123456789"
    else ord(".")
    for code in range(256)
)  # fmt: skip
"""Byte -> lower case; what parts words -> a space; what makes a word part of something -> a dot."""

_MARKS = frozenset({b"tcp", b"udp", b"sctp", b"portid", b"product"})
_PORT_REACH = 200  # code points behind a port in which a service or a product may stand
_ONE_SLIP = 6  # longer words may have two slips where a name must stand
_RARE = 4.9
"""An ordinary word that is met more often than this is meant."""


class Kind(Enum):
    """What a suspect word is.

    NEAR: no word, near to one of a name. PLAIN: an ordinary word near to one of a name, which only
    a fitting place makes a slip. UNKNOWN: neither, but a port or the words beside it may make it one.
    """

    NEAR = "near"
    PLAIN = "plain"
    UNKNOWN = "unknown"


class Suspect(NamedTuple):
    """One place where a suspect word stands.

    Attributes:
        start, end: half-open code-point range.
        kind: what the word is.
    """

    start: int
    end: int
    kind: Kind


def suspects(view: View) -> Iterator[Suspect]:
    """Yield every place of a suspect word, in order."""
    words, stretches = search_in(view, _Words)
    for offset, shadow, tokens in stretches:
        for start, end in words.places(shadow, tokens):
            word = shadow[start:end].translate(_TABLE).decode("ascii")
            yield Suspect(offset + start, offset + end, words.hot[word])


@searching
class _Words:
    """The suspect words of a text, as they are met.

    Attributes:
        hot: each with what it is.
    """

    def __init__(self) -> None:
        self.hot: dict[str, Kind] = {}
        self._named: set[bytes] = set()
        self._doubtful: set[bytes] = set()
        self._told: set[bytes] = set(_MARKS)  # both, and what makes a doubtful word mean something

    def choose(self, tokens: list[bytes]) -> Iterator[bytes]:
        """Yield the tokens that hold a suspect word."""
        joined = b" ".join(tokens)
        plain = _plain(joined)
        words = _words(plain)
        for word in words:
            kind = _kind(word)
            if kind is not None:
                self._add(word, kind)
        if here := self.hot.keys() & words:
            yield from tokens_with(joined, plain, {word.encode("ascii") for word in here})

    def _add(self, word: str, kind: Kind) -> None:
        self.hot[word] = kind
        spelt = word.encode("ascii")
        self._told.add(spelt)
        (self._doubtful if kind is Kind.UNKNOWN else self._named).add(spelt)

    def places(self, shadow: bytes, tokens: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Yield where suspect words stand in a stretch, given the tokens that hold some."""
        if len(tokens) * _AROUND > len(shadow):  # one pass is less than all the windows
            yield from self._places(_plain(shadow))
            return
        for first, last in tokens:
            low, high = _window(shadow, first, last)
            for start, end in self._places(_plain(shadow[low:high])):
                if first <= low + start < last:
                    yield low + start, low + end

    def _places(self, plain: bytes) -> Iterator[tuple[int, int]]:
        """Yield where suspect words stand; doubtful ones where that may mean something.

        A doubtful word means something only behind a port or the first word of some name, or before
        the second.
        """
        named, doubtful = self._named, self._doubtful
        heads, tails, last_mark = _heads(), _tails(), -_PORT_REACH
        tokens = plain.split(b" ")
        ends = accumulate(map(len, tokens))
        held = map(self._told.__contains__, tokens)
        for place, length in compress(enumerate(ends), held):
            token = tokens[place]
            end = length + place  # one space for each token before
            start = end - len(token)
            if token in doubtful:
                before = tokens[place - 1] if place else b""
                behind = tokens[place + 1] if place + 1 < len(tokens) else b""
                beside = before in heads or behind.rstrip(b".") in tails
                if not beside and start - last_mark >= _PORT_REACH:
                    continue
            elif token in _MARKS:
                last_mark = end
                if token not in named:
                    continue
            yield start, end


def _window(shadow: bytes, first: int, last: int) -> tuple[int, int]:
    """Return a range that begins where a token does, and holds what tells what one in it means."""
    low = max(first - _AROUND, 0)
    lead = shadow[low:first].lower()
    if not any(mark in lead for mark in _MARKS):
        low = max(first - _BESIDE, 0)
    if low:
        low = max(shadow.rfind(b" ", low, first), shadow.rfind(b"\n", low, first)) + 1 or low
    return low, last + _BESIDE


def _plain(shadow: bytes) -> bytes:
    """Return a stretch in lower case, with spaces where words end; offsets stay."""
    plain = (shadow + b" ").replace(b"\x83s ", b"'s ")  # the genitive, with any apostrophe
    plain = plain.translate(_TABLE).replace(b". ", b"  ")
    if b"-" in plain:  # nginx-1.18.0, 10.0.22-MariaDB-1
        pieces = plain.split(b"-")
        joints = [
            b" " if one[-1:].isdigit() or other[:1].isdigit() else b"-"
            for one, other in pairwise(pieces)
        ]
        plain = b"".join(chain.from_iterable(zip(pieces, (*joints, b""), strict=True)))
    return plain


def _words(plain: bytes) -> set[str]:
    """Return the distinct words of a translated stretch that are not known."""
    tokens = set(plain.split())
    alpha = set(filter(bytes.isalpha, tokens))
    joined = [
        token
        for token in tokens - alpha
        if b"." not in token and not token.isdigit() and _is_joined(token)
    ]
    words = set(b" ".join((*alpha, *joined)).decode("ascii").split())
    return words - _settled()


def _is_joined(token: bytes) -> bool:
    """Whether letters are joined by hyphens, or with digits as in some name."""
    if len(token) > _LONGEST:
        return False
    if b"-" in token:
        return token.replace(b"-", b"").isalpha()
    return token.strip(_LETTERS) in _numbers()


@cache
def _numbers() -> frozenset[bytes]:
    """Return what is left of the words of names when the letters around their digits go."""
    return frozenset(
        word.encode("ascii").strip(_LETTERS)
        for word in name_words()
        if word.isascii() and word.isalnum() and not word.isalpha()
    )


@cache
def _known() -> frozenset[str]:
    return common_words().union(name_words())


@cache
def _settled() -> frozenset[str]:
    """Return the words that are known and slips of nothing, wherever they stand."""
    return _known() - {word for word in common_words() if is_near_daily(word)}


@remembered(1 << 14)
def _kind(word: str) -> Kind | None:
    """Return what a suspect is; None when it is none."""
    if not 3 <= len(word) <= _LONGEST:
        return None
    if is_plain(word):
        meant = (rarity(word) or _RARE) < _RARE or is_inflected(word)
        if not meant and is_near(word, 1):
            return Kind.PLAIN
        return Kind.UNKNOWN if is_near_daily(word) and not is_port_name(word) else None
    if is_near(word, 2 if len(word) > _ONE_SLIP else 1):
        return Kind.NEAR
    return None if is_port_name(word) else Kind.UNKNOWN


@cache
def _heads() -> frozenset[bytes]:
    """Return what the translation leaves last of the first words of names of several words."""
    return frozenset(words[-1] for words in map(_translated, phrase_heads()) if words)


@cache
def _tails() -> frozenset[bytes]:
    """Return what the translation leaves first of the second words of such names."""
    return frozenset(words[0].rstrip(b".") for words in map(_translated, phrase_tails()) if words)


def _translated(word: str) -> list[bytes]:
    return _plain(word.encode("ascii", "replace")).split()
