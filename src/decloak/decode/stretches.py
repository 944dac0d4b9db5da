"""Stretches: a text cut up, and the few distinct tokens in each that deserve a look found again.

Tool output repeats itself: three tokens in four were there before. What a text is searched for is
asked of each distinct token once; where a token that deserves a look stands is looked up when there
is one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import accumulate, compress
from typing import NamedTuple, Protocol, TypeVar

from decloak.core.document import View
from decloak.decode.once import once

__all__ = ["Search", "Stretch", "located", "search_in", "searching", "tokens_with"]

_STRETCH = 1 << 18  # code points whose tokens are looked up at once
_MOST_SEEN = 1 << 18
_FEW = 8  # words that are sought one by one
_SPACE = 0x20
_WHITE = b" \t\n\r\x0b\x0c"


class Search(Protocol):
    """What one decoder looks for in the tokens of one text."""

    def choose(self, tokens: list[bytes]) -> Iterable[bytes]:
        """Yield the tokens that deserve a look.

        Args:
            tokens: between ASCII white space, no two the same; each comes once, in a huge text a
                few times.
        """
        ...


class Stretch(NamedTuple):
    """A part of a text that ends at white space, unless there is none.

    Attributes:
        start: where it starts.
        shadow: its shadow.
        places: half-open ranges in it of the tokens that deserve a look, sorted; never empty.
    """

    start: int
    shadow: bytes
    places: list[tuple[int, int]]


_Places = tuple[int, int, list[tuple[int, int]]]
_Found = tuple[Search, list[_Places]]

_makers: list[Callable[[], Search]] = []
S = TypeVar("S", bound=Search)


def searching(search: type[S]) -> type[S]:
    """Let a text be searched for something whenever it is searched for anything."""
    _makers.append(search)
    return search


def search_in(view: View, search: type[S]) -> tuple[S, Iterator[Stretch]]:
    """Return a search after it has seen a text, and the stretches that hold what it chose.

    The text is split once for all that is searched for.
    """
    made, found = _searched(view)[search]
    assert isinstance(made, search)  # noqa: S101 - see `_searched`
    stretches = (Stretch(start, view.shadow[start:end], places) for start, end, places in found)
    return made, stretches


@once
def _searched(view: View) -> dict[Callable[[], Search], _Found]:
    made: list[tuple[Search, set[bytes], list[_Places]]] = [(make(), set(), []) for make in _makers]
    shadow = view.shadow
    seen: set[bytes] = set()
    wanted: set[bytes] = set()
    for start, end in _cut(shadow):
        stretch = shadow[start:end]
        tokens = stretch.split()
        fresh = [token for token in dict.fromkeys(tokens) if token not in seen]
        for search, chosen, _ in made:
            new = set(search.choose(fresh))
            chosen.update(new)
            wanted.update(new)
        hits = list(filter(wanted.__contains__, tokens)) if wanted else []
        if hits:
            places = list(_found(stretch, hits))
            for _, chosen, found in made:
                held = list(compress(places, map(chosen.__contains__, hits)))
                if held:
                    found.append((start, end, held))
        if len(seen) > _MOST_SEEN:
            seen.clear()
            for known in (wanted, *(chosen for _, chosen, _ in made)):
                known.intersection_update(tokens)
        seen.update(fresh)
    return {make: (search, found) for make, (search, _, found) in zip(_makers, made, strict=True)}


def _cut(shadow: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(shadow):
        end = min(start + _STRETCH, len(shadow))
        if end < len(shadow):
            cut = max(shadow.rfind(b" ", start, end), shadow.rfind(b"\n", start, end))
            end = cut + 1 if cut > start else end
        yield start, end
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
    """Yield where tokens stand between white space, given in their order each time that they stand."""
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
