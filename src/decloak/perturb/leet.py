"""Leet: digits and signs for letters in names, letters for digits in addresses."""

from __future__ import annotations

from random import Random

from decloak.perturb.base import Disguised, Family
from decloak.perturb.places import NAME_LIKE, NAMES, at_places, host_of, some
from decloak.perturb.words import WORDS

__all__ = ["LEET"]

LETTERS = {"a": "4", "e": "3", "i": "1", "l": "1", "o": "0", "s": "5", "t": "7", "g": "9", "b": "8"}
SIGNS = {"a": "@", "i": "!", "s": "$", "l": "|", "e": "€", "t": "+"}
DIGITS = {"0": "Oo", "1": "lI", "5": "S", "8": "B", "2": "Z"}
HEX_DIGITS = {"0": "Oo", "1": "lI", "5": "S", "2": "Z"}
_KNOWN = frozenset(WORDS)


def _name(value: str, label: str, rng: Random) -> str | None:
    if label not in NAMES or len(value) < 4:
        return None
    places = [i for i, char in enumerate(value) if char.lower() in LETTERS]
    if not places:
        return None
    chosen = some(places, rng)[: max(1, len(value) // 3)]
    return at_places(value, chosen, lambda char: LETTERS[char.lower()])


def _name_with_signs(value: str, label: str, rng: Random) -> str | None:
    if label not in NAMES or len(value) < 5:
        return None
    places = [i for i, char in enumerate(value) if i and char in SIGNS]
    chosen = some(places, rng)[:2]
    return at_places(value, chosen, SIGNS.__getitem__) if chosen else None


def _digits(value: str, label: str, rng: Random) -> str | None:
    if label not in {"IP_ADDRESS", "HASH", "CVE"} or (label == "IP_ADDRESS" and ":" in value):
        return None
    table = HEX_DIGITS if label == "HASH" else DIGITS
    places = [i for i, char in enumerate(value) if char in table]
    if label == "HASH":
        # In a digest of 64 digits a handful of slips is what an optical reader makes.
        places = rng.sample(places, min(len(places), 6))
    chosen = some(sorted(places), rng)
    return at_places(value, chosen, lambda char: rng.choice(table[char])) if chosen else None


def _domain(value: str, label: str, rng: Random) -> Disguised | None:
    """Respell the registrable label; it must be made of words, or there is nothing to read."""
    if label not in NAME_LIKE:
        return None
    first, end = host_of(value, label)
    for part in value[first:end].split("."):
        if _words(part):
            break
        first += len(part) + 1
    else:
        return None
    places = [i for i in range(first, first + len(part)) if value[i] in LETTERS]
    # More than every fourth letter, and nobody reads the word any longer.
    chosen = rng.sample(places, min(len(places), rng.randint(1, max(1, len(part) // 4))))
    if not chosen:
        return None
    surface = at_places(value, chosen, LETTERS.__getitem__)
    return Disguised(surface, surface, resembles=value)


def _words(part: str) -> bool:
    """Whether a DNS label is one word, two words, or words with hyphens."""
    pieces = part.split("-")
    return all(
        piece in _KNOWN
        or any(piece[:cut] in _KNOWN and piece[cut:] in _KNOWN for cut in range(3, len(piece) - 2))
        for piece in pieces
    )


LEET = Family(
    "leet",
    "leet",
    frozenset({"SOFTWARE", "SERVICE", "ORGANIZATION", "IP_ADDRESS", "HASH", "CVE", "DOMAIN",
               "URL", "EMAIL"}),
    {"name": _name, "name_signs": _name_with_signs, "digits": _digits, "domain": _domain},
)  # fmt: skip
