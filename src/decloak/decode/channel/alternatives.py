"""Alternatives: the arcs of the channel, and what each character of a text may have been.

One table names every kind of rewrite. What a rewrite costs lies in ``data/channel.json``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from functools import cache
from unicodedata import normalize

from decloak.indicators.leet import LETTERS_FOR
from decloak.indicators.skeleton import plain_form

__all__ = [
    "DROPPED",
    "JOINTS",
    "LETTERS",
    "QUIET",
    "SLIPS",
    "Arc",
    "dropped",
    "is_sign",
    "readings",
]


class Arc(IntEnum):
    """One kind of rewrite, and its place in every vector of counts and costs."""

    MARK = 0
    """A combining mark, a letter with one, or a character that shows nothing."""
    LOOKALIKE = 1
    LEET = 2
    SIGN = 3
    """A sign put in; SIGN_AGAIN for one that was put in before."""
    SIGN_AGAIN = 4
    SPACE = 5
    SPACE_AGAIN = 6
    REPEAT = 7
    """A letter written twice; REPEAT_AGAIN for each one more."""
    REPEAT_AGAIN = 8
    SIGN_LOST = 9
    SPACE_LOST = 10
    SIGN_CHANGED = 11
    """A sign or space of the name written as another one."""
    SWAP = 12
    DROP = 13
    ADD = 14
    SUBSTITUTE = 15
    FIRST = 16
    """Beside a slip: it is in the first letter."""
    JOINT = 17
    """A sign put in that joins words in honest text; JOINT_AGAIN for one that was put in before."""
    JOINT_AGAIN = 18


JOINTS = frozenset({Arc.SIGN_LOST, Arc.SPACE_LOST, Arc.SIGN_CHANGED})
"""How the words of a name are joined, which says nothing: ``Oracle-HTTP-Server``."""

SLIPS = frozenset({Arc.SWAP, Arc.DROP, Arc.ADD, Arc.SUBSTITUTE})
"""What the fingers do; all others are done on purpose."""

LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
DROPPED = {" ": Arc.SPACE_LOST} | dict.fromkeys("-.,_+/&'!:*()@#~", Arc.SIGN_LOST)
QUIET = frozenset("-._'&:/")


def dropped(char: str) -> Arc | None:
    """Return how a character of a name gets lost; None for digits, which make another thing."""
    return Arc.DROP if char in LETTERS else DROPPED.get(char)


def is_sign(char: str) -> bool:
    """Whether a character may be put between letters without being one."""
    return not (char.isalnum() or char.isspace())


@cache
def readings(char: str) -> Mapping[str, int]:
    """Return what one character may have been, in small letters -> the arc; -1 for itself.

    The empty string stands for nothing at all.
    """
    if char.isascii():
        found = dict.fromkeys(LETTERS_FOR.get(char, ""), int(Arc.LEET))
        return found | {char.lower(): -1}
    plain = plain_form(char).lower()
    if char.isspace():
        return {" ": -1}
    if not plain:
        return {"": Arc.MARK}
    found = dict.fromkeys(LETTERS_FOR.get(char, ""), int(Arc.LEET))
    if len(plain) == 1 and plain.isascii():
        marked = normalize("NFD", char)[:1].isascii() and plain.isalpha()
        found |= dict.fromkeys(LETTERS_FOR.get(plain, ""), int(Arc.LEET))
        found[plain] = Arc.MARK if marked else Arc.LOOKALIKE
    return found
