"""Characters: words as the denoiser reads them, and back.

A word is folded first: look-alike letters become the ASCII they are taken for, combining marks go,
capitals become small. What is left is a row of small numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from decloak.indicators.skeleton import skeleton

if TYPE_CHECKING:  # NumPy costs nothing where no model is asked
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ALPHABET", "LONGEST", "PAD", "SIZE", "UNKNOWN", "codes", "fold", "spelt"]

LONGEST = 32
"""Most characters of a word."""
PAD, UNKNOWN = 0, 1
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789-._+*~^|#@$!&'/:()\u20ac"
"""The characters that have a number of their own, from 2 on."""
SIZE = len(ALPHABET) + 2
"""Different numbers, padding and the unknown included."""

_NUMBERS = {char: number for number, char in enumerate(ALPHABET, 2)}


def fold(word: str) -> str:
    """Return a word in small letters, without combining marks and look-alikes.

    Only the first `LONGEST` code points are read.
    """
    short = word[:LONGEST]
    return (short if short.isascii() else skeleton(short)[:LONGEST]).lower()


def codes(words: Sequence[str]) -> NDArray[np.int64]:
    """Return (word, character) numbers of folded words, padded to the longest one and to 1 at least.

    Characters beyond `LONGEST` are left out.
    """
    import numpy as np  # noqa: PLC0415 - see above

    longest = min(max((len(word) for word in words), default=1) or 1, LONGEST)
    made = np.zeros((len(words), longest), dtype=np.int64)
    for row, word in enumerate(words):
        short = word[:LONGEST]
        made[row, : len(short)] = [_NUMBERS.get(char, UNKNOWN) for char in short]
    return made


def spelt(numbers: Sequence[int]) -> str:
    """Return what a row of numbers spells; the unknown is U+FFFD, padding is left out."""
    return "".join(
        ALPHABET[number - 2] if number > UNKNOWN else "\ufffd" for number in numbers if number
    )
