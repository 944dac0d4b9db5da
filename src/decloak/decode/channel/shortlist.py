"""Shortlist: the names that a window can hold at all, by the letters of both, before any search in Python.

A letter of a name that the window lacks costs a slip. Counting them bounds what a search could find from above, so
that nothing is lost, and it is done for all names at once: which letters a name has, and which of them twice, is one
number of 64 bits. The extension searches all names faster than this counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from decloak.core.offline import load
from decloak.decode.channel.alternatives import Arc, readings
from decloak.decode.channel.search import Budget
from decloak.decode.channel.trie import Name, Node

__all__ = ["Shortlist"]

_SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789"
_LETTERS = 26
_DIGITS = sum(1 << place for place in range(_LETTERS, len(_SIGNS)))


class Shortlist:
    """The letters of all names.

    Args:
        root: of the trie of the names.
        names: all of them.
        costs: of every arc.
    """

    def __init__(self, root: Node, names: Sequence[Name], costs: Sequence[int]) -> None:
        np = load("numpy")
        spelt = [
            [char for char in name.text.lower() if char.isalnum() and char.isascii()]
            for name in names
        ]
        texts = [name.text for name in names]
        self._long = np.array([len(text) for text in texts], dtype=np.int64)
        self._half_long = np.array([_half_of(text) for text in texts], dtype=np.int64)
        self._paths = [_path(root, name.text.lower()) for name in names]
        self._sizes = np.array([len(signs) for signs in spelt], dtype=np.int64)
        self._whole = np.array([_bits(signs) for signs in spelt], dtype=np.uint64)
        self._half = np.array([_bits(signs[: len(signs) // 2]) for signs in spelt], dtype=np.uint64)
        self._lost = min(costs[Arc.DROP], costs[Arc.SUBSTITUTE])
        self._more = min(costs[Arc.ADD], costs[Arc.SUBSTITUTE])

    def nodes(self, window: str, budget: Budget) -> frozenset[int]:
        """Return the ids of the nodes that lead to the names which a window may begin with."""
        np = load("numpy")
        shown = np.array(_shown(window), dtype=np.uint64)
        most = budget.base + budget.per_letter * self._sizes
        lost = most // self._lost
        more = np.minimum(most // self._more, budget.most)
        last = len(shown) - 1
        missing = self._whole & ~shown[np.minimum(self._sizes + more, last)]
        # Of two that changed places the second may stand one further on.
        early = self._half & ~shown[np.minimum(self._sizes // 2 + more + 1, last)]
        possible = (
            (np.bitwise_count(missing) <= np.minimum(lost, _slips(budget, self._long)))
            & (np.bitwise_count(early) <= np.minimum(lost, _slips(budget, self._half_long)))
            & (missing & np.uint64(_DIGITS) == 0)
        )
        return frozenset().union(*(self._paths[row] for row in possible.nonzero()[0].tolist()))


def _slips(budget: Budget, depths: Any) -> Any:
    """Return `Budget.slips` of many depths."""
    np = load("numpy")
    return np.minimum(budget.first + depths // budget.every, budget.most)


def _half_of(name: str) -> int:
    """Return how many characters of a name hold the first half of its letters and digits."""
    signs = [place for place, char in enumerate(name) if char.isalnum() and char.isascii()]
    return signs[len(signs) // 2 - 1] + 1 if len(signs) > 1 else 0


def _path(root: Node, name: str) -> tuple[int, ...]:
    found, node = [], root
    for char in name:
        node = node.following[char]
        found.append(id(node))
    return tuple(found)


def _bits(signs: Iterable[str]) -> int:
    """Return which letters and digits there are, and which letters twice, as bits."""
    bits = 0
    for sign in signs:
        place = _SIGNS.index(sign)
        twice = len(_SIGNS) + place
        bits |= 1 << (twice if bits >> place & 1 and place < _LETTERS else place)
    return bits


def _shown(window: str) -> list[int]:
    """Return the bits of what may be read in the first so many runs of one letter or digit, from none at all."""
    shown, bits, before = [0], 0, ""
    for char in window:
        reads = readings(char)
        if char.isalnum() and "" not in reads and char.lower() != before:
            shown.append(bits)
        before = char.lower()
        for sign in reads:
            if sign.isalnum():
                bits |= _bits(sign) if not bits & _bits(sign) else _twice(sign)
        shown[-1] = bits
    return shown


def _twice(sign: str) -> int:
    place = _SIGNS.index(sign)
    return 1 << (len(_SIGNS) + place) if place < _LETTERS else 0
