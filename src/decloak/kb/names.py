"""Names: which of them mean something only where the context says so."""

from __future__ import annotations

import re

from decloak.kb.keys import name_key
from decloak.kb.words import is_word

__all__ = ["needs_context"]

_SHORTEST = 3
_WORDS = re.compile(r"[^\W\d_]+")


def needs_context(name: str) -> bool:
    """Whether a name is so short, or so ordinary, that it means this thing only where the context says so.

    ``Hive``, ``Elise`` and ``MWI``; not ``FIN7``, ``Fancy Bear`` or ``TrickBot``.
    """
    words = _WORDS.findall(name)
    if not words or any(char.isdigit() for char in name):
        return len(name_key(name)) <= _SHORTEST
    if len(words) == 1:
        return len(name_key(name)) <= _SHORTEST or is_word(words[0])
    return False
