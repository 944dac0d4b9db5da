"""Learned: names that the lexicon takes from the table of platforms, from packs and from the user's store.

Of a pack only what is telling by itself: names of groups and malware that are no ordinary words. A name that
our own tables have, under whatever label, stays what they say.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from decloak.kb.keys import name_key
from decloak.kb.names import needs_context
from decloak.kb.packs import pack
from decloak.kb.store.reading import names_store
from decloak.kb.tables import WEAK, pairs

__all__ = ["learned"]

_PARTS = {"SOFTWARE": "a", "OS": "o"}
_KINDS = {"THREAT_ACTOR": "group"}
_SOURCES = frozenset({"attack", "misp:threat-actor", "misp:microsoft-activity-group"})
_IDENTIFIER = re.compile(r"[CGS]\d{4}")
_SHORTEST = 5
_MOST_OWN = 5000
"""Names of the user's that take part: the automaton of all names has to stay small."""

Learned = tuple[str, str, bool]
"""A name, the one that its source prefers, and whether it needs context."""


def learned(label: str, known: Collection[str]) -> Mapping[str, list[tuple[str, bool]]]:
    """Return preferred name -> (other name, whether it needs context), of names that are new.

    Args:
        label: a label with a table.
        known: keys of all names that our own tables have.
    """
    found: dict[str, list[tuple[str, bool]]] = {}
    seen = set(known)
    for name, preferred, weak in _all(label):
        key = name_key(name)
        if key and key not in seen:
            seen.add(key)
            found.setdefault(preferred, []).append((name, weak))
    return found


def _all(label: str) -> Iterator[Learned]:
    store = names_store()
    for name, preferred in store.own_names(label, _MOST_OWN) if store else ():
        yield name, preferred, needs_context(name)
    if label in _PARTS:
        for name, platforms in pairs("cpe"):
            if platforms.startswith(f"{_PARTS[label]}:"):
                bare = name.removeprefix(WEAK)
                yield bare, bare, name != bare
    if label in _KINDS:
        for _, alias, kind, preferred, _, source, weak in pack("names").having(_KINDS[label]):
            telling = not weak and alias.isascii() and len(alias) >= _SHORTEST
            telling = telling and not _IDENTIFIER.fullmatch(alias)
            if kind == _KINDS[label] and source in _SOURCES and telling:
                yield alias, preferred, False
