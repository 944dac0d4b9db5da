"""Running text: names with slips in them where nothing says that a name must stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.core.remember import remembered
from decloak.decode.nearness import USUAL, is_compound, near_words, nearest, room_for, slip_edit
from decloak.decode.phrases import Piece, changed_words, misspelt_phrase
from decloak.decode.surroundings import has_context, is_service_column, stands_alone
from decloak.decode.suspects import Kind, Suspect
from decloak.decode.vocabulary import (
    is_strong,
    phrase_heads,
    phrase_tails,
    phrase_words,
    strong_names,
)
from decloak.indicators.mentions import is_mentioned
from decloak.kb.lexicon import is_word, lookup

__all__ = ["misspelt_names"]

_SHORTEST, _LONGEST_HEAD = 5, 24
_LONG = 8  # from here on the first letter may be the one that is wrong
_SURE_OF_TWO = 12  # letters of a word that may have two slips
_MOST_OF_ONE = 300  # as often as this, no single place of a spelling is looked at
_PER_LOOK = 40  # code points; text with more suspects than this is no text with slips
_ONE_SLIP = 6
_ACRONYM = 6  # letters of a word that may be spelt out as its letters
_TRAILING = ",;:.)]}>\"'"
_COINED = frozenset({"MALWARE", "THREAT_ACTOR"})
_REPEATED = 3  # as often as this, a spelling is meant


def misspelt_names(view: View, found: Iterable[Suspect]) -> Iterator[Edit]:
    """Yield edits of unmistakable names in running text."""
    text = view.text
    apart = [
        each
        for each in found
        if (each.kind is not Kind.UNKNOWN or _is_in_row(text, each.start, each.end))
        and stands_alone(text, each.start, each.end)
    ]
    counts = Counter(text[each.start : each.end] for each in apart)
    looks = len(text) // _PER_LOOK + _MOST_OF_ONE
    for start, end, kind in apart:
        word = text[start:end]
        if looks <= 0:
            return
        looks -= 1
        if counts[word] > _MOST_OF_ONE:
            continue
        if kind is Kind.PLAIN:
            if _is_beside_phrase_word(text, start, end):
                yield from _beside_names(text, start, end)
        elif kind is Kind.UNKNOWN:
            yield from _in_phrase(text, start, end)
        elif near_words(word, 2 if len(word) > _ONE_SLIP else 1):
            yield from _in_prose(view, start, word, rare=counts[word] < _REPEATED)
        else:
            edits = list(
                _in_phrase(text, start, end) if _is_beside_phrase_word(text, start, end) else ()
            )
            if edits:
                yield from () if _has_other_word(text, edits) else edits
            elif counts[word] < _REPEATED:
                yield from _where_mentioned(view, start, word)


def _in_prose(view: View, start: int, word: str, *, rare: bool) -> Iterator[Edit]:
    """Yield the edits of one suspect; one that occurs again and again needs its context."""
    text, end = view.text, start + len(word)
    found = list(_in_phrase(text, start, end))
    if _has_other_word(text, found):
        return
    if found:
        yield from found
        return
    name = _meant(word)
    if name and _is_other_word(name, word):
        return
    if name and ((rare and _is_unmistakable(word, name)) or has_context(text, start, end, name)):
        closed = is_service_column(text, start) and lookup(name, "SERVICE") is not None
        yield slip_edit(start, word, name, 0.8, "in running text", closed=closed)
    elif rare:
        yield from _where_mentioned(view, start, word)


def _where_mentioned(view: View, start: int, word: str) -> Iterator[Edit]:
    name = _mentioned(view, start, word)
    if name and not _is_other_word(name, word):
        yield slip_edit(start, word, name, 0.8, "where its kind is spoken of")


def _has_other_word(text: str, edits: list[Edit]) -> bool:
    return any(_is_other_word(edit.replacement, text[edit.start : edit.end]) for edit in edits)


def _is_other_word(name: str, word: str) -> bool:
    """Whether a word is the name with an ending, or a short ordinary word with one letter more.

    Other languages end words so (`Neustart`, `anomalie`), and commands begin so (`umask`).
    """
    low, plain = word.lower(), name.lower()
    if len(low) != len(plain) + 1:
        return False
    if low.startswith(plain):
        return low[-1] != low[-2] and low.isascii()
    return low.endswith(plain) and is_word(plain)


def _is_in_row(text: str, start: int, end: int) -> bool:
    """Whether the word before begins a name of several words, or the word behind goes on with one."""
    if text[start - 1 : start] == " ":
        first = max(start - 1 - _LONGEST_HEAD, 0)
        head = text[first : start - 1].split()[-1:]
        if head and head[0].lower() in phrase_heads():
            return True
    if text[end : end + 1] != " ":
        return False
    tail = text[end + 1 : end + 1 + _LONGEST_HEAD].split(maxsplit=1)
    return bool(tail) and tail[0].rstrip(_TRAILING).lower() in phrase_tails()


def _is_beside_phrase_word(text: str, start: int, end: int) -> bool:
    """Whether a word beside this one is of a name of several words: one changed has one intact."""
    before = text[max(start - _LONGEST_HEAD, 0) : start].split(" ")
    if len(before) > 1 and not before[-1]:
        word = before[-2].rpartition("\n")[2].rpartition("\t")[2].lstrip("(\"'").lower()
        if word in phrase_words() or len(before) == 2:
            return True
    if text[end : end + 1] != " ":
        return False
    tail = text[end + 1 : end + 1 + _LONGEST_HEAD].split(maxsplit=1)
    bare = tail[0].partition("/")[0].rstrip(_TRAILING).lower() if tail else ""
    return bare in phrase_words() or len(bare) >= _LONGEST_HEAD


def _in_phrase(text: str, start: int, end: int) -> Iterator[Edit]:
    """Yield the edits that complete a name of several words."""
    phrase = misspelt_phrase(text, start, end)
    changes = list(changed_words(*phrase)) if phrase is not None else []
    if any(_is_better_alone(piece, meant) for piece, meant in changes):
        return
    for piece, meant in changes:
        yield slip_edit(piece.start, piece.text, meant, 0.8, "in a name of several words")


def _is_better_alone(piece: Piece, meant: str) -> bool:
    """Whether a word is nearer to another name than to that of the phrase, or means itself."""
    if len(piece.text) < _SHORTEST - 1 and piece.text.islower() and is_word(piece.text):
        return True  # `in` beside the name of a company is no `Inc`
    slips, names = nearest(piece.text, 1)
    near = {name.lower() for name in names}
    return slips > 0 and len(near) == 1 and meant.lower() not in near and is_strong(names[0])


def _mentioned(view: View, start: int, word: str) -> str:
    """Return the name that a suspect means where an organisation or product is spoken of, or "".

    Of the names that are near only those count whose kind is spoken of: an ordinary word may be one.
    """
    found: dict[str, str] = {}
    most = 1 if len(word) < _LONG else 2
    for name in nearest(word, most, endings=len(word) < _SHORTEST)[1]:
        entry = lookup(name)
        if entry is None or not _is_name_slip(word, name):
            continue
        if entry.label in _COINED and _is_coined(word, name):
            continue
        if is_mentioned(view, start, start + len(word), entry.label):
            found.setdefault(entry.name, name)
    return next(iter(found.values())) if len(found) == 1 else ""


def _is_coined(word: str, name: str) -> bool:
    """Whether a word may be a new name: they are made of words, and like those that are known."""
    low, plain = word.lower(), name.lower()
    if sorted(low) == sorted(plain):
        return False
    one = nearest(word, 1, endings=False)[1]
    if low == plain[1:]:
        return False
    return name not in one or low[0] != plain[0] or is_compound(word, capitals=True)


def _is_name_slip(word: str, name: str) -> bool:
    """Whether a word is written as the name is and long enough for one that is spoken of."""
    swapped = sorted(word.lower()) == sorted(name.lower())
    entry = lookup(name)
    coined = entry is not None and entry.label in _COINED
    changed = coined and len(word) == len(name) and word[0] == name[0] and is_strong(name)
    if len(name) < _SHORTEST - (swapped or changed):
        return False
    if word.isupper() and not swapped and len(word) <= _ACRONYM:
        return False  # another acronym
    lost = name.lower().endswith(word.lower())  # and its capital with it
    return word[:1].isupper() or name[:1].islower() or lost or (swapped and word[1].isupper())


def _beside_names(text: str, start: int, end: int) -> Iterator[Edit]:
    """Yield the edit of an ordinary word that the words of a product's name stand beside."""
    phrase = misspelt_phrase(text, start, end)
    if phrase is None:
        return
    row, name = phrase
    changes = list(changed_words(row, name))
    whole = [piece.text for piece in row if not any(piece is each for each, _ in changes)]
    if len(changes) != 1:
        return
    piece, meant = changes[0]
    swapped = sorted(piece.text.lower()) == sorted(meant.lower())
    if any(
        len(word) > 3 and (not is_word(word) or (swapped and word.lower() in USUAL))
        for word in whole
    ):
        yield slip_edit(piece.start, piece.text, meant, 0.8, "in a name of several words")


@remembered(1 << 15)
def _meant(word: str) -> str:
    """Return the one known word that a suspect means by itself, or ""."""
    slips, names = nearest(word, room_for(word))
    if len(word) < _SHORTEST or len(names) != 1 or (slips > 1 and len(word) < _SURE_OF_TWO):
        return ""
    if not _is_prose_word(names[0]):
        return ""
    swapped = sorted(word.lower()) == sorted(names[0].lower())
    return names[0] if swapped or not is_compound(word, capitals=False) else ""


def _is_prose_word(name: str) -> bool:
    return name.lower() in strong_names() or lookup(name) is None or lookup(name, "SERVICE") is None


def _is_unmistakable(word: str, name: str) -> bool:
    if len(name) > _SHORTEST and _has_inner_capital(name) and _has_inner_capital(word):
        return True  # no ordinary word
    if not is_strong(name) or len(name) < _SHORTEST:
        return False
    if len(name) == _SHORTEST:
        return _has_inner_capital(name) and _has_inner_capital(word)
    return name[:1].lower() in word[:2].lower() or len(name) >= _LONG


def _has_inner_capital(word: str) -> bool:
    return not word[1:].islower() and not word.isupper()
