"""Running text: names with slips in them where nothing says that a name must stand.

Words are looked up once each, in short stretches, so that clean text costs little more than being
split at its spaces.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.nearness import is_compound, near_words, nearest, slip_edit
from decloak.decode.phrases import changed_words, misspelt_phrase
from decloak.decode.surroundings import has_context, stands_alone
from decloak.decode.vocabulary import is_plain, is_strong, phrases_by_word, strong_names
from decloak.kb.lexicon import lookup

__all__ = ["misspelt_names"]

_CHUNK = 4096  # code points whose words are looked up at once
_MOST_SEEN = 1 << 18  # words remembered as harmless
_WRAPPING = "\"'`()[]{}<>.,;:!?*"
_SHORTEST_HEAD, _SHORTEST, _LONGEST = 3, 5, 30
_LONG = 8  # from here on the first letter may be the one that is wrong
_AHEAD = 72  # code points after the first word of a name in which the rest must stand
_ROOM_FOR_TWO, _SURE_OF_TWO = 8, 12  # letters of a word that may have two slips
_REPEATED = 3  # as often as this, a spelling is meant


def misspelt_names(view: View) -> Iterator[Edit]:
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
        if word.lower() in _heads():
            yield from _after_heads(text, word, starts)
            continue
        name, rare = _meant(word), len(starts) < _REPEATED
        for start in starts:
            yield from _in_prose(text, start, word, name, rare=rare)


def _in_prose(text: str, start: int, word: str, name: str, *, rare: bool) -> Iterator[Edit]:
    """Yield the edits of one suspect; one that occurs again and again needs its context."""
    end = start + len(word)
    phrase = misspelt_phrase(text, start, end)
    if phrase is not None:
        for piece, meant in changed_words(*phrase):
            yield slip_edit(piece.start, piece.text, meant, 0.8, "in a name of several words")
    elif name and ((rare and _is_unmistakable(word, name)) or has_context(text, start, end, name)):
        yield slip_edit(start, word, name, 0.8, "in running text")


def _after_heads(text: str, word: str, starts: list[int]) -> Iterator[Edit]:
    """Yield the edits of what follows a whole first word of names."""
    for start in starts:
        line = text[start : start + _AHEAD].partition("\n")[0]
        for place, surface, meant in _after_head(line, len(word)):
            yield slip_edit(start + place, surface, meant, 0.8, "in a name of several words")


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
