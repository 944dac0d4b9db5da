"""Trie: every known name, letter by letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from decloak.kb.lexicon import LEXICON_LABELS, entries

__all__ = ["Name", "Node", "known_names", "letters_in", "trie_of"]

_SHORTEST = 4


class Name(NamedTuple):
    """A name that the channel may read.

    Attributes:
        text: its usual spelling, in ASCII.
        labels: what it may be, in the order of the lexicon.
        weak: whether every entry calls it an ordinary word or a short form.
    """

    text: str
    labels: tuple[str, ...]
    weak: bool


@dataclass(slots=True)
class Node:
    """A beginning that names share.

    Attributes:
        following: next character, in lower case -> where it leads.
        name: which name ends here; -1 for none.
        own: letters and digits of that name.
        letters: those of the longest name that begins so.
    """

    following: dict[str, Node] = field(default_factory=dict)
    name: int = -1
    own: int = 0
    letters: int = 0


@cache
def known_names() -> tuple[Name, ...]:
    """Return the names of the lexicon, one for each spelling in small letters, in order."""
    spelt: dict[str, str] = {}
    labels: dict[str, list[str]] = {}
    strong: set[str] = set()
    for label in LEXICON_LABELS:
        for entry in entries(label):
            for name in entry.names:
                low = name.lower()
                if len(name) < _SHORTEST or not name.isascii():
                    continue
                spelt.setdefault(low, name)
                labels.setdefault(low, []).append(label)
                if not entry.is_weak(name):
                    strong.add(low)
    return tuple(
        Name(name, tuple(dict.fromkeys(labels[low])), low not in strong)
        for low, name in sorted(spelt.items())
    )


def letters_in(name: str) -> int:
    """Return how many letters and digits a name has."""
    return sum(map(str.isalnum, name))


def trie_of(names: Iterable[Name]) -> Node:
    """Return the root of the trie of some names; each is known by its place among them."""
    root = Node()
    for place, name in enumerate(names):
        letters = letters_in(name.text)
        node = root
        node.letters = max(node.letters, letters)
        for char in name.text.lower():
            node = node.following.setdefault(char, Node())
            node.letters = max(node.letters, letters)
        node.name, node.own = place, letters
    return root
