"""Dedup: texts that say nearly the same, by MinHash and then by their exact likeness.

Likeness is the Jaccard index of the sets of eight successive tokens (lower case). MinHash (Broder,
1997) with locality-sensitive hashing proposes pairs; the index decides.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator
from typing import Any

from decloak.core.iob import spans
from decloak.corpus.extras import need

__all__ = ["SHINGLE", "THRESHOLD", "Index", "likeness", "shingles"]

SHINGLE = 8
"""Tokens in a row that make one item of a text's set."""

THRESHOLD = 0.8
"""From this likeness on, two texts are near-duplicates."""

_BANDS, _ROWS = 16, 6  # of two texts of likeness 0.8, 99.2 % become candidates


def shingles(text: str) -> frozenset[int]:
    """Return the hashes (32 bits) of all runs of `SHINGLE` tokens; of the whole when it is shorter."""
    low = text.lower()
    words = [low[start:end] for start, end in spans(low)]
    if len(words) <= SHINGLE:
        return frozenset({_hash(" ".join(words))})
    return frozenset(
        _hash(" ".join(words[i : i + SHINGLE])) for i in range(len(words) - SHINGLE + 1)
    )


def _hash(text: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=4).digest(), "little"
    )


def likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """Return the Jaccard index of two sets, in [0, 1]."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


class Index:
    """Texts seen so far.

    Args:
        seed: of the hash functions; another one proposes other pairs.
        threshold: from which likeness on two texts are near-duplicates.
    """

    def __init__(self, seed: int = 1, threshold: float = THRESHOLD) -> None:
        library = need("datasketch")
        self._empty: Any = library.MinHash(num_perm=_BANDS * _ROWS, seed=seed, hashfunc=int)
        self._lsh: Any = library.MinHashLSH(num_perm=_BANDS * _ROWS, params=(_BANDS, _ROWS))
        self._sets: list[array[int]] = []  # four bytes an item: a corpus has ten million
        self._threshold = threshold
        self._last: tuple[frozenset[int], Any] = (frozenset(), self._empty)

    def like(self, items: frozenset[int]) -> Iterator[int]:
        """Yield the numbers of earlier texts that are near-duplicates of this one."""
        for number in sorted(self._lsh.query(self._sketch(items))):
            held = self._sets[number]
            # Sets of too different a size cannot be that alike.
            if self._threshold * len(held) <= len(items) <= len(held) / self._threshold:
                shared = sum(map(items.__contains__, held))
                if shared >= self._threshold * (len(items) + len(held) - shared):
                    yield number

    def add(self, items: frozenset[int]) -> int:
        """Remember a text; return its number, counted from 0."""
        number = len(self._sets)
        self._sets.append(array("I", items))
        self._lsh.insert(number, self._sketch(items))
        return number

    def _sketch(self, items: frozenset[int]) -> Any:
        if self._last[0] is not items:
            made = self._empty.copy()
            made.update_batch(sorted(items))
            self._last = (items, made)
        return self._last[1]


def duplicates_across(texts: Iterable[tuple[str, str]], seed: int = 2) -> int:
    """Count pairs of near-duplicates in different parts.

    Args:
        texts: (part, text).
        seed: other hash functions than those that the build dropped duplicates with.
    """
    index, parts, found = Index(seed), list[str](), 0
    for part, text in texts:
        items = shingles(text)
        found += sum(parts[number] != part for number in index.like(items))
        index.add(items)
        parts.append(part)
    return found
