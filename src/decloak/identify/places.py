"""Places: where a value is named in a text, as a whole and in any case."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["fold", "is_whole", "names", "occurrences"]

_MOST_TRIED = 4096
"""Places that are looked at; `80` may stand in many longer numbers before it stands by itself."""
_WORD = re.compile(r"[^\W_]+(?:[.:_-][^\W_]+)*")


def fold(text: str) -> str:
    """Return a text to compare in, of the same length: lower case where that keeps the length."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether a range is not part of a longer word, number or name.

    A dot, colon or hyphen joins what stands on both sides of it: ``10.1`` is no part of ``10.11``
    and none of ``192.0.10.1``, and a sentence may end right behind it.
    """
    if start and text[start].isalnum() and _joins(text, start - 1, -1):
        return False
    return not (end < len(text) and text[end - 1].isalnum() and _joins(text, end, 1))


def _joins(text: str, at: int, step: int) -> bool:
    char = text[at]
    if char.isalnum() or char == "_":
        return True
    beyond = at + step
    return char in ".-" and 0 <= beyond < len(text) and text[beyond].isalnum()


def occurrences(folded: str, value: str, *, most: int = 32) -> Iterator[tuple[int, int]]:
    """Yield where a value stands as a whole in a folded text, at most `most` places.

    Args:
        folded: what `fold` returns.
        value: in any case.
        most: places after which the search ends.
    """
    wanted = fold(value)
    if not wanted:
        return
    at = folded.find(wanted)
    for _ in range(_MOST_TRIED):
        if at < 0 or not most:
            return
        end = at + len(wanted)
        if is_whole(folded, at, end):
            yield at, end
            most -= 1
        at = folded.find(wanted, end)


def names(folded: str, value: str) -> bool:
    """Whether a text names a value: as it is, or all its words one by one.

    ``8.4p1 Ubuntu 5`` is named by ``8.4p1 (Ubuntu 5)``.
    """
    joined = " ".join(fold(value).split())
    if next(occurrences(folded, joined, most=1), None):
        return True
    words = _WORD.findall(joined)
    return len(words) > 1 and all(next(occurrences(folded, word, most=1), None) for word in words)
