"""Ordinary English words and common names, from a maintained package with offline data.

Which package and why: docs/decisions/0004-word-list.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from itertools import islice
from math import log10
from pathlib import Path

__all__ = ["ALL_COUNTS", "common_words", "counts", "is_word", "ordinary_words", "rarity"]

_PACKAGE, _FILE = "symspellpy", "frequency_dictionary_en_82_765.txt"
ALL_COUNTS = 5.42e11
"""Sum of all counts in the list."""
_OWN_COUNT = "5000000"
"""Stands for words of our own list: terms of the field, neither common nor rare."""

_COMMON = 4000
_SHORT = 4
"""Words up to this length have one spelling on both sides of the Atlantic."""

# American spellings of what the list has in British ones, tried in this order.
_BRITISH = (("iz", "is"), ("yz", "ys"), ("or", "our"), ("er", "re"))


@cache
def counts() -> Mapping[str, str]:
    """Return word -> how often it was counted, as written in the list."""
    # The data file is read without importing the package, whose modules are not needed.
    spec = find_spec(_PACKAGE)
    assert spec is not None and spec.origin is not None  # noqa: S101, PT018 - a declared dependency
    cells = (Path(spec.origin).parent / _FILE).read_text("utf-8-sig").split()
    own = (files("decloak.kb") / "data" / "words.txt").read_text("utf-8").split()
    return dict.fromkeys(own, _OWN_COUNT) | dict(zip(cells[::2], cells[1::2], strict=True))


def _listed(low: str) -> str | None:
    """Return the spelling under which the list has a word, in lower case; None when it lacks it."""
    words = counts()
    if low in words:
        return low
    for old, new in _BRITISH:
        place = low.rfind(old)
        # Of -er only the ending has another spelling: `center`, not `erect`.
        if place >= 0 and (old != "er" or place > len(low) - 5):
            british = low[:place] + new + low[place + len(old) :]
            if british in words:
                return british
    return None


def is_word(word: str) -> bool:
    """Whether this is an ordinary English word or a common name, whatever the case.

    A genitive and American spelling are understood. Single letters other than ``a`` and ``i`` are
    no words.
    """
    low = word.lower().replace("\u2019", "'").removesuffix("'s")
    return low in {"a", "i"} if len(low) < 2 else _listed(low) is not None


@cache
def common_words() -> frozenset[str]:
    """Return the words that are met most often, in lower case: nobody takes them for a slip."""
    # The list is sorted by count; our own words come first.
    return frozenset(islice(counts(), _COMMON))


def ordinary_words() -> tuple[str, ...]:
    """Return all words of the list, in lower case, the commonest first behind our own."""
    return tuple(counts())


def rarity(word: str) -> float | None:
    """Return minus the decimal logarithm of a word's share of all text, in [1, 9].

    ``and`` has 1.6, ``mail`` 3.2, ``panel`` 4.0, ``beacon`` 5.1. None when the list lacks the word.
    """
    low = word.lower()
    listed = _listed(low) if len(low) > _SHORT else low if low in counts() else None
    return None if listed is None else log10(ALL_COUNTS / int(counts()[listed]))
