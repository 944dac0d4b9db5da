"""Leet: digits and signs written for the letters they look like, and letters for digits.

A domain in leet is another domain; what a reader takes it for is a plain spelling that reads as
words. Digits are honest far more often than not: of all ways to read a label as words, numbers and
words in leet, the one that takes the least surprise is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice, product
from typing import NamedTuple

from decloak.core.remember import remembered
from decloak.indicators.suffixes import is_tld, two_label_suffixes

__all__ = ["DIGIT_FOR", "LETTERS_FOR", "Rarity", "deleet", "deleet_words",
           "folded", "spells", "stands_for_top", "surprise"]  # fmt: skip

LETTERS_FOR = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b",
    "9": "g", "@": "a", "$": "s", "!": "il", "|": "li", "+": "t", "\u20ac": "e",
}  # fmt: skip
"""Sign -> the lower-case letters it is written for, the likelier first."""

DIGIT_FOR = {"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8", "Z": "2"}
"""Letter -> the digit it is written for."""

Rarity = Callable[[str], float | None]
"""Minus the decimal logarithm of a word's share of text; None for what is no word."""

_SHORTEST_PIECE = 4  # shorter mixtures (s3, mp3, h2o) are names in their own right
_SHORTEST_HEX = 5
_LONGEST_PIECE, _LONGEST_WORD, _LONGEST_LABEL = 32, 20, 63
_SHORTEST_WORD, _SHORTEST_IN_LEET = 2, 3
_LONGEST_SUFFIX = 8  # characters of a label of a public suffix that are read as leet
_MOST_READINGS = 16
_PIECE = re.compile(r"[A-Za-z0-9]+")
_NUMBER = re.compile(r"[0-9]{3}")
_WITHIN = re.compile(r"[a-z][0-9][a-z]")
_DIGITS = frozenset("0123456789")
_HEX = frozenset("0123456789abcdef")

# Surprise, in the unit of `Rarity`: of numbers, of letters that are no word, of leet.
_NUMBER_FIRST, _NUMBER_LAST, _NUMBER_WITHIN, _NUMBER_AS_WORD = 1.5, 1.2, 3.4, 2.0
_PART_OF_NUMBER, _FURTHER_DIGIT, _ZERO_FIRST = 0.8, 0.3, 3.0
_UNKNOWN, _UNKNOWN_LETTER, _TWO_LETTERS = 3.0, 1.4, 0.8
_LEET, _FURTHER_SIGN, _SHORT = 0.9, 0.35, 0.9
_NUMBERED, _PLURAL = 1.2, 2.6  # a word stands before the last sign: `plane7`, `channel5`
_CODE, _CODE_WITH_1 = 1.0, 0.4  # three letters and a digit: `pos7`, `mai1`
_CODE_LETTERS = 5.2  # three letters that are no word, but a place or a purpose
_COMMON_SHORT = 4.1  # three letters are believed in leet up to this rarity
_COMMON = 5.0  # words up to this rarity are numbered all the time

_MARGIN = 0.35  # by how much leet must be likelier than honest digits
_SURE, _COMPANY = 2.0, 1.5  # what is sure to be leet makes it likelier for the rest of the name
_NEVER = 1e9


class _Reading(NamedTuple):
    """A piece of a label, what leet makes of it, and by how much that is likelier."""

    plain: str
    gain: float


_FOLD = str.maketrans("4@3\u20ac1!|l05$7+689b2", "aaeeiiiiossttggggz")
"""Sign or letter -> the one letter for all that share a sign: 6 is written for g and b, 1 for i and l."""


def folded(word: str) -> str:
    """Return a word with letters and the signs written for them made one; what is spelt alike folds alike."""
    return word.lower().translate(_FOLD)


def spells(written: str, name: str) -> bool:
    """Whether every character is that of the name or a sign for it, and one is a sign."""
    low, known = written.lower(), name.lower()
    return (
        len(low) == len(known)
        and low != known
        and all(a == b or b in LETTERS_FOR.get(a, "") for a, b in zip(low, known, strict=True))
    )


