"""Phrase sense: whether a token is a word of a name of several words (``Rockwell Automation``)."""

from __future__ import annotations

from functools import lru_cache

from decloak.kb import lexicon

__all__ = ["is_name_with"]

_WORDS = 3  # words on either side that may belong to the name
_REACH = 64  # code points on either side in which they are looked for
_TRIMMED = "\"'`()[]{}<>,;:!?*|"


def is_name_with(text: str, start: int, end: int, token: str) -> bool:
    """Whether `token`, read instead of text[start:end], is part of a known name around it.

    The words beside it must stand on the same line, a single space apart, and belong to the name.
    """
    left = text[max(start - _REACH, 0) : start]
    right = text[end : end + _REACH]
    left = left[left.rfind("\n") + 1 :]
    before = left[left.rfind("\t") + 1 :].split(" ")
    after = right.partition("\n")[0].partition("\t")[0].split(" ")
    if before[-1] or after[0]:
        return False  # more of the token stands beside it
    return _is_named(
        tuple(before[:-1][-_WORDS:]), token.strip(_TRIMMED), tuple(after[1 : _WORDS + 1])
    )


@lru_cache(maxsize=1 << 12)
def _is_named(before: tuple[str, ...], token: str, after: tuple[str, ...]) -> bool:
    for first in range(len(before), -1, -1):
        for last in range(len(after) + 1):
            words = (*before[first:], token, *after[:last])
            if len(words) > 1 and lexicon.lookup(" ".join(words).strip(_TRIMMED)) is not None:
                return True
    return False
