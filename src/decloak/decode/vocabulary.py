"""Vocabulary: known names, indexed by what a disguise leaves of them.

A name that is strong is believed wherever it stands; a weak one (see `decloak.kb.lexicon`) and the
words of longer names only where their neighbours complete the name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import groupby

from decloak.core.remember import remembered
from decloak.indicators.leet import folded
from decloak.indicators.skeleton import skeleton
from decloak.kb.lexicon import Entry, entries, is_word, lookup_all

__all__ = [
    "PROSE_LABELS", "collapsed", "completes_name", "is_known", "is_name_word",
    "is_plain", "is_strong", "name_words", "neighbours", "phrase_heads", "phrase_tails", "phrase_words", "phrases_by_collapsed", "phrases_by_fold", "phrases_by_word", "spelling_of", "strong_names", "words_by_collapsed", "words_by_fold",
]  # fmt: skip

PROSE_LABELS = ("SOFTWARE", "OS", "ORGANIZATION", "MALWARE", "THREAT_ACTOR")

_MOST_NEIGHBOURS = 3
_MOST_WORDS = 5


@remembered(1 << 14)
def collapsed(word: str) -> str:
    """Return the word in lower case with runs of one character made single."""
    return "".join(char for char, _ in groupby(word.lower()))


def is_known(name: str) -> bool:
    """Whether the lexicon has the name, under any label."""
    return bool(lookup_all(name))


@remembered(1 << 15)
def is_strong(name: str) -> bool:
    """Whether the lexicon has the name and no entry calls this spelling weak."""
    found = lookup_all(name)
    return bool(found) and not any(entry.is_weak(name) for entry in found)


@cache
def strong_names() -> Mapping[str, str]:
    """Return lower-case spelling -> usual spelling of every strong name of prose."""
    return {
        name.lower(): name
        for label in PROSE_LABELS
        for entry in entries(label)
        for name in entry.names
        if not entry.is_weak(name)
    }


def _name_parts(entry: Entry) -> Iterator[str]:
    for name in entry.names:
        yield name
        if " " in name:
            yield from (part.strip(",") for part in name.split())


@cache
def name_words() -> Mapping[str, str]:
    """Return lower-case spelling -> usual spelling of all single words that names consist of."""
    found: dict[str, str] = {}
    for label in (*PROSE_LABELS, "SERVICE"):
        for entry in entries(label):
            for part in _name_parts(entry):
                if " " not in part and len(part) >= 3:
                    found.setdefault(part.lower(), part)
    return found


def is_name_word(word: str) -> bool:
    """Whether some name is or contains this word."""
    return word.lower() in name_words()


@remembered(1 << 15)
def is_plain(word: str) -> bool:
    """Whether a word needs no repair: it is ordinary, or part of a known name."""
    low = word.lower()
    return low in name_words() or is_known(low) or is_word(low)


@remembered(1 << 15)
def spelling_of(word: str) -> str | None:
    """Return the usual spelling of a whole name or of a word that names contain, or None."""
    low = word.lower()
    return strong_names().get(low) or name_words().get(low)


def _group(key_of: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for word, key in key_of.items():
        groups.setdefault(key, []).append(word)
    return {key: tuple(words) for key, words in groups.items()}


@cache
def words_by_fold() -> Mapping[str, tuple[str, ...]]:
    """Return folded spelling -> usual spellings of the words that names consist of."""
    return _group({usual: folded(low) for low, usual in name_words().items()})


@cache
def words_by_collapsed() -> Mapping[str, tuple[str, ...]]:
    """Return collapsed spelling -> usual spellings of the words that names consist of."""
    return _group({usual: collapsed(low) for low, usual in name_words().items() if len(low) >= 4})


@cache
def _phrases() -> tuple[str, ...]:
    """Return the names of prose that have two to five words."""
    return tuple(
        name
        for label in PROSE_LABELS
        for entry in entries(label)
        for name in dict.fromkeys(each for name in entry.names for each in (name, name.rstrip(".")))
        if 1 <= name.count(" ") <= _MOST_WORDS - 1
    )


@cache
def phrases_by_fold() -> Mapping[str, tuple[str, ...]]:
    """Return folded spelling -> names of several words."""
    return _group({name: folded(name) for name in _phrases()})


@cache
def phrases_by_collapsed() -> Mapping[str, tuple[str, ...]]:
    """Return collapsed spelling -> names of several words."""
    return _group({name: collapsed(name) for name in _phrases()})


@cache
def phrases_by_word() -> Mapping[tuple[int, int, str], tuple[str, ...]]:
    """Return (number of words, place, lower-case word) -> names that have it there."""
    index: dict[tuple[int, int, str], tuple[str, ...]] = {}
    for name in _phrases():
        words = name.lower().split(" ")
        for place, word in enumerate(words):
            key = len(words), place, word
            index[key] = (*index.get(key, ()), name)
    return index


@cache
def phrase_heads() -> frozenset[str]:
    """Return the first words, in lower case, of names of several words."""
    return frozenset(word for _, place, word in phrases_by_word() if place == 0)


@cache
def phrase_tails() -> frozenset[str]:
    """Return the second words, in lower case, of names of several words."""
    return frozenset(word for _, place, word in phrases_by_word() if place == 1)


@cache
def phrase_words() -> frozenset[str]:
    """Return the words, in lower case, of names of several words."""
    return frozenset(word for _, _, word in phrases_by_word())


def completes_name(text: str, start: int, end: int, word: str) -> bool:
    """Whether `word` in the place of text[start:end] makes a known name with its neighbours.

    Looks at up to three words to either side, on the same line.
    """
    before, after = neighbours(text, start, end)
    for left in range(len(before) + 1):
        for right in range(len(after) + 1):
            if left + right:
                words = [*before[len(before) - left :], word, *after[:right]]
                if is_known(" ".join(words)):
                    return True
    return False


def neighbours(text: str, start: int, end: int) -> tuple[list[str], list[str]]:
    """Return up to three words before and after a word of the same line, in plain spelling.

    Words are parted by one space; the last one is cut at a slash, and freed of punctuation.
    """
    lead = text[max(start - 80, 0) : start].rpartition("\n")[2]
    before = skeleton(lead).split(" ")[:-1][-_MOST_NEIGHBOURS:] if lead.endswith(" ") else []
    tail = text[end : end + 80].partition("\n")[0]
    after = skeleton(tail[1:]).split(" ")[:_MOST_NEIGHBOURS] if tail.startswith(" ") else []
    cut = []
    for word in after:
        bare = word.partition("/")[0].rstrip(",;:.)\"'")
        cut.append(bare)
        if bare != word:
            break
    return [word.lstrip("(\"'") for word in before], cut
