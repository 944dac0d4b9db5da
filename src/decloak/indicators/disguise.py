"""Disguise: whether a spelling of a known name shows that it was disguised, or may be another name.

Every path that would write a known name for what stands in a text asks here first. ``L1node`` and ``Li*node``
are nobody's name; ``Linde`` is one letter from Linode and another company. Where nothing shows, the
text keeps what it says, and the known name is only what it resembles. Another number makes another thing.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from decloak.core.remember import remembered
from decloak.indicators.leet import LETTERS_FOR, spells

__all__ = ["keeps_digits", "shows_disguise"]

_HELD = 3
"""A letter that stands so often in a row was held down; twice it stands in honest names."""


@remembered(1 << 14)
def shows_disguise(written: str, name: str) -> bool:
    """Whether what is written for a name can be no other name of plain letters.

    It shows in signs, digits, foreign letters or marks that the name lacks, in letters set apart
    (``n g i n x``) and in a letter held down. Letters that are missing, wrong, doubled or in another
    order show nothing.

    Args:
        written: what stands in the text.
        name: the known name, in any case.
    """
    low, known = written.casefold(), name.casefold()
    if _odd(low) - _odd(known):
        return True
    if low.count(" ") > known.count(" ") and sum(len(word) == 1 for word in low.split()) > 1:
        return True
    return any(
        length >= _HELD and char * length not in known
        for char, length in ((char, len(list(run))) for char, run in groupby(low))
        if char.isalpha()
    )


@remembered(1 << 14)
def keeps_digits(written: str, name: str) -> bool:
    """Whether a name has the digits that are written for it, in order, but for those that stand for letters.

    ``2016`` is never what ``2019`` means, though 6 and 9 are written for one letter. A digit of a number
    may be written as a letter.

    Args:
        written: what stands in the text.
        name: the known name, in any case.
    """
    stands, known = _digits(written), _digits(name)
    if not stands:
        return not known or not any(map(str.isalpha, name))
    if not any(map(str.isalpha, written)):
        return stands == known or spells(written, name)
    rest = iter(stands)
    if not all(digit in rest for digit in known):  # the iterator moves on: they stand in order
        return False
    low = name.casefold()
    return all(
        count <= sum(map(low.count, LETTERS_FOR.get(digit, "")))
        for digit, count in (Counter(stands) - Counter(known)).items()
    )


def _digits(name: str) -> str:
    return "".join(char for char in name if char.isdigit())


def _odd(name: str) -> Counter[str]:
    """Return how often each character stands there that is no plain letter and no space."""
    return Counter(char for char in name if not (char.isascii() and char.isalpha()) and char != " ")
