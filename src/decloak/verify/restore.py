"""Restore: the known name that somebody wrote in look-alikes, in leet or with signs within.

Decoders need a reason in the text before they change a letter. Here the reason is there: a grammar
or the model says what kind of name it is, and read plainly it is a known one of that kind.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from itertools import groupby

from rapidfuzz.distance import OSA

from decloak.indicators.disguise import keeps_digits, shows_disguise
from decloak.indicators.leet import folded, spells
from decloak.indicators.skeleton import plain_form
from decloak.kb.deletions import deletion_index, deletions
from decloak.kb.lexicon import entries, lookup_all
from decloak.kb.words import is_word

__all__ = ["restored", "slipped"]

_SHORTEST, _LONGEST = 4, 60
_LONG = 7  # characters of a name that may have a slip
_SIGNS = "*~^_+=|!'`.-"
"""What is put between the letters of a name."""
_QUIET = frozenset("'.-_")
"""Signs among these that join words in honest names."""


def restored(label: str, name: str) -> tuple[str, str] | None:
    """Return the known name that a name stands for, and the disguise; None when honest or unknown.

    Args:
        label: one that the lexicon has a table for.
        name: as it is written, white space folded.
    """
    if not _SHORTEST <= len(name) <= _LONGEST or (name.isascii() and _is_plain(name)):
        return None
    if lookup_all(name):
        return None
    plain = "".join(map(plain_form, name)) if not name.isascii() else name
    if plain != name and plain.isascii() and (known := _spelt(label, plain)):
        parts = unicodedata.normalize("NFD", name)
        marked = all(char.isascii() or unicodedata.combining(char) for char in parts)
        return known, "diacritic" if marked else "confusable"
    if any(map(str.isalpha, plain)):
        for known in _by_fold(label).get(folded(plain), ()):
            if spells(plain, known):
                return known, "leet"
    inner = name.strip(_SIGNS)  # those at its edges are no disguise: Example Corp.
    bare = _bare(inner)
    known = _by_bare(label).get(bare)
    if known is None or len(known) >= len(inner) or len(bare) < _SHORTEST - 1:
        return None
    if not shows_disguise(inner, known) or not keeps_digits(inner, known) or _is_parted(inner):
        return None
    return known, "symbol"


def slipped(label: str, name: str) -> str | None:
    """Return the one known name that a name is a slip away from; None where it is unsure.

    It may be a name of its own all the same: what comes back is what the name resembles, no more.

    Args:
        label: one that the lexicon has a table for.
        name: as it is written, white space folded.
    """
    low = name.casefold()
    if not _LONG <= len(low) <= _LONGEST or not low.isascii():
        return None
    if lookup_all(name) or (" " not in low and is_word(low)):
        return None
    index = _by_deletion(label)
    near = {known for key in deletions(low) for known in index.get(key, ())}
    names = [
        known for known in near if OSA.distance(low, known) == 1 and _signs(low) == _signs(known)
    ]
    if len(names) != 1:
        return None
    return _spelt(label, names[0])


@cache
def _by_deletion(label: str) -> Mapping[str, tuple[str, ...]]:
    """Return the deletions of the longer names of a label, case-folded -> these names."""
    return deletion_index(
        name.casefold()
        for entry in entries(label)
        for name in entry.names
        if len(name) >= _LONG and not entry.is_weak(name)
    )


def _signs(name: str) -> str:
    """Return what no slip changes: another digit or sign makes another thing."""
    return "".join(char for char in name if not char.isalpha())


def _is_plain(name: str) -> bool:
    """Whether nothing in an ASCII name can be a disguise: words of letters, none of them held down."""
    if not name.replace(" ", "").isalpha():
        return False
    low = name.lower()
    return all(a != b or b != c for a, b, c in zip(low, low[1:], low[2:], strict=False))


def _spelt(label: str, name: str) -> str | None:
    """Return the usual spelling of a known name of a label."""
    low = name.casefold()
    for entry in lookup_all(name):
        if entry.label == label:
            return next(each for each in entry.names if each.casefold() == low)
    return None


@cache
def _by_fold(label: str) -> Mapping[str, tuple[str, ...]]:
    """Return the folded spelling -> names of a label."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in entries(label):
        for name in entry.names:
            found[folded(name)] = (*found.get(folded(name), ()), name)
    return found


def _is_parted(name: str) -> bool:
    """Whether honest signs part words that stand by themselves: ``Cloud-Flare``, ``Fire.Eye``."""
    signs = {char for char in name if char in _SIGNS}
    if not signs or not signs <= _QUIET:
        return False
    for sign in signs:
        if f"{sign} " in name or f" {sign}" in name:
            return False
        name = name.replace(sign, " ")
    return all(len(part) > 1 and (is_word(part) or lookup_all(part)) for part in name.split())


def _bare(name: str) -> str:
    """Return the letters and digits of a name, each once where it is repeated."""
    kept = (char for char in name.casefold() if char not in _SIGNS)
    return "".join(char for char, _ in groupby(kept))


@cache
def _by_bare(label: str) -> Mapping[str, str]:
    """Return the bare form -> name of a label, for those forms that only one name has."""
    found: dict[str, str] = {}
    shared: set[str] = set()
    for entry in entries(label):
        for name in entry.names:
            bare = _bare(name)
            if found.setdefault(bare, name).casefold() != name.casefold():
                shared.add(bare)
    return {bare: name for bare, name in found.items() if bare not in shared}
