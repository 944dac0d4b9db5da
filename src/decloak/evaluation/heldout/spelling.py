"""Spelling: digits for letters, signs inside, short forms, slips."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from string import ascii_lowercase, digits

from decloak.evaluation.heldout.hidden import Hidden, at_some, some
from decloak.evaluation.heldout.names import KINDS

__all__ = ["delete", "leet", "substitute", "swap", "symbol"]

_LEET = {
    "a": "4@",
    "b": "8",
    "e": "3",
    "g": "9",
    "i": "1!",
    "l": "1",
    "o": "0",
    "s": "5$",
    "t": "7",
    "z": "2",
}
_LETTERS = {"0": "Oo", "1": "lI", "2": "Z", "5": "S", "8": "B"}
_SIGNS = "*~^_|-.'+=#!"
_FEWEST = 4  # letters and digits of a name that may be changed
SHARE = 0.12


def _size(value: str) -> int:
    return sum(char.isalnum() for char in value)


def leet(rng: Random, value: str, label: str) -> Hidden | None:
    """Write digits for letters in names, letters for digits in numbers."""
    if label in KINDS or label == "DOMAIN":
        if _size(value) < _FEWEST or (label in KINDS and any(char.isdigit() for char in value)):
            return None
        end = value.rfind(".") if label == "DOMAIN" else len(value)
        places = some(rng, [i for i, c in enumerate(value[:end]) if c.lower() in _LEET], 3)
        plain = label == "DOMAIN"  # a host name has no signs
        forms = {i: _LEET[value[i].lower()] for i in places}
        known = {i: form[0] if plain else rng.choice(form) for i, form in forms.items()}
        return Hidden(at_some(value, places, known))
    if label in {"IP_ADDRESS", "CVE", "HASH"} and ":" not in value:
        able = "01" if label == "HASH" else "".join(_LETTERS)
        places = some(rng, [i for i, char in enumerate(value) if char in able], 3)
        return Hidden(at_some(value, places, {i: rng.choice(_LETTERS[value[i]]) for i in places}))
    return None


def symbol(rng: Random, value: str, label: str) -> Hidden | None:
    """Put signs inside or between all characters, space out, repeat letters."""
    if label == "VERSION":
        parts = value.split(".")
        return Hidden(rng.choice("~*^|_").join(parts)) if value.replace(".", "").isdigit() else None
    if label not in KINDS or _size(value) < _FEWEST:
        return None
    way = rng.random()
    if way < 0.35:
        sign, made = rng.choice(_SIGNS), value
        for _ in range(rng.randint(1, 3)):
            place = rng.randint(1, len(made) - 1)
            made = made[:place] + sign + made[place:]
        return Hidden(made)
    if way < 0.7:
        if " " in value:
            return None
        return Hidden((rng.choice("-._*~|") if way < 0.53 else " ").join(value))
    places = some(rng, [i for i, char in enumerate(value) if char.isalpha()], 2)
    return Hidden(at_some(value, places, {i: value[i] * rng.randint(3, 4) for i in places}))


def swap(rng: Random, value: str, label: str) -> Hidden | None:
    """Exchange neighbours."""
    chars = list(value)
    for _ in range(_slips(value, label)):
        able = [
            i
            for i, (a, b) in enumerate(pairwise(chars))
            if a.isalnum() and b.isalnum() and a.lower() != b.lower()
        ]
        if not able:
            return None
        i = rng.choice(able)
        chars[i], chars[i + 1] = chars[i + 1], chars[i]
    return _changed(chars, value)


def delete(rng: Random, value: str, label: str) -> Hidden | None:
    """Leave characters out."""
    chars = list(value)
    for _ in range(_slips(value, label)):
        del chars[rng.choice([i for i, char in enumerate(chars) if char.isalnum()])]
    return _changed(chars, value)


def substitute(rng: Random, value: str, label: str) -> Hidden | None:
    """Write other characters of the same kind."""
    chars = list(value)
    for _ in range(_slips(value, label)):
        i = rng.choice([i for i, char in enumerate(chars) if char.isalnum()])
        other = rng.choice(digits if chars[i].isdigit() else ascii_lowercase)
        chars[i] = other.upper() if chars[i].isupper() else other
    return _changed(chars, value)


def _slips(value: str, label: str) -> int:
    """Return how many characters change: about 12 % of a name long enough, else none."""
    if label not in KINDS or _size(value) < _FEWEST:
        return 0
    return max(1, round(SHARE * len(value)))


def _changed(chars: list[str], value: str) -> Hidden | None:
    made = "".join(chars)
    return Hidden(made) if made.lower() != value.lower() else None