def deleet(name: str, rarity: Rarity) -> str | None:
    """Return the plain spelling of a DNS name in leet, or None when it is honest or unreadable.

    Each label is read on its own, hyphen by hyphen; digits that number something (``web01``, ``office365``,
    ``all4you``) stay. The labels of a public suffix have no digits: those in leet are what is delegated.
    ``deleet("paypa1-l0gin.example", rarity) == "paypal-login.example"``.
    """
    if _DIGITS.isdisjoint(name):
        return None  # most names; see `_is_mixed`
    labels = name.lower().split(".")
    suffix = _suffix(labels)
    heads = labels[: len(labels) - len(suffix)] or labels
    pieces = [label.split("-") if _is_readable(label) else [label] for label in heads]
    found = {
        piece: _read(piece, rarity)
        for parts in pieces
        for piece in parts
        if _is_mixed(piece) and (len(piece) >= _SHORTEST_HEX or _is_beside_words(piece, parts))
    }
    honest = labels[len(labels) - len(suffix) :]
    if not found and suffix == honest:
        return None
    sure = suffix != honest or any(
        each.gain >= _SURE and len(piece) >= _SHORTEST_PIECE and not _is_numeronym(piece)
        for piece, each in found.items()
    )
    needed = _MARGIN - _COMPANY if sure else _MARGIN
    meant = {
        piece: each.plain
        for piece, each in found.items()
        if each.gain >= needed
        and (sure or (len(piece) >= _SHORTEST_PIECE and not _is_numeronym(piece)))
    }
    plain = ["-".join(meant.get(piece, piece) for piece in parts) for parts in pieces]
    plain += suffix if heads is not labels else []
    return None if plain == labels else ".".join(plain)


def deleet_words(text: str, rarity: Rarity, *, in_company: bool) -> str | None:
    """Return a path, a query or a mailbox with its words in leet spelt plainly; None when none is.

    Args:
        text: any of them, with whatever stands between the words.
        rarity: as for `deleet`.
        in_company: whether the host beside it is in leet: then less has to speak for a word, and words
            that nobody knows are read letter by letter.
    """
    if _DIGITS.isdisjoint(text):
        return None
    needed = _MARGIN - _COMPANY if in_company else _SURE
    return _PIECE.sub(lambda piece: _word(piece[0], rarity, needed), text)


def stands_for_top(label: str) -> bool:
    """Whether a last label with digits, as none that is delegated has, is one in leet: ``c0m``."""
    return any(map(is_tld, _spellings(label)))


def _word(piece: str, rarity: Rarity, needed: float) -> str:
    in_company = needed < _SURE
    if piece != piece.lower() or not _is_mixed(piece):
        return piece
    if not in_company and (
        _HEX.issuperset(piece)
        or len(piece) < _SHORTEST_PIECE
        or _is_numeronym(piece)
        or _NUMBER.search(piece)
    ):
        return piece
    reading = _read(piece, rarity)
    if reading.gain >= needed:
        return reading.plain
    if in_company and reading.gain == -_NEVER and _WITHIN.search(piece):
        return "".join(LETTERS_FOR.get(char, char)[0] for char in piece)
    return piece


def _suffix(labels: list[str]) -> list[str]:
    """Return the public suffix that the last label or two of a name stand for; at most as many labels."""
    if len(labels) < 2:
        return []
    top = next(filter(is_tld, _spellings(labels[-1])), labels[-1])
    if len(labels) > 2 and not _DIGITS.isdisjoint(labels[-2]):
        suffixes = two_label_suffixes()
        for second in _spellings(labels[-2]):
            if f"{second}.{top}" in suffixes:
                return [second, top]
    return [top]


def _spellings(label: str) -> Iterator[str]:
    """Yield the ways to read a short label with letters for all its digits; none without letters."""
    if len(label) <= _LONGEST_SUFFIX and not _DIGITS.isdisjoint(label) and not label.isdigit():
        for letters in islice(
            product(*(LETTERS_FOR.get(char, char) for char in label)), _MOST_READINGS
        ):
            yield "".join(letters)


def _is_beside_words(piece: str, parts: list[str]) -> bool:
    """Whether a piece that may be hexadecimal has words beside it, as no UUID has."""
    if not _HEX.issuperset(piece):
        return True
    return len(parts) > 1 and all(part is piece or part.isalpha() for part in parts)


def _is_readable(label: str) -> bool:
    return len(label) <= _LONGEST_LABEL and not label.startswith("xn--") and label.isascii()


def _is_mixed(piece: str) -> bool:
    """Whether letters and digits are mixed as they are in leet, and not as in a code."""
    if not _SHORTEST_IN_LEET <= len(piece) <= _LONGEST_PIECE or not piece.isascii():
        return False
    if piece.isalpha() or piece.isdigit() or not piece.isalnum():
        return False
    stem = piece.rstrip("0123456789")
    return len(stem) > _SHORTEST_WORD or not stem.isalpha()


def _is_numeronym(piece: str) -> bool:
    """Whether a number stands for the letters left out: ``l10n``."""
    return len(piece) > 3 and piece[0].isalpha() and piece[-1].isalpha() and piece[1:-1].isdigit()


@remembered(1 << 14)
def surprise(piece: str, rarity: Rarity, *, known: bool = False) -> float:
    """Return the least surprise of reading lower-case letters and digits as words and numbers.

    Args:
        piece: a label or a part of one.
        rarity: as for `deleet`, whose unit the result has.
        known: whether letters that are no word make it unreadable (1e9).
    """
    steps = _plain_steps if known else _honest_steps
    costs = [0.0] + [_NEVER] * len(piece)
    for start in range(len(piece)):
        for end, more in steps(piece, start, rarity):
            costs[end] = min(costs[end], costs[start] + more)
    return costs[-1]


