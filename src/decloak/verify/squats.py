"""Squats: host names one slip of the hand away from the domain of a name that many people know.

``googel.com`` is a domain of its own, and what its owner hopes for is that somebody reads or types another.
Only the label that was registered is looked at, whole or between hyphens, and only where it is neither
known itself nor a word. A letter that is changed to any other makes another name; one that is lost, added,
doubled, swapped or written as its look-alike is what squatters register.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice, product

from decloak.core.remember import remembered
from decloak.indicators.leet import LETTERS_FOR
from decloak.indicators.suffixes import registered_domain
from decloak.kb.deletions import deletions
from decloak.kb.domains import brands, known_domains
from decloak.kb.lexicon import lookup_all
from decloak.kb.words import is_word

__all__ = ["halves", "shorter", "squatted"]

_LONG = 6  # letters of a name that is looked for between hyphens, or with a letter lost
_HELD = re.compile(r"(.)\1\1+")
_MOST_READINGS = 8
_NUMBERING = frozenset("123456789")  # what a word has behind it to number it
_NONE: tuple[int, frozenset[str], frozenset[str]] = (1, frozenset(), frozenset())
_MOST_LONGER = 3  # a letter that is held down is read up to so many more


def squatted(name: str) -> str | None:
    """Return the DNS name that a look-alike by spelling wants to be taken for; None where it does not.

    ``squatted("mail.googel.com") == "mail.google.com"``.

    Args:
        name: in lower case, ASCII.
    """
    labels = name.split(".")
    for place, label in enumerate(labels[:-1] or labels):
        if not (_may_be_near(label) or "-" in label):
            continue
        meant = _meant(label)
        if meant is not None and _is_registered(name, labels, place):
            labels[place] = meant
            return ".".join(labels)
    return None


def _is_registered(name: str, labels: list[str], place: int) -> bool:
    """Whether a label is the one that was registered, and its domain not one that is known."""
    registered = registered_domain(name)
    if registered is None:
        return place >= len(labels) - 2
    if registered in known_domains():
        return False
    return place == len(labels) - 1 - registered.count(".")


@remembered(1 << 15)
def _meant(label: str) -> str | None:
    """Return a label with the known name that it is a slip away from; None where there is none."""
    if _may_be_near(label) and (found := _near(label)) is not None:
        return found
    if "-" not in label or label.startswith("xn--"):
        return None
    pieces = label.split("-")
    whole = "".join(pieces)
    if (
        brands().get(whole)
        and not any(map(lookup_all, pieces))
        and brands().keys().isdisjoint(pieces)
    ):
        return whole
    for place, piece in enumerate(pieces):
        found = _near(piece) if _may_be_near(piece) else None
        if found is not None and len(found) >= _LONG and brands()[found]:
            pieces[place] = found
            return "-".join(pieces)
    return None


def _may_be_near(label: str) -> bool:
    """Whether a label has the length of a name with a slip, and one of its halves: tells most at once."""
    half, heads, tails = halves().get(len(label), _NONE)
    return label[:half] in heads or label[-half:] in tails


@cache
def halves() -> Mapping[int, tuple[int, frozenset[str], frozenset[str]]]:
    """Return length of a name with a slip -> how much of either end may be whole, and what may stand there."""
    sizes: dict[int, list[str]] = {}
    for brand in brands():
        for size in range(len(brand) - 1, len(brand) + _MOST_LONGER + 1):
            sizes.setdefault(size, []).append(brand)
    made = {}
    for size, names in sizes.items():
        half = max((size - 1) // 2, 2)
        ends = ({name[:half] for name in names}, {name[-half:] for name in names})
        made[size] = half, frozenset(ends[0]), frozenset(ends[1])
    return made


@cache
def shorter() -> Mapping[str, str]:
    """Return each name, and it less one of its letters -> the name; of two, the one that is a known domain's."""
    found: dict[str, str] = {}
    for brand in sorted(brands(), key=brands().__getitem__):
        found |= dict.fromkeys(deletions(brand), brand)
    return found


def _near(label: str) -> str | None:
    if label in brands() or not label.isalnum():
        return None
    # What is a slip away shares a spelling less one letter, unless signs or repetitions hide it.
    plain = label.isalpha() and _HELD.search(label) is None
    if (plain and shorter().keys().isdisjoint(deletions(label))) or _is_honest(label):
        return None
    readings = [label]
    if not label.isalpha():
        letters = (LETTERS_FOR.get(char, char) for char in label)
        spelt = list(map("".join, islice(product(*letters), _MOST_READINGS)))
        numbered = label[-1] in _NUMBERING and is_word(label[:-1])
        for reading in spelt:
            if reading in brands() and not numbered:
                return reading
        if label[0].isalpha() and label[-1].isalpha():  # a number at either end is honest
            readings += spelt
    for reading in readings:
        for found in _slips(reading):
            if found in brands():
                return found
    return None


def _is_honest(label: str) -> bool:
    """Whether a label is a word or the name of something else."""
    return is_word(label) or bool(lookup_all(label))


def _slips(label: str) -> Iterator[str]:
    """Yield what a label would be without one slip."""
    held = _HELD.sub(r"\1\1", label)
    if held != label:
        yield held
        yield _HELD.sub(r"\1", label)
    for i in range(len(label) - 1):
        if label[i] != label[i + 1]:
            yield label[:i] + label[i + 1] + label[i] + label[i + 2 :]
    for i, char in enumerate(label):
        if 0 < i < len(label) - 1 or _may_end(label, i):
            yield label[:i] + label[i + 1 :]
        if char in _ALIKE:
            yield label[:i] + _ALIKE[char] + label[i + 1 :]
    if longer := shorter().get(label):
        yield longer


_ALIKE = {"i": "l", "l": "i"}


def _may_end(label: str, place: int) -> bool:
    """Whether a character at either end may have slipped in; a number there is honest."""
    beside = label[1] if place == 0 else label[-2]
    return label[place].isalpha() or label[place] == beside
