"""Suspects: the words of a text that are near to known names without being known themselves.

A text is cut into stretches; the distinct words of a stretch come from one translation and one
split, and all known words leave by one difference of sets. Only what is left is looked at one by
one, so that clean text costs little more than being copied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import Enum
from functools import cache
from itertools import accumulate, compress
from typing import NamedTuple

from decloak.core.document import View
from decloak.core.remember import remembered
from decloak.decode.nearness import is_inflected, is_near, is_near_daily
from decloak.decode.vocabulary import is_plain, name_words, phrase_heads, phrase_tails
from decloak.kb.port_names import is_port_name
from decloak.kb.words import common_words, rarity

__all__ = ["Kind", "Suspect", "located", "stretches", "suspects"]

_STRETCH = 1 << 18  # code points whose words are looked up at once
_LONGEST = 30
_MOST_SEEN = 1 << 18

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


def stretches(view: View) -> Iterator[tuple[int, bytes]]:
    """Yield (start, shadow) of stretches that end at white space, unless there is none."""
    shadow = view.shadow
    start = 0
    while start < len(shadow):
        end = min(start + _STRETCH, len(shadow))
        if end < len(shadow):
            cut = max(shadow.rfind(b" ", start, end), shadow.rfind(b"\n", start, end))
            end = cut + 1 if cut > start else end
        yield start, shadow[start:end]
        start = end


def suspects(view: View) -> Iterator[Suspect]:
    """Yield every place of a suspect word, in order."""
    seen: set[str] = set()
    hot: dict[str, Kind] = {}
    for offset, shadow in stretches(view):
        plain = _plain(shadow)
        words = _words(plain)
        for word in words - seen:
            kind = _kind(word)
            if kind is not None:
                hot[word] = kind
        if len(seen) > _MOST_SEEN:
            seen.clear()
        seen |= words
        here = hot.keys() & words
        if here:
            doubtful = {word.encode("ascii") for word in here if hot[word] is Kind.UNKNOWN}
            named = {word.encode("ascii") for word in here}.difference(doubtful)
            for start, end in _places(plain, named, doubtful):
                yield Suspect(offset + start, offset + end, hot[plain[start:end].decode("ascii")])


def _plain(shadow: bytes) -> bytes:
    """Return a stretch in lower case, with spaces where words end; offsets stay."""
    plain = shadow.replace(b"\x83s ", b"'s ").translate(_TABLE)  # the genitive, with any apostrophe
    plain = (plain + b" ").replace(b". ", b"  ")
    if b"-" in plain:  # nginx-1.18.0, 10.0.22-MariaDB-1
        for digit in b"0123456789":
            plain = plain.replace(b"-%c" % digit, b" %c" % digit)
            plain = plain.replace(b"%c-" % digit, b"%c " % digit)
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


def _places(plain: bytes, named: set[bytes], doubtful: set[bytes]) -> Iterator[tuple[int, int]]:
    """Yield where tokens are among `named`, or among `doubtful` where that may mean something.

    A doubtful word means something only behind a port or the first word of some name, or before the
    second.
    """
    if not doubtful:
        yield from located(plain, named)
        return
    heads, tails, last_mark = _heads(), _tails(), -_PORT_REACH
    tokens = plain.split(b" ")
    wanted = named | doubtful | _MARKS
    held = list(map(wanted.__contains__, tokens))
    ends = accumulate(map(len, tokens))
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


def located(plain: bytes, words: Collection[bytes]) -> Iterator[tuple[int, int]]:
    """Yield where tokens between spaces are among `words`, in one pass whatever their number."""
    tokens = plain.split(b" ")
    held = list(map(words.__contains__, tokens))
    if True not in held:
        return
    places = enumerate(zip(tokens, accumulate(map(len, tokens)), strict=True))
    for before, (token, length) in compress(places, held):
        end = length + before  # one space for each token before
        yield end - len(token), end
