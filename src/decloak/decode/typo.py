"""Typo: swapped, dropped, changed and repeated characters in names that are known.

Only the vocabulary is repaired; an address or a domain with a slip in it is another address. In
prose a name must be long, strong and the only one near; where a product, a service or a holder
must stand, less is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from rapidfuzz.distance import OSA

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Expert
from decloak.decode.nearness import TLS, is_compound, near_service, nearest, slip_edit
from decloak.decode.phrases import changed_words, misspelt_phrase
from decloak.decode.positions import Position, positions
from decloak.decode.running_text import misspelt_names
from decloak.decode.vocabulary import (
    is_known,
    is_plain,
    is_strong,
)
from decloak.kb.lexicon import lookup

__all__ = ["Typo"]

_SHORTEST = 5
_MOST_READINGS = 32
_LABELS = {"product": ("SOFTWARE", "OS"), "organization": ("ORGANIZATION",)}


class Typo:
    """Undo slips in known names."""

    name = "typo"
    version = 1
    expert: Expert = "typographic"
    families = ("swap", "delete", "substitute", "symbol")
    trigger = rb"[A-Za-z]{4}|[a-z]{2,3}[ \t\n]"

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per misspelt word."""
        edits = [*_placed(view), *misspelt_names(view)]
        edits.sort(key=lambda edit: (edit.start, -edit.confidence, edit.end))
        end = -1
        for edit in edits:
            if edit.start >= end:
                end = edit.end
                yield edit


def _placed(view: View) -> Iterator[Edit]:
    """Yield edits at positions where a name must stand."""
    text = view.text
    for position in positions(view):
        surface = text[position.start : position.end]
        if position.kind == "service":
            yield from _service(surface, position)
            continue
        found = _repaired(surface, position.kind) or _repaired_phrase(surface, position.kind)
        for start, word, name in found:
            yield slip_edit(position.start + start, word, name, 0.85, f"as a {position.kind}")


def _service(surface: str, position: Position) -> Iterator[Edit]:
    cell = surface.rstrip("?")
    start = cell.rfind("/") + 1
    name = near_service(cell[start:], TLS if start else position.port)
    if name is not None:
        yield slip_edit(
            position.start + start, cell[start:], name, 0.9, f"as the service of {position.port}"
        )


class _Word(NamedTuple):
    start: int
    text: str


@lru_cache(maxsize=1 << 15)
def _repaired(phrase: str, kind: str) -> tuple[tuple[int, str, str], ...]:
    """Return (start, surface, name) of each misspelt word at the beginning of a phrase."""
    words = _words_of(phrase)
    for count in range(len(words), 0, -1):
        if is_known(" ".join(word.text for word in words[:count])):
            return ()
    choices = [_choices(word.text) for word in words]
    if not any(choices):
        return ()
    for count in range(len(words), 0, -1):
        if not any(choices[:count]):
            return ()
        found = set()
        options = [choice or (word.text,) for word, choice in zip(words, choices, strict=True)]
        total = 1
        for option in options[:count]:
            total *= len(option)
        if total > _MOST_READINGS:
            continue
        for reading in product(*options[:count]):
            whole = " ".join(reading)
            if _fits(whole, kind) and (count > 1 or _is_close(words[0].text, whole)):
                found.add(reading)
        if len(found) == 1:
            pairs = zip(words, found.pop(), strict=False)
            return tuple(
                (word.start, word.text, name)
                for word, name in pairs
                if word.text.lower() != name.lower()
            )
    return ()


@lru_cache(maxsize=1 << 15)
def _repaired_phrase(phrase: str, kind: str) -> tuple[tuple[int, str, str], ...]:
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
    if not (is_strong(name) or len(name) >= 5) or len(word) < 4:
        return False
    if OSA.distance(word.lower(), name.lower()) > 1 and is_compound(word, capitals=True):
        return False
    return (len(name) >= _SHORTEST and is_strong(name)) or name[0].lower() in word[:2].lower()


def _words_of(phrase: str) -> list[_Word]:
    """Return the words before the first that holds a version, an address or a bracket."""
    words: list[_Word] = []
    place = 0
    for piece in phrase.replace("\t", " ").split(" "):
        bare = piece.strip("\"',;:")
        head = bare.partition("/")[0]
        if bare:
            if not head or head[0] in "([{" or head[0].isdigit() or len(words) == 6:
                break
            words.append(_Word(place + piece.index(bare), head))
            if head != bare or bare != piece:
                break
        place += len(piece) + 1
    return words


def _choices(word: str) -> tuple[str, ...]:
    """Return the nearest known words of a misspelt one; () when there are none."""
    return nearest(word, 1 if len(word) < 7 else 2)[1] if len(word) > 2 else ()
