"""Deletions: words found again with one slip in them, by what is left of both without a character.

Two words one slip apart (a character lost, added or changed, or two neighbours that changed places) have
a word in common that each is or becomes by losing one character (SymSpell, Garbe 2012).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["deletion_index", "deletions"]


def deletions(word: str) -> set[str]:
    """Return a word and what is left of it without each one of its characters."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def deletion_index(words: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Return each word's deletions -> the words they come from."""
    index: dict[str, tuple[str, ...]] = {}
    for word in words:
        for key in deletions(word):
            index[key] = (*index.get(key, ()), word)
    return index
