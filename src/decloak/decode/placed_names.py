"""Placed names: what a misspelt name means where a product or an organisation must stand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from decloak.core.remember import remembered
from decloak.decode.nearness import USUAL, is_compound, near_plain, nearest
from decloak.decode.phrases import SHARE, changed_words, misspelt_phrase
from decloak.decode.vocabulary import is_plain, is_strong
from decloak.kb.lexicon import entries, is_word, lookup
from decloak.kb.words import rarity

__all__ = ["Repair", "repaired"]

_SHORTEST = 5
_RARE = 6.0  # an ordinary word so rare is a slip where a product must stand: `Apace/2.4`
_MOST_READINGS = 48
_MOST_WORDS = 6
_LABELS = {"product": ("SOFTWARE", "OS"), "organization": ("ORGANIZATION",)}
Repair = tuple[int, str, str]
"""Where a misspelt word begins in the phrase, what stands there, and what is meant."""


class _Word(NamedTuple):
    start: int
    text: str


def repaired(phrase: str, kind: str) -> tuple[Repair, ...]:
    """Return the misspelt words at the beginning of a phrase; () when it is well spelt.

    Args:
        phrase: what stands at the position; a version or more may follow the name.
        kind: ``product`` or ``organization``.
    """
    words = _words_of(phrase)
    if not words:
        return ()
    found = tuple(words)
    return _repaired(found, kind) or _repaired_phrase(phrase, kind) or _repaired_whole(found, kind)


@remembered(1 << 15)
def _repaired(words: tuple[_Word, ...], kind: str) -> tuple[Repair, ...]:
    known = 0
    for count in range(len(words), 0, -1):
        if _fits(" ".join(word.text for word in words[:count]), kind):
            known = count
            break
    if known == len(words) or (known and is_plain(words[known].text)):
        return ()
    for count in range(len(words), known, -1):
        found = _readings(words[:count], kind)
        if found is not None:
            return tuple(
                (word.start, word.text, meant)
                for word, meant in zip(words, found, strict=False)
                if word.text.lower() != meant.lower()
            )
    return ()


def _readings(words: tuple[_Word, ...], kind: str) -> tuple[str, ...] | None:
    """Return the one way to read words as a name with the fewest of them changed."""
    damaged = [not is_plain(word.text) for word in words]
    if len(words) == 1 and not damaged[0]:
        if (rarity(words[0].text) or 0.0) < _RARE:
            return None
        damaged[0] = True
    options = [
        _choices(word.text) or near_plain(word.text) or (word.text,)
        if bad
        else (word.text, *_plain_choices(word.text))
        for word, bad in zip(words, damaged, strict=True)
    ]
    total = 1
    for option in options:
        total *= len(option)
    if total > _MOST_READINGS:
        return None
    found: dict[int, list[tuple[str, ...]]] = {}
    for reading in product(*options):
        whole = " ".join(reading)
        if not _fits(whole, kind) or (len(words) == 1 and not _is_close(words[0].text, whole)):
            continue
        changes = [i for i, word in enumerate(words) if word.text.lower() != reading[i].lower()]
        if not changes:
            return None
        whole_words = [word for i, word in enumerate(reading) if i not in changes]
        if any(damaged[i] for i in changes) or any(
            not is_word(word) or word.lower() in USUAL for word in whole_words
        ):
            found.setdefault(len(changes), []).append(reading)
    if not found:
        return None
    best = found[min(found)]
    usual = [reading for reading in best if all(word.lower() in USUAL or is_plain(old.text)
             for word, old in zip(reading, words, strict=True))]  # fmt: skip
    best = usual if len(best) > 1 and len(usual) == 1 else best
    return best[0] if len(best) == 1 else None


@remembered(1 << 15)
def _repaired_whole(words: tuple[_Word, ...], kind: str) -> tuple[Repair, ...]:
    """Compare all words together with the names of as many words, 12 % of whose characters differ.

    Words that are all known tell another name, unless it is one slip away and a usual one.
    """
    if not 2 <= len(words) <= 4:
        return ()
    whole = " ".join(word.text for word in words).lower()
    if _fits(whole, kind):
        return ()
    names = _names_of(len(words), kind)
    most = max(1, round(SHARE * (len(whole) + 2)))
    matches = process.extract(
        whole, tuple(names), scorer=OSA.distance, processor=None, score_cutoff=most, limit=None
    )
    best = sorted(
        (int(slips), names[low])
        for low, slips, _ in matches
        if slips <= max(1, round(SHARE * len(low)))
    )
    if not best or (len(best) > 1 and best[0][0] == best[1][0]):
        return ()
    slips, name = best[0]
    usual = all(word.lower() in USUAL for word in name.split())
    if all(is_plain(word.text) for word in words) and not (usual and slips == 1):
        return ()
    return tuple(
        (word.start, word.text, meant)
        for word, meant in zip(words, name.split(), strict=True)
        if word.text.lower() != meant.lower()
    )


@cache
def _names_of(count: int, kind: str) -> Mapping[str, str]:
    """Return lower-case spelling -> usual spelling of names of that kind with so many words."""
    return {
        name.lower(): name
        for label in _LABELS[kind]
        for entry in entries(label)
        for name in entry.names
        if name.count(" ") == count - 1
    }


@remembered(1 << 15)
def _repaired_phrase(phrase: str, kind: str) -> tuple[Repair, ...]:
    """Return the same for a name of several words that is damaged in more than one place."""
    words = _words_of(phrase)
    if len(words) < 2:
        return ()
    first = words[0]
    found = misspelt_phrase(phrase, first.start, first.start + len(first.text))
    if found is None or not _fits(found[1], kind):
        return ()
    changes = [(piece.start, piece.text, word) for piece, word in changed_words(*found)]
    if len(found[0]) < 3 and all(is_plain(text) for _, text, _ in changes):
        return ()
    return tuple(changes)


def _fits(name: str, kind: str) -> bool:
    return any(lookup(name, label) is not None for label in _LABELS[kind])


def _is_close(word: str, name: str) -> bool:
    """Whether a single word is near enough, without others that say the same."""
    if not (is_strong(name) or len(name) >= _SHORTEST) or min(len(word), len(name)) < 4:
        return False
    if OSA.distance(word.lower(), name.lower()) > 1 and is_compound(word, capitals=True):
        return False
    if name.lower().endswith(word.lower()):
        return True  # what it lost is its first letter
    return (len(name) >= _SHORTEST and is_strong(name)) or name[0].lower() in word[:2].lower()


def _words_of(phrase: str) -> list[_Word]:
    """Return the words before the first that holds a version, an address or a bracket."""
    words: list[_Word] = []
    place = 0
    for piece in phrase.replace("\t", " ").split(" "):
        bare = piece.strip("\"',;:")
        head = bare.partition("/")[0]
        if bare:
            if not head or head[0] in "([{" or head[0].isdigit() or len(words) == _MOST_WORDS:
                break
            words.append(_Word(place + piece.index(bare), head))
            if head != bare or bare != piece:
                break
        place += len(piece) + 1
    return words


def _choices(word: str) -> tuple[str, ...]:
    """Return the nearest known words of a misspelt one; () when there are none."""
    return nearest(word, 1 if len(word) < 7 else 2, endings=False)[1] if len(word) > 2 else ()


def _plain_choices(word: str) -> tuple[str, ...]:
    return near_plain(word)[:3] if len(word) > 2 else ()
