"""Features: what a word looks like, where it stands and which tables know it, as one bit set.

A small uncased encoder sees neither case nor layout, and no model remembers every name. The bits say
so beside the word's pieces; the model learns what they are worth.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from decloak.kb.lexicon import LEXICON_LABELS, entries
from decloak.tag.words import LINE_END, Words, split

__all__ = ["FEATURES", "featurise", "first_words", "look_of", "name_bits"]

_SHAPES = (
    "lower", "title", "upper", "mixed", "digits", "alphanumeric", "sign", "non_ascii", "invisible",
    "hexadecimal", "single", "long",
)  # fmt: skip
_PLACES = ("after_space", "after_gap", "line_start")
_TABLES = tuple(
    f"{part}_{label.lower()}" for label in LEXICON_LABELS for part in ("begins", "continues")
)
FEATURES: tuple[str, ...] = (*_SHAPES, *_PLACES, *_TABLES, "weak_name")
"""The name of each bit, the lowest first."""

_BIT = {name: 1 << rank for rank, name in enumerate(FEATURES)}
_BEGINS = {label: _BIT[f"begins_{label.lower()}"] for label in LEXICON_LABELS}
_CONTINUES = {label: _BIT[f"continues_{label.lower()}"] for label in LEXICON_LABELS}

_GAP = 2
"""Blanks that make a column."""
_LONG = 16
_HEX = frozenset("0123456789abcdefABCDEF")
_WIDEST = 8
"""Words of the longest name that is looked up."""


def featurise(text: str, words: Words) -> array[int]:
    """Return the bits of each word, by `FEATURES`.

    Linear in the text: a name of the tables is looked up at each word with at most eight words.
    """
    bits = array("I", bytes(4 * len(words)))
    surfaces = [text[start:end] for start, end in zip(words.starts, words.ends, strict=True)]
    end = -1
    fresh = True
    for rank, (start, surface) in enumerate(zip(words.starts, surfaces, strict=True)):
        found = look_of(surface)
        if fresh:
            found |= _BIT["line_start"]
        if start > end >= 0:
            blank = text[end:start]
            found |= _BIT["after_space"]
            if len(blank) >= _GAP or "\t" in blank:
                found |= _BIT["after_gap"]
        bits[rank] = found
        end, fresh = words.ends[rank], surface == LINE_END
    folded = [surface.casefold() for surface in surfaces]
    for rank, found in name_bits(folded, range(len(folded))).items():
        bits[rank] |= found
    return bits


@lru_cache(maxsize=1 << 14)
def look_of(word: str) -> int:
    """Return the bits of what a word looks like by itself."""
    bits = 0
    if not word.isascii():
        bits |= _BIT["non_ascii"]
        if not word.isprintable():
            bits |= _BIT["invisible"]
    if len(word) == 1:
        bits |= _BIT["single"]
    if len(word) >= _LONG:
        bits |= _BIT["long"]
    if not word[0].isalnum() and len(word) == 1:
        return bits | _BIT["sign"]
    if word.isdecimal():
        return bits | _BIT["digits"]
    if len(word) >= 6 and _HEX.issuperset(word):
        bits |= _BIT["hexadecimal"]
    if any(char.isdecimal() for char in word):
        bits |= _BIT["alphanumeric"]
    return bits | _BIT[_case(word)]


def _case(word: str) -> str:
    if word == word.lower():
        return "lower"
    if word == word.upper():
        return "upper"
    return "title" if word[1:] == word[1:].lower() else "mixed"


@cache
def _names() -> Mapping[str, tuple[tuple[tuple[str, ...], str, bool], ...]]:
    """Return first word -> (all words, label, weak) of every known name, case-folded, longest first."""
    index: dict[str, dict[tuple[tuple[str, ...], str], bool]] = {}
    for entry in entries():
        for name in entry.names:
            words = split(name)
            parts = tuple(
                name[start:end].casefold()
                for start, end in zip(words.starts, words.ends, strict=True)
            )
            if 0 < len(parts) <= _WIDEST:
                known = index.setdefault(parts[0], {})
                key = parts, entry.label
                known[key] = known.get(key, True) and entry.is_weak(name)
    return {
        first: tuple(
            (parts, label, weak)
            for (parts, label), weak in sorted(known.items(), key=lambda item: -len(item[0][0]))
        )
        for first, known in index.items()
    }


def first_words() -> Mapping[str, object]:
    """Return the words that known names begin with, case-folded."""
    return _names()


def name_bits(folded: Sequence[str], places: Iterable[int]) -> dict[int, int]:
    """Return the bits of the longest known name of each label at each place; names inside it are not marked.

    Args:
        folded: all words, case-folded.
        places: ranks of words that may begin a name, in order.
    """
    names = _names()
    bits: dict[int, int] = {}
    reach = dict.fromkeys(LEXICON_LABELS, 0)
    for rank in places:
        for parts, label, weak in names.get(folded[rank], ()):
            width = len(parts)
            if reach[label] > rank or (width > 1 and tuple(folded[rank : rank + width]) != parts):
                continue
            reach[label] = rank + width
            begin = _BEGINS[label] | (_BIT["weak_name"] if weak else 0)
            bits[rank] = bits.get(rank, 0) | begin
            for inside in range(rank + 1, rank + width):
                bits[inside] = bits.get(inside, 0) | _CONTINUES[label]
    return bits
