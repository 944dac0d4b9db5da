"""Signed names: known names with signs of any kind put between their letters.

All signs are taken out of a token; what remains must be a known name, whose own signs the token
still holds. Each distinct token is looked at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import compress
from typing import NamedTuple

from decloak import indicators
from decloak.core.document import View
from decloak.core.remember import remembered
from decloak.decode.phrase_sense import is_holder
from decloak.decode.stretches import located, search_in, searching, tokens_with
from decloak.decode.surroundings import has_context
from decloak.decode.vocabulary import PROSE_LABELS, is_known, is_plain, is_strong, name_words
from decloak.indicators.engine import compile_pattern
from decloak.indicators.mentions import is_mentioned
from decloak.kb.lexicon import entries, lookup

__all__ = ["SignedName", "signed_names", "unsigned"]

_ASCII_SIGNS = "*~^|_#$+;'`.,!:?&%-"
_LOUD = "*~^#$!"  # and all signs outside ASCII: never honest between the letters of a word
_QUIET = frozenset(".-_:,'")  # so often honest that a part must be no word
_SIGNS = _ASCII_SIGNS.encode("ascii") + b"\x83"
_APART = b'"()[]{}<>/=\\@\t\n\r\x0b\x0c \x82'
_TABLE = bytes(
    32 if code in _APART else code | 32 if bytes([code]).isalpha() else code for code in range(256)
)
# Words with equals signs inside, which elsewhere part a key from its value.
_EQUALLED = rb"[A-Za-z0-9][A-Za-z0-9.+-]{0,30}(?:={1,6}[.+-]?[A-Za-z0-9][A-Za-z0-9.+-]{0,30}){1,5}"
_WRAPPING = "*~^|_#$+\u2022\u00b7"  # signs put around a word
_BORDERS = frozenset("\"'`()[]{}<>=,;:.!?\t\n\r ")
_SURE = 5  # letters of a name that is believed by itself
_LONGEST = 60
_REACH = 90  # code points of a line to either side that hold the words of one name
_MOST_WORDS = 6
_LEGAL = frozenset(
    [
        "inc",
        "incorporated",
        "llc",
        "ltd",
        "limited",
        "gmbh",
        "ag",
        "corp",
        "corporation",
        "company",
        "co",
        "sa",
        "sas",
        "se",
        "sarl",
        "bv",
        "nv",
        "plc",
        "srl",
        "spa",
        "ab",
        "oy",
        "kg",
        "ug",
    ]
)


class SignedName(NamedTuple):
    """A word with signs in it, and what it means.

    Attributes:
        start, end: half-open code-point range.
        name: the word without them.
    """

    start: int
    end: int
    name: str


class _Word(NamedTuple):
    start: int
    end: int
    bare: str
    tail: str  # honest punctuation among the signs behind it
    signed: bool


def signed_names(view: View) -> Iterator[SignedName]:
    """Yield the words of known names that have signs inside; ranges may repeat."""
    for offset, start, end in _places(view):
        yield from _read(view, offset + start, offset + end)
    for start, end in _equalled(view):
        yield from _read(view, start, end)


def _places(view: View) -> Iterator[tuple[int, int, int]]:
    words, stretches = search_in(view, _SignedWords)
    for offset, shadow, tokens in stretches:
        for first, last in tokens:
            for start, end in located(shadow[first:last].translate(_TABLE), words.signed):
                yield offset, first + start, first + end


@searching
class _SignedWords:
    """The words of names that have signs inside, in lower case, as they are met in a text."""

    def __init__(self) -> None:
        self.signed: set[bytes] = set()

    def choose(self, tokens: list[bytes]) -> Iterator[bytes]:
        """Yield the tokens that hold such a word."""
        joined = b" ".join(tokens)
        plain = joined.translate(_TABLE)
        bare = plain.translate(None, _SIGNS).split(b" ")  # the spaces stay
        known = map(_keys().__contains__, bare)
        found = set(compress(zip(plain.split(b" "), bare, strict=True), known))
        words = {token for token, name in found if name not in token and len(token) <= _LONGEST}
        if words:
            self.signed |= words
            yield from tokens_with(joined, plain, words)


def _equalled(view: View) -> Iterator[tuple[int, int]]:
    keys, signs = _keys(), _SIGNS + b"="
    for match in compile_pattern(_EQUALLED, capture=False).finditer(view.shadow):
        token = match.group().lower()
        if token[1:2] == b"=" and token.count(b"=") == 1:
            continue  # c=lang
        bare = token.translate(None, signs)
        if bare in keys and bare not in token:
            yield match.span()


@cache
def _keys() -> Mapping[bytes, tuple[str, ...]]:
    """Return letters and digits of a word -> the words of names that consist of them."""
    keys: dict[bytes, tuple[str, ...]] = {}
    for low, usual in name_words().items():
        if low.isascii():
            key = low.encode("ascii").translate(None, _SIGNS)
            if len(key) >= 3:
                keys[key] = (*keys.get(key, ()), usual)
    return keys


def _read(view: View, start: int, end: int) -> Iterator[SignedName]:
    text = view.text
    token = text[start:end]
    first, last = _core(token)
    core = token[first:last]
    found = unsigned(core)
    if found is None or not _is_bounded(text, start, end):
        return
    name, alone = found
    # A sign wrapped around the word that also stands inside belongs to the disguise.
    inner = {char for char in core if not char.isalnum()}
    while first and token[first - 1] in inner and token[first - 1] not in _QUIET:
        first -= 1
    while last < len(token) and token[last] in inner and token[last] not in _QUIET:
        last += 1
    low, high = start + first, start + last
    row = list(_row(text, low, high))
    if row:
        yield from row
    elif (
        alone
        or _is_product_cell(text, low, name)
        or has_context(text, low, high, name)
        or _is_spoken_of(view, low, high, name)
        or (
            len(name) > 3
            and lookup(name, "ORGANIZATION") is not None
            and is_holder(text, low, high, name)
        )
    ):
        yield SignedName(low, high, name)


def _is_product_cell(text: str, start: int, name: str) -> bool:
    """Whether a product must stand here: port, state and service come before on the line."""
    words = text[max(text.rfind("\n", max(start - _REACH, 0), start), start - _REACH, 0) : start]
    lead = words.split()
    return (
        len(lead) >= 3
        and lead[-3].endswith(("/tcp", "/udp", "/sctp"))
        and lookup(name, "SOFTWARE") is not None
    )


def _is_spoken_of(view: View, start: int, end: int, name: str) -> bool:
    entry = lookup(name)
    return entry is not None and len(name) > 3 and is_mentioned(view, start, end, entry.label)


def _core(token: str) -> tuple[int, int]:
    """Return where the letters and digits of a token begin and end."""
    first, last = 0, len(token)
    while first < last and not token[first].isalnum():
        first += 1
    while last > first and not token[last - 1].isalnum():
        last -= 1
    return first, last


def _is_bounded(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 2]
    if start and before not in _BORDERS and text[max(start - 4, 0) : start] not in {"ssl/", "tls/"}:
        return False
    return not after or after[0] in _BORDERS or (after[0] == "/" and after[1:].isdigit())


@remembered(1 << 14)
def unsigned(core: str) -> tuple[str, bool] | None:
    """Return the word that remains of a token without its signs, and whether it needs no context.

    None when nothing known remains, or when the signs are honest: `Node.js`, `open_ssl`.
    """
    low = core.lower()
    bare = "".join(char for char in low if char.isalnum())
    if not bare.isascii() or is_known(core) or low in name_words():
        return None
    names = [name for name in _keys().get(bare.encode("ascii"), ()) if _holds(low, name.lower())]
    if not names:
        return None
    name = max(names, key=lambda each: (len(each), is_strong(each)))
    signs = {char for char in low if not char.isalnum()} - set(name)
    own = "".join(char if char.isalnum() or char in signs else "\0" for char in low)
    parts = [part.strip("\0") for part in _split(own, signs)]
    parts = [part for part in parts if part]
    # Where a sign is never honest even a name that is a word too is meant.
    loud = any(char in _LOUD or char > "\x7f" for char in signs) and len(name) > _SURE
    alone = len(name) >= _SURE and (is_strong(name) or (loud and lookup(name) is not None))
    if not all(char in _LOUD or char > "\x7f" for char in signs) or not signs:
        if signs == {":"}:
            return None
        odd = [part for part in parts if len(part) == 1 or not is_plain(part)]
        if not odd or any(part.isdigit() for part in parts):
            return None
        if signs <= _QUIET:
            if indicators.classify(core) is not None:
                return None
            alone = alone and any(len(part) > 1 for part in odd)
    return name, alone


def _split(low: str, signs: set[str]) -> list[str]:
    for sign in signs:
        low = low.replace(sign, " ")
    return low.split()


def _holds(token: str, name: str) -> bool:
    """Whether the characters of the name stand in the token, in order."""
    left = iter(token)
    return all(char in left for char in name)


def _row(text: str, start: int, end: int) -> Iterator[SignedName]:
    """Yield the signed words of the longest known name of several words that holds the place."""
    words = _words_around(text, start, end)
    here = next((i for i, word in enumerate(words) if word.start <= start < word.end), None)
    if here is None:
        return
    names = _rows()
    for count in range(min(_MOST_WORDS, len(words)), 1, -1):
        for first in range(max(0, here - count + 1), min(here, len(words) - count) + 1):
            row = words[first : first + count]
            name = names.get(tuple(word.bare for word in row))
            if name is None and count == 2:
                name = _with_form(row)
            if name is not None:
                for word, meant in zip(row, name, strict=True):
                    if word.signed:
                        yield SignedName(word.start, word.end, meant + word.tail)
                return


def _with_form(row: list[_Word]) -> tuple[str, ...] | None:
    head, form = row[0].bare, row[1].bare
    if form not in _LEGAL or lookup(head, "ORGANIZATION") is None:
        return None
    usual = name_words()
    return usual.get(head, head), usual.get(form, form)


def _words_around(text: str, start: int, end: int) -> list[_Word]:
    low = max(start - _REACH, 0)
    low = max(text.rfind(border, low, start) + 1 for border in '\n\t"') or low
    high = min(end + _REACH, len(text))
    ends = [place for border in '\n\t"' if (place := text.find(border, end, high)) >= 0]
    high = min([high, *ends])
    words = []
    place = low
    for piece in text[low:high].split(" "):
        if piece:
            first, last = _core(piece)
            inner = any(not char.isalnum() for char in piece[first:last])
            lead = first - len(piece[:first].lstrip("(['"))
            begin = first
            while begin > lead and piece[begin - 1] in _WRAPPING:
                begin -= 1
            stop = last + max(piece[last:].rfind(sign) + 1 for sign in _WRAPPING)
            tail = "".join(char for char in piece[last:stop] if char in ",.")
            bare = "".join(char for char in piece.lower() if char.isalnum())
            usual = piece[first:last].lower() in name_words()
            signed = begin < first or stop > last or (inner and not usual)
            words.append(_Word(place + begin, place + stop, bare, tail, signed))
        place += len(piece) + 1
    return words


@cache
def _rows() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Return the bare words of a name of several -> the words as they are written."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for label in (*PROSE_LABELS, "SERVICE"):
        for entry in entries(label):
            for name in entry.names:
                words = tuple(word.rstrip(".,") for word in name.split())
                if 1 < len(words) <= _MOST_WORDS:
                    bare = tuple("".join(filter(str.isalnum, word.lower())) for word in words)
                    found.setdefault(bare, words)
    return found
