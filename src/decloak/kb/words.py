"""Ordinary English words and common names, from a maintained package with offline data.

Which package and why: docs/decisions/0004-word-list.md.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

__all__ = ["is_word"]

_PACKAGE, _FILE = "symspellpy", "frequency_dictionary_en_82_765.txt"

# American spellings of what the list has in British ones, tried in this order.
_BRITISH = (("iz", "is"), ("yz", "ys"), ("or", "our"), ("er", "re"))


@cache
def _words() -> frozenset[str]:
    # The data file is read without importing the package, whose modules are not needed.
    spec = find_spec(_PACKAGE)
    assert spec is not None and spec.origin is not None  # noqa: S101, PT018 - a declared dependency
    lines = (Path(spec.origin).parent / _FILE).read_text("utf-8-sig").split()
    own = (files("decloak.kb") / "data" / "words.txt").read_text("utf-8").split()
    return frozenset(lines[::2]).union(own)


def is_word(word: str) -> bool:
    """Whether this is an ordinary English word or a common name, whatever the case.

    A genitive and American spelling are understood. Single letters other than ``a`` and ``i`` are
    no words.
    """
    low = word.lower().replace("\u2019", "'").removesuffix("'s")
    if len(low) < 2:
        return low in {"a", "i"}
    words = _words()
    if low in words:
        return True
    return any(old in low and low.replace(old, new, 1) in words for old, new in _BRITISH)
