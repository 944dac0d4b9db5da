"""Digraphs: letters that look like others: ``rn`` for m (UTS 39 has it in its table), I for l.

A domain written so is another domain; what a reader takes it for is the spelling with the letter,
where that is a name that is known and the other is nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

__all__ = ["LETTER_FOR", "undigraph"]

LETTER_FOR = {"rn": "m", "vv": "w", "cl": "d"}
"""Two letters -> the one that they look like."""

_PAIR = re.compile("|".join(LETTER_FOR))
_SHORTEST, _LONGEST = 5, 32
_MOST = 3
"""Places in a word; more is no name."""


def undigraph(
    name: str, is_word: Callable[[str], bool], is_name: Callable[[str], bool]
) -> str | None:
    """Return the plain spelling of a DNS name with a known name written in look-alikes, or None.

    ``undigraph("login.rnicrosoft.example", ...) == "login.microsoft.example"``; a capital I among
    small letters is read as l: ``paypaI.example``.

    Args:
        name: letters, digits, hyphens and full stops, as written.
        is_word: whether a word in lower case means something as it stands.
        is_name: whether it is a known name.
    """
    low = name.lower()
    if "I" not in name and not _PAIR.search(low):
        return None
    heads, top = name.split("."), []
    if len(heads) > 1:
        top = [heads.pop().lower()]
    plain = [
        "-".join(_plain(piece, is_word, is_name) or piece.lower() for piece in label.split("-"))
        for label in heads
        if label[:4].lower() != "xn--"
    ]
    same = plain == [label.lower() for label in heads]
    return None if len(plain) != len(heads) or same else ".".join((*plain, *top))


def _plain(
    piece: str, is_word: Callable[[str], bool], is_name: Callable[[str], bool]
) -> str | None:
    if not _SHORTEST <= len(piece) <= _LONGEST or not piece.isalpha() or is_word(piece.lower()):
        return None
    return next(
        (each for each in _readings(piece) if len(each) >= _SHORTEST and is_name(each)), None
    )


def _readings(piece: str) -> Iterator[str]:
    """Yield the word with each pair read as a letter, then with all pairs of a kind."""
    if "I" in piece and not piece.isupper():
        yield piece.replace("I", "l").lower()
    piece = piece.lower()
    for pair, letter in LETTER_FOR.items():
        count = piece.count(pair)
        if not 0 < count <= _MOST:
            continue
        place = -1
        for _ in range(count):
            place = piece.find(pair, place + 1)
            yield piece[:place] + letter + piece[place + 2 :]
        if count > 1:
            yield piece.replace(pair, letter)
