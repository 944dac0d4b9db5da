"""Stretches: a text cut up, and the few distinct tokens in each that deserve a look found again.

Tool output repeats itself: three tokens in four were there before. What a text is searched for is
asked of each distinct token once; where a token that deserves a look stands is looked up when there
is one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import accumulate, compress
from typing import NamedTuple
from weakref import WeakKeyDictionary

from decloak.core.document import View

__all__ = ["located", "places_of", "release", "tokens_with"]

_STRETCH = 1 << 18  # code points whose tokens are looked up at once
_MOST_SEEN = 1 << 18
_FEW = 8  # words that are sought one by one
_SPACE = 0x20
_WHITE = b" \t\n\r\x0b\x0c"

Choose = Callable[[list[bytes]], Iterable[bytes]]
"""Tokens between white space, no two the same -> those whose places are wanted."""


class _Stretch(NamedTuple):
    """A part of a text that ends at white space, unless there is none.

    Attributes:
        start, end: half-open code-point range.
        fresh: its distinct tokens between ASCII white space that no stretch before has; in a huge
            text some come again.
    """

    start: int
    end: int
    fresh: list[bytes]


_held: WeakKeyDictionary[View, list[_Stretch]] = WeakKeyDictionary()
"""The stretches of texts that are being decoded: several decoders ask for them."""


def release(view: View) -> None:
    """Forget the stretches of a text, once all decoders have seen it."""
    _held.pop(view, None)


def places_of(view: View, choose: Choose) -> Iterator[tuple[int, bytes, list[tuple[int, int]]]]:
    """Yield the places of the tokens that deserve a look, stretch by stretch.

    Args:
        view: the text.
        choose: is asked about each distinct token once, or a few times in a huge text.

    Yields:
        Where a stretch starts, its shadow, and half-open ranges in it, sorted; never an empty list.
    """
    chosen: set[bytes] = set()
    for start, end, fresh in _stretches(view):
        chosen.update(choose(fresh))
        if not chosen:
            continue
        shadow = view.shadow[start:end]
        tokens = shadow.split()
        if not chosen.isdisjoint(tokens):
            yield start, shadow, list(_found(shadow, filter(chosen.__contains__, tokens)))


def _stretches(view: View) -> list[_Stretch]:
    held = _held.get(view)
    if held is None:
        held = _held[view] = list(_cut(view.shadow))
    return held


def _cut(shadow: bytes) -> Iterator[_Stretch]:
    seen: set[bytes] = set()
    start = 0
    while start < len(shadow):
        end = min(start + _STRETCH, len(shadow))
        if end < len(shadow):
            cut = max(shadow.rfind(b" ", start, end), shadow.rfind(b"\n", start, end))
            end = cut + 1 if cut > start else end
        fresh = set(shadow[start:end].split()).difference(seen)
        yield _Stretch(start, end, list(fresh))
        if len(seen) > _MOST_SEEN:
            seen.clear()
        seen |= fresh
        start = end


def tokens_with(joined: bytes, plain: bytes, words: Collection[bytes]) -> Iterator[bytes]:
    """Yield the tokens that hold one of some words; one that holds several comes several times.

    Args:
        joined: tokens with spaces between them.
        plain: the same, translated byte by byte.
        words: what stands between spaces of `plain`.
    """
    for start, end in located(plain, words):
        stop = joined.find(b" ", end)
        yield joined[joined.rfind(b" ", 0, start) + 1 : stop if stop >= 0 else len(joined)]


def _found(shadow: bytes, tokens: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    """Yield where tokens stand between white space, given all places of each in their order."""
    end = 0
    for token in tokens:
        start = shadow.find(token, end)
        while not _is_apart(shadow, start, start + len(token)):
            start = shadow.find(token, start + 1)
        end = start + len(token)
        yield start, end


def _is_apart(shadow: bytes, start: int, end: int) -> bool:
    """Whether white space or an end of the text is on both sides of a range."""
    return (not start or shadow[start - 1] in _WHITE) and (
        end == len(shadow) or shadow[end] in _WHITE
    )


def located(plain: bytes, words: Collection[bytes]) -> Iterator[tuple[int, int]]:
    """Yield where tokens between spaces are among `words`, in order, in time for the text alone."""
    if len(words) <= _FEW:
        yield from sorted(place for word in words for place in _standing(plain, word))
        return
    tokens = plain.split(b" ")
    held = list(map(words.__contains__, tokens))
    if True not in held:
        return
    places = enumerate(zip(tokens, accumulate(map(len, tokens)), strict=True))
    for before, (token, length) in compress(places, held):
        end = length + before  # one space for each token before
        yield end - len(token), end


def _standing(plain: bytes, word: bytes) -> Iterator[tuple[int, int]]:
    start = plain.find(word)
    while start >= 0:
        end = start + len(word)
        if plain[end : end + 1] in {b" ", b""} and (not start or plain[start - 1] == _SPACE):
            yield start, end
        start = plain.find(word, start + 1)
