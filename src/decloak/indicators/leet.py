"""Leet: digits and signs written for the letters they look like, and letters for digits.

A domain in leet is another domain; what a reader takes it for is a plain spelling that reads as
words. Digits are honest far more often than not, so every rule here errs on the side of None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby, islice, product

__all__ = ["DIGIT_FOR", "LETTERS_FOR", "deleet"]

LETTERS_FOR = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b",
    "9": "g", "@": "a", "$": "s", "!": "il", "|": "li", "+": "t", "\u20ac": "e",
}  # fmt: skip
"""Sign -> the lower-case letters it is written for, the likelier first."""

DIGIT_FOR = {"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8", "Z": "2"}
"""Letter -> the digit it is written for."""

_SHORTEST_PIECE = 4  # shorter mixtures (s3, mp3, h2o) are names in their own right
_SHORTEST_WORD = 3
_LONGEST_PIECE = 32
_MOST_READINGS = 16
_LONGEST_LABEL = 63

IsWord = Callable[[str], bool]


def deleet(name: str, is_word: IsWord) -> str | None:
    """Return the plain spelling of a DNS name in leet, or None when it is honest or unreadable.

    Each label but the top-level one is read on its own, hyphen by hyphen; digits that number
    something (``web01``, ``office365``, ``all4you``) stay. ``is_word`` says what a word is.
    ``deleet("paypa1-l0gin.example", is_word) == "paypal-login.example"``.
    """
    labels = name.lower().split(".")
    last = len(labels) - 1 if len(labels) > 1 else 1
    plain = [
        _label(label, is_word) if place < last else label for place, label in enumerate(labels)
    ]
    return ".".join(plain) if plain != labels else None


def _label(label: str, is_word: IsWord) -> str:
    if len(label) > _LONGEST_LABEL or label.startswith("xn--") or label.isalpha():
        return label
    return "-".join(_piece(piece, is_word) for piece in label.split("-"))


def _piece(piece: str, is_word: IsWord) -> str:
    if (
        not _SHORTEST_PIECE <= len(piece) <= _LONGEST_PIECE
        or not piece.isascii()
        or not piece.isalnum()
    ):
        return piece
    runs = ["".join(run) for digits, run in groupby(piece, str.isdigit) if not digits]
    if len("".join(runs)) in {0, len(piece)}:
        return piece
    if all(len(run) >= _SHORTEST_WORD and _reads(run, is_word) for run in runs):
        return piece
    stem = piece.rstrip("0123456789")
    whole = _best(piece, is_word)
    if whole is not None:
        return whole
    numbered = None if stem.isalpha() else _best(stem, is_word)
    return piece if numbered is None else numbered + piece[len(stem) :]


def _best(part: str, is_word: IsWord) -> str | None:
    """Return the reading that falls into the fewest words; None when none does."""
    best: tuple[int, str] | None = None
    for reading in islice(_readings(part), _MOST_READINGS):
        words = _reads(reading, is_word)
        if words and (best is None or words < best[0]):
            best = words, reading
    return None if best is None else best[1]


def _readings(part: str) -> Iterator[str]:
    if len(part) < _SHORTEST_PIECE:
        return
    for letters in product(*(LETTERS_FOR.get(char, char) for char in part)):
        yield "".join(letters)


def _reads(text: str, is_word: IsWord) -> int:
    """Return into how few words a run of letters falls; 0 when it does not, or into over four."""
    fewest = [0] + [9] * len(text)
    for end in range(_SHORTEST_WORD, len(text) + 1):
        for start in range(end - _SHORTEST_WORD + 1):
            if fewest[start] + 1 < fewest[end] and is_word(text[start:end]):
                fewest[end] = fewest[start] + 1
    return fewest[-1] if fewest[-1] <= 4 else 0
