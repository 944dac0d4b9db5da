"""Keys: one spelling for all the ways in which people write one name."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["name_key"]

_NOT_IN_NAMES = re.compile(r"[\W_]+")


def name_key(name: str) -> str:
    """Return a name without case, blanks and punctuation: ``APT-28``, ``apt 28`` and ``APT28`` are one.

    Signs that tell names apart stay as words: ``C++`` is not ``C``. Names of punctuation alone have no key ("").
    """
    plain = name if name.isascii() else unicodedata.normalize("NFKC", name)
    folded = plain.casefold()
    return _NOT_IN_NAMES.sub("", folded.replace("++", "plusplus").replace("#", "sharp"))
