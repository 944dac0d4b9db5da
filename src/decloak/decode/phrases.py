"""Phrases: names of several words, found from one damaged word and the words beside it.

The words that are whole say which names can be meant; the damage that is allowed grows with the
length of the name, 12 % of its characters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rapidfuzz.distance import OSA

from decloak.core.remember import remembered
from decloak.decode.nearness import near_words
from decloak.decode.vocabulary import (
    collapsed,
    is_known,
    phrases_by_collapsed,
    phrases_by_fold,
    phrases_by_word,
)
from decloak.indicators.leet import folded, spells
from decloak.kb.lexicon import lookup_all

__all__ = [
    "SHARE",
    "Piece",
    "changed_words",
    "folded_phrase",
    "misspelt_phrase",
    "unsigned_phrase",
    "window",
]

SHARE = 0.12
_REACH = 4  # words to either side
_REACH_CHARS = 100
_MOST_WORDS = 5
_WORD_CHARS = frozenset(" -.&'!+0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_QUOTED = ('="', "='", ':"')  # what a quoted value begins behind
_TRAILING = ",;:.)]}>\"'"


class Piece(NamedTuple):
    """One word of a line: where it stands and what it is."""

    start: int
    end: int
    text: str


def window(text: str, start: int, end: int) -> tuple[list[Piece], int]:
    """Return the words around text[start:end] on its line, and the place of that word.

    Words are parted by single spaces; one that punctuation or a slash ends is the last.
    """
    before: list[Piece] = []
    place = start
    while place and text[place - 1] == " " and len(before) < _REACH:
        cut = place - 1
        first = (
            max(text.rfind(" ", max(cut - 40, 0), cut), text.rfind("\n", max(cut - 40, 0), cut)) + 1
        )
        if first == 0 and cut > 40:
            break
        first = max(first, text.rfind("\t", first, cut) + 1)
        word = text[first:cut]
        quoted = max(word.rfind(mark) for mark in _QUOTED)
        opened = quoted + 2 if quoted >= 0 else len(word) - len(word.lstrip("(\"'"))
        if not word[opened:] or word[-1] in _TRAILING:
            break
        before.append(Piece(first + opened, cut, word[opened:]))
        place = first
        if opened:
            break
    after: list[Piece] = []
    place = end
    while text[place : place + 1] == " " and len(after) < _REACH:
        stop = place + 1
        limit = min(len(text), stop + 40)
        while stop < limit and not text[stop].isspace():
            stop += 1
        word = text[place + 1 : stop].partition("/")[0].rstrip(_TRAILING)
        if not word:
            break
        after.append(Piece(place + 1, place + 1 + len(word), word))
        if place + 1 + len(word) != stop:
            break
        place = stop
    pieces = [*reversed(before), Piece(start, end, text[start:end]), *after]
    return pieces, len(before)


def _windows(pieces: list[Piece], anchor: int) -> Iterator[list[Piece]]:
    """Yield every row of two to five words that holds the anchor, the longest first."""
    for count in range(min(_MOST_WORDS, len(pieces)), 1, -1):
        for first in range(max(0, anchor - count + 1), min(anchor, len(pieces) - count) + 1):
            yield pieces[first : first + count]


def folded_phrase(text: str, start: int, end: int) -> tuple[list[Piece], str] | None:
    """Return the words of a name of several words that is written in leet, and the name."""
    pieces, anchor = window(text, start, end)
    for row in _windows(pieces, anchor):
        phrase = " ".join(piece.text for piece in row)
        names = [name for name in phrases_by_fold().get(folded(phrase), ()) if spells(phrase, name)]
        if names and not is_known(phrase):
            return row, names[0]
    return None


def misspelt_phrase(text: str, start: int, end: int) -> tuple[list[Piece], str] | None:
    """Return the words of a name of several words that has slips in it, and the name."""
    pieces, anchor = window(text, start, end)
    for row in _windows(pieces, anchor):
        phrase = " ".join(piece.text for piece in row)
        if is_known(phrase):
            return None
        if not _WORD_CHARS.issuperset(phrase):
            continue
        held = phrases_by_collapsed().get(" ".join(collapsed(piece.text) for piece in row), ())
        if held and len(held[0]) < len(phrase):
            return row, held[0]
        place = row.index(pieces[anchor])
        found = _nearest(phrase, [piece.text.lower() for piece in row], place)
        if found is not None:
            return row, found
    return None


def unsigned_phrase(text: str, start: int, end: int, sign: str) -> tuple[list[Piece], str] | None:
    """Return the words of a name of several words with one sign strewn in, and the name."""
    pieces, anchor = window(text, start, end)
    for row in _windows(pieces, anchor):
        phrase = " ".join(piece.text.replace(sign, "") for piece in row)
        for entry in lookup_all(phrase)[:1]:
            names = [name for name in entry.names if name.lower() == phrase.lower()]
            return row, names[0]
    return None


def _nearest(phrase: str, words: list[str], anchor: int) -> str | None:
    """Return the name nearest to a phrase that shares a word with it, or has one like that at `anchor`."""
    index = phrases_by_word()
    count = len(words)
    names: set[str] = set()
    for place, word in enumerate(words):
        names.update(index.get((count, place, word), ()))
    if not names:
        for _, near in near_words(words[anchor], 2):
            names.update(index.get((count, anchor, near.lower()), ()))
    if not names:
        return None
    low = phrase.lower()
    digits = _digits(low)
    best: list[tuple[int, str]] = []
    for name in names:
        most = max(1, round(SHARE * len(name)))
        slips = OSA.distance(low, name.lower(), score_cutoff=most)
        if slips <= most and _digits(name) == digits:
            best.append((slips, name))
    best.sort()
    if not best or (
        len(best) > 1 and best[0][0] == best[1][0] and best[0][1].lower() != best[1][1].lower()
    ):
        return None
    return best[0][1]


@remembered(1 << 12)
def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def changed_words(row: list[Piece], name: str) -> Iterator[tuple[Piece, str]]:
    """Yield the words of a row that differ from those of the name, with what they mean."""
    for piece, word in zip(row, name.split(" "), strict=True):
        meant = word if piece.text.endswith(".") else word.rstrip(".")
        if piece.text.lower() != meant.lower():
            yield piece, meant