@remembered(1 << 14)
def _read(piece: str, rarity: Rarity) -> _Reading:
    """Find the least surprising way to read a piece with leet, and the one without."""
    stem = piece.rstrip("0123456789")
    if stem.isalpha() and _is_numbered(stem, piece[len(stem) :], rarity):
        return _Reading(piece, -_NEVER)
    size = len(piece)
    plain = [0.0] + [_NEVER] * size  # words and numbers
    leet = [(_NEVER, "")] * (size + 1)  # words, numbers and at least one word in leet
    for start in range(size):
        for end, more in _plain_steps(piece, start, rarity):
            plain[end] = min(plain[end], plain[start] + more)
            cost, text = leet[start]
            leet[end] = min(leet[end], (cost + more, text + piece[start:end]))
        cost, text = min(leet[start], (plain[start], piece[:start]))
        if cost < _NEVER:
            for end, more, word in _leet_steps(piece, start, rarity):
                leet[end] = min(leet[end], (cost + more, text + word))
    cost, text = leet[size]
    return (
        _Reading(text, surprise(piece, rarity) - cost)
        if cost < _NEVER
        else _Reading(piece, -_NEVER)
    )


def _honest_steps(piece: str, start: int, rarity: Rarity) -> Iterator[tuple[int, float]]:
    """Yield (end, surprise) of the words, the number and the letters that mean nothing that begin at `start`."""
    yield from _plain_steps(piece, start, rarity)
    size = len(piece)
    for end in range(start + 1, size + 1):
        if piece[end - 1] in _DIGITS:
            break
        yield (
            end,
            _CODE_LETTERS if end == 3 and size == 4 else _UNKNOWN + _UNKNOWN_LETTER * (end - start),
        )


def _is_numbered(stem: str, number: str, rarity: Rarity) -> bool:
    """Whether a common word has a number behind it that completes no other word."""
    found = rarity(stem)
    if found is None or found > _COMMON:
        return False
    return len(number) > 1 or all(rarity(stem + letter) is None for letter in LETTERS_FOR[number])


def _plain_steps(piece: str, start: int, rarity: Rarity) -> Iterator[tuple[int, float]]:
    """Yield (end, surprise) of the words and of the number that begin at `start`."""
    end = start
    while end < len(piece) and piece[end] in _DIGITS:
        end += 1
    if end > start:
        yield end, _number(piece, start, end)
        return
    while end < min(len(piece), start + _LONGEST_WORD) and piece[end] not in _DIGITS:
        end += 1
        if end - start >= _SHORTEST_WORD:
            found = rarity(piece[start:end])
            if found is not None:
                yield end, found + (_TWO_LETTERS if end - start == 2 else 0.0)


def _number(piece: str, start: int, end: int) -> float:
    part = _PART_OF_NUMBER if start and piece[start - 1] in _DIGITS else 0.0
    if end == len(piece):
        return _NUMBER_LAST + part
    if start == 0:
        return _ZERO_FIRST if piece[0] == "0" else _NUMBER_FIRST
    if piece[start:end] in {"2", "4"}:  # to, for
        return _NUMBER_AS_WORD + part
    return _NUMBER_WITHIN + _FURTHER_DIGIT * (end - start - 1) + part


def _leet_steps(piece: str, start: int, rarity: Rarity) -> Iterator[tuple[int, float, str]]:
    """Yield (end, surprise, word) of the words in leet that begin at `start`."""
    for end in range(start + _SHORTEST_IN_LEET, min(len(piece), start + _LONGEST_WORD) + 1):
        part = piece[start:end]
        signs = sum(char in _DIGITS for char in part)
        if not 0 < 2 * signs <= len(part) + 1 or signs == len(part):
            continue
        for letters in islice(
            product(*(LETTERS_FOR.get(char, char) for char in part)), _MOST_READINGS
        ):
            word = "".join(letters)
            found = rarity(word)
            if found is not None and (len(part) > 3 or found <= _COMMON_SHORT):
                more = _LEET + _FURTHER_SIGN * (signs - 1) + (_SHORT if len(part) == 3 else 0.0)
                if part[-1] in _DIGITS and signs == 1:
                    more += _numbered(piece, part, rarity)
                yield end, found + more, word


def _numbered(piece: str, part: str, rarity: Rarity) -> float:
    """Return how much less likely leet is where a word or a code may have a number behind it."""
    more = 0.0
    if rarity(part[:-1]) is not None:
        more = _PLURAL if part[-1] == "5" else _NUMBERED
    if part == piece and len(part) == 4:
        more += _CODE_WITH_1 if part[-1] == "1" else _CODE
    return more
