"""Disguise: whether a spelling of a known name shows that it was disguised, or may be another name.

Every path that would write a known name for what stands in a text asks here first. ``L1node`` and ``Li*node``
are nobody's name; ``Linde`` is one letter from Linode and another company. Where nothing shows, the
text keeps what it says, and the known name is only what it resembles.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from decloak.core.remember import remembered

__all__ = ["shows_disguise"]

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


def _odd(name: str) -> Counter[str]:
    """Return how often each character stands there that is no plain letter and no space."""
    return Counter(char for char in name if not (char.isascii() and char.isalpha()) and char != " ")
