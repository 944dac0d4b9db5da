"""Typo: swapped, dropped, changed and repeated characters in names that are known.

Only the vocabulary is repaired; an address or a domain with a slip in it is another address. In
prose a name must be long, strong and the only one near; where a product, a service or a holder
must stand, less is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple

from rapidfuzz.distance import OSA

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Expert
from decloak.decode.nearness import TLS, is_compound, near_service, near_words, nearest, slip_family
from decloak.decode.phrases import changed_words, misspelt_phrase
from decloak.decode.positions import Position, positions
from decloak.decode.surroundings import has_context, stands_alone
from decloak.decode.vocabulary import (
    is_known,
    is_plain,
    is_strong,
    phrases_by_word,
    strong_names,
)
from decloak.kb.lexicon import lookup

__all__ = ["Typo"]

_CHUNK = 4096  # code points whose words are looked up at once
_MOST_SEEN = 1 << 18  # words remembered as harmless
_WRAPPING = "\"'`()[]{}<>.,;:!?*"
_SHORTEST_HEAD, _SHORTEST, _LONGEST = 3, 5, 30
_LONG = 8  # from here on the first letter may be the one that is wrong
_AHEAD = 72  # code points after the first word of a name in which the rest must stand
_MOST_READINGS = 32
_LABELS = {"product": ("SOFTWARE", "OS"), "organization": ("ORGANIZATION",)}
_ROOM_FOR_TWO, _SURE_OF_TWO = 8, 12  # letters of a word that may have two slips
_REPEATED = 3  # as often as this, a spelling is meant


class Typo:
    """Undo slips in known names."""

    name = "typo"
    version = 1
    expert: Expert = "typographic"
    families = ("swap", "delete", "substitute", "symbol")
    trigger = rb"[A-Za-z]{4}|[a-z]{2,3}[ \t\n]"

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per misspelt word."""
        edits = [*_placed(view), *_anywhere(view)]
        edits.sort(key=lambda edit: (edit.start, -edit.confidence, edit.end))
        end = -1
        for edit in edits:
            if edit.start >= end:
                end = edit.end
                yield edit


def _edit(start: int, surface: str, name: str, confidence: float, where: str) -> Edit:
    family = slip_family(surface, name)
    return Edit(
        start, start + len(surface), name, family, "typo", confidence, f"{name} misspelt {where}"
    )


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
            yield _edit(position.start + start, word, name, 0.85, f"as a {position.kind}")


def _service(surface: str, position: Position) -> Iterator[Edit]:
    cell = surface.rstrip("?")
    start = cell.rfind("/") + 1
    name = near_service(cell[start:], TLS if start else position.port)
    if name is not None:
        yield _edit(
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


def _anywhere(view: View) -> Iterator[Edit]:
    """Yield edits of unmistakable names in running text."""
    text = view.text
    places: dict[str, list[int]] = {}
    seen: set[str] = set()
    hot: dict[str, str] = {}  # token as it was split off -> suspect word in it
    for start, end in _chunks(text):
        tokens = set(text[start:end].split())
        for token in tokens - seen:
            word = _suspect(token)
            if word:
                hot[token] = word
        if len(seen) > _MOST_SEEN:
            seen.clear()
        seen |= tokens
        for word in {hot[token] for token in hot.keys() & tokens}:
            head = word.lower() in _heads()
            place = text.find(word, start, end)
            while place >= 0:
                if (not head or text[place + len(word) : place + len(word) + 1] == " ") and (
                    stands_alone(text, place, place + len(word))
                ):
                    places.setdefault(word, []).append(place)
                place = text.find(word, place + len(word), end)
    for word, starts in places.items():
        for start in starts:
            yield from _in_prose(text, start, word, _meant(word), rare=len(starts) < _REPEATED)


@lru_cache(maxsize=1 << 15)
def _after_head(line: str, length: int) -> tuple[tuple[int, str, str], ...]:
    """Return (start, surface, name) of the damaged words after a whole first word of a name."""
    phrase = misspelt_phrase(line, 0, length)
    if phrase is None:
        return ()
    changes = [(piece.start, piece.text, meant) for piece, meant in changed_words(*phrase)]
    for start, surface, meant in changes:
        # Two letters say nothing, and a word cut off by the end of the stretch is no slip.
        if is_plain(surface) or len(meant) < 3 or start + len(surface) >= _AHEAD:
            return ()
    return tuple(changes)


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Yield short stretches that end between words, unless a word is of unheard length."""
    start = 0
    while start < len(text):
        end = min(start + _CHUNK, len(text))
        for white in " \n":
            found = text.find(white, end, end + _LONGEST)
            if found >= 0:
                end = found
                break
        yield start, end
        start = end


def _in_prose(text: str, start: int, word: str, name: str, *, rare: bool) -> Iterator[Edit]:
    """Yield the edits of one suspect; one that occurs again and again needs its context."""
    if word.lower() in _heads():
        for place, surface, meant in _after_head(
            text[start : start + _AHEAD].partition("\n")[0], len(word)
        ):
            yield _edit(start + place, surface, meant, 0.8, "in a name of several words")
        return
    end = start + len(word)
    phrase = misspelt_phrase(text, start, end)
    if phrase is not None:
        for piece, meant in changed_words(*phrase):
            yield _edit(piece.start, piece.text, meant, 0.8, "in a name of several words")
    elif name and ((rare and _is_unmistakable(word, name)) or has_context(text, start, end, name)):
        yield _edit(start, word, name, 0.8, "in running text")


def _suspect(token: str) -> str:
    """Return the word of a token that is near to known ones, or ""."""
    word = token.strip(_WRAPPING).rstrip("-").partition("/")[0]
    word = word.removesuffix("'s")
    if not _SHORTEST_HEAD <= len(word) <= _LONGEST or not word.isascii():
        return ""
    if not word.isalpha() and not word.replace("-", "").isalpha():
        return ""
    if word.lower() in _heads():
        return word
    return word if len(word) >= _SHORTEST and near_words(word, _room(word)) else ""


@cache
def _heads() -> frozenset[str]:
    """Return the words with which names of several words begin."""
    return frozenset(word for _, place, word in phrases_by_word() if place == 0)


def _room(word: str) -> int:
    return 2 if len(word) >= _ROOM_FOR_TWO else 1


def _meant(word: str) -> str:
    """Return the one known word that a suspect means by itself, or ""."""
    slips, names = nearest(word, _room(word))
    if len(names) != 1 or (slips > 1 and len(word) < _SURE_OF_TWO) or not _is_prose_word(names[0]):
        return ""
    swapped = sorted(word.lower()) == sorted(names[0].lower())
    return names[0] if swapped or not is_compound(word, capitals=False) else ""


def _is_prose_word(name: str) -> bool:
    return name.lower() in strong_names() or lookup(name) is None or lookup(name, "SERVICE") is None


def _is_unmistakable(word: str, name: str) -> bool:
    if not is_strong(name) or len(name) < _SHORTEST:
        return False
    if len(name) == _SHORTEST:
        return _has_inner_capital(name) and _has_inner_capital(word)
    return name[:1].lower() in word[:2].lower() or len(name) >= _LONG


def _has_inner_capital(word: str) -> bool:
    return not word[1:].islower() and not word.isupper()
