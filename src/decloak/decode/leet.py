"""Leet: signs written for letters in known names, letters written for digits in numbers.

Domains, URLs and e-mail addresses in leet are names of their own and stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from decloak import indicators
from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.core.entity import Verdict
from decloak.core.remember import remembered
from decloak.decode.base import Expert
from decloak.decode.phrase_sense import is_holder
from decloak.decode.phrases import changed_words, folded_phrase
from decloak.decode.stretches import search_in, searching
from decloak.decode.surroundings import has_context, stands_alone
from decloak.decode.vocabulary import (
    is_plain,
    is_strong,
    words_by_fold,
)
from decloak.indicators.engine import compile_pattern
from decloak.indicators.leet import DIGIT_FOR, LETTERS_FOR, folded, spells
from decloak.indicators.mentions import is_mentioned
from decloak.kb.lexicon import lookup

__all__ = ["Leet"]

# A word with a sign among its letters, and no part of a host name: what follows is not a full stop
# with more behind it. The sign for e, U+20AC, is 0x83 in the shadow.
_SIGN = rb"[0-9@$!|+\x83]"
_INSIDE = frozenset(".:@_\\&%")  # what stands before part of an address, a time or an escape
_INSIDE_BYTES = "".join(_INSIDE).encode("ascii")
_BEHIND = "\"'`()[]{}<>,;:=*?/_#%&^~\\ \t\r\n\x0b\x0c\u201d\u2019\u2026\u00bb\u2013\u2014"
_AHEAD = "\u201c\u2018\u00ab\u2013\u2014\u201e"
_MOST_VERDICTS = 1 << 16
_LONGEST = 76  # code points of a word and what follows it
_BODY = rb"[A-Za-z0-9@$!|+\x83-]"
_WORD = (
    rb"(?:[A-Za-z][A-Za-z-]+" + _SIGN + rb"|[A-Za-z]" + _SIGN + _BODY + rb"|" + _SIGN
    + rb"{2,4}[A-Za-z]|" + _SIGN + rb"[A-Za-z]" + _BODY + rb")" + _BODY + rb"*(?:\.[jJnN][sSeE53$][tT7+]?)?(?:[^A-Za-z0-9@$!|+\x83.-]|\.(?:[^A-Za-z0-9]|$)|$)"
)  # fmt: skip
_SLIP = rb"[OolISBZ|]"
_EITHER = rb"[0-9OolISBZ|]"
# The first slip is in the first, second, third or last octet: clean addresses never match.
_ADDRESS = b"|".join(
    rb"(?:[0-9]{1,3}\.){%d}[0-9]{0,2}%s%s{0,2}(?:\.%s{1,3}){%d}"
    % (i, _SLIP, _EITHER, _EITHER, 3 - i)
    for i in range(4)
)
_CVE = rb"(?i)\bcv[e3]-[0-9OIlSBZ|]{4}-[0-9OIlSBZ|]{4,7}\b"
_GROUP = rb"[0-9a-fA-FOolISZ]{1,4}"
_IPV6 = rb"\b(?:" + _GROUP + rb"::?){2,7}" + _GROUP + rb"\b"
_DIGEST = rb"\b[0-9a-fA-FOolISZ]{32,128}\b"
_NUMBER = b"|".join(b"(?:%s)" % each for each in (_ADDRESS, _CVE, _DIGEST, _IPV6))

_DIGEST_LENGTHS = frozenset({32, 40, 56, 64, 96, 128})
_FEWEST_SIGNS = 8  # different ones in a digest
_FEWEST_GROUPS, _LONG_GROUP = 4, 3  # of an IPv6 address; its longest group
_FEWEST_DIGITS = 3  # that are left in an IPv6 address
_LETTERED = frozenset({".B", ".S", ".Z"})
_TO_DIGITS = str.maketrans(DIGIT_FOR)


_FEWEST_LETTERS = 2  # that are left of a name


class Leet:
    """Undo leet in the vocabulary, and letters for digits in addresses, CVE ids and digests."""

    name = "leet"
    version = 1
    expert: Expert = "typographic"
    families = ("leet",)
    trigger = rb"[A-Za-z]" + _SIGN + rb"|" + _SIGN + rb"[A-Za-z]|\.[OolISBZ|]{1,3}\."

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per word in leet and one per letter that stands for a digit."""
        edits = [*_names(view), *_numbers(view)]
        edits.sort()
        end = -1
        for edit in edits:
            if edit.start >= end:
                end = edit.end
                yield edit


def _names(view: View) -> Iterator[Edit]:
    _, stretches = search_in(view, _LeetWords)
    pattern = compile_pattern(_WORD, capture=False)
    for offset, _, tokens in stretches:
        for first, last in tokens:
            # What ends the token ends the word.
            for match in pattern.finditer(view.shadow, offset + first, offset + last + 1):
                yield from _name(view, *match.span())


@searching
class _LeetWords:
    """The tokens of a text that may be names in leet."""

    def __init__(self) -> None:
        self._verdicts: dict[str, bool] = {}

    def choose(self, tokens: list[bytes]) -> Iterator[bytes]:
        """Yield the tokens that may hold such a name, and those that hold more than ASCII."""
        joined = b" ".join((*tokens, b""))
        for match in compile_pattern(_WORD, capture=False).finditer(joined):
            start, end = match.span()
            word = match.group()
            if word.isascii():
                if (start and joined[start - 1] in _INSIDE_BYTES) or end - start > _LONGEST:
                    continue
                if not self._may_be_leet(word.decode("ascii")):
                    continue
            stop = joined.find(b" ", end - 1)
            yield joined[joined.rfind(b" ", 0, start) + 1 : stop if stop >= 0 else len(joined)]

    def _may_be_leet(self, word: str) -> bool:
        hot = self._verdicts.get(word)
        if hot is None:
            if len(self._verdicts) > _MOST_VERDICTS:
                self._verdicts.clear()
            hot = self._verdicts[word] = _may_be_leet(word)
        return hot


def _name(view: View, start: int, end: int) -> Iterator[Edit]:
    """Yield the edits of a word with signs among its letters."""
    text = view.text
    if (text[start - 1 : start] in _INSIDE and start) or end - start > _LONGEST:
        return
    token = text[start:end]
    if token[0] in _AHEAD:
        token = token.lstrip(_AHEAD)
        start = end - len(token)
    if not _may_be_leet(token):
        return
    token = token.rstrip(_BEHIND)
    phrase = list(_phrase(text, start, start + len(token.rstrip(".-!"))))
    if phrase:
        yield from phrase
        return
    for length, name, needs_context in _readings(token):
        stop = start + length
        if stands_alone(text, start, stop) and (
            not needs_context or _has_place(view, start, stop, name)
        ):
            yield _word_edit(start, stop, name)
            break


def _has_place(view: View, start: int, end: int, name: str) -> bool:
    """Whether a weak or short name is what the words around it, or the field it fills, ask for."""
    if sum(map(str.isalpha, view.text[start:end])) < _FEWEST_LETTERS:
        return False
    if has_context(view.text, start, end, name) or is_holder(view.text, start, end, name):
        return True
    entry = lookup(name)
    return entry is not None and len(name) > 3 and is_mentioned(view, start, end, entry.label)


def _word_edit(start: int, end: int, name: str) -> Edit:
    return Edit(start, end, name, "leet", "leet", 0.9, f"leet for {name}")


def _phrase(text: str, start: int, end: int) -> Iterator[Edit]:
    """Yield the edits of a name of several words, of which this token is one."""
    if text[start - 1 : start] not in {" ", ""} and text[end : end + 1] != " ":
        return
    first = text.rfind(" ", max(start - 8, 0), start) + 1
    if first and first < start and text[first:start].isalnum():
        start = first  # digits before the pattern's first letter
    found = folded_phrase(text, start, end)
    if found is not None:
        for piece, word in changed_words(*found):
            yield _word_edit(piece.start, piece.end, word)


def _may_be_leet(token: str) -> bool:
    """Whether some word of a name could be written so; what stands behind it may be part of it."""
    folds = words_by_fold()
    word = folded(token.rstrip(_BEHIND))
    return word in folds or word.rstrip(".-i+t") in folds or word[:-1] in folds


@remembered(1 << 14)
def _readings(token: str) -> tuple[tuple[int, str, bool], ...]:
    """Return (length, name, needs context) of every name that the token may begin with."""
    found = []
    for cut in dict.fromkeys((len(token), *_cuts(token))):
        word = token[:cut]
        if not 3 <= len(word) <= 40:
            continue
        names = [name for name in words_by_fold().get(folded(word), ()) if spells(word, name)]
        if names and not is_plain(word):
            name = min(names, key=_preference)
            signs = sum(char in LETTERS_FOR for char in word)
            whole = is_strong(name) or (len(name) >= 6 and lookup(name) is not None)
            sure = whole and len(name) >= 5 and 2 * signs <= len(name)
            found.append((cut, name, not sure))
    return tuple(found)


def _cuts(token: str) -> Iterator[int]:
    """Yield where trailing punctuation begins."""
    stripped = token.rstrip(".-!|+")
    yield len(stripped)
    yield len(token.rstrip(".-"))


def _preference(name: str) -> tuple[bool, str]:
    return (not is_strong(name), name)


def _numbers(view: View) -> Iterator[Edit]:
    text = view.text
    for match in compile_pattern(_NUMBER, capture=False).finditer(view.shadow):
        start, end = match.span()
        surface = text[start:end]
        label = "CVE" if "-" in surface else "IP_ADDRESS" if not surface.isalnum() else "HASH"
        if label == "IP_ADDRESS":
            surface = surface.rstrip(".|")
            end = start + len(surface)
            if not _is_bounded(text, start, end):
                continue
        plain = surface.translate(_TO_DIGITS)
        if label == "CVE":
            plain = surface[:2] + ("E" if surface[2] == "3" else surface[2]) + plain[3:]
        elif label == "HASH":
            plain = _digest(surface)
        elif ":" in surface:
            plain = _in_hexadecimal(surface)
        if plain == surface or not _holds(label, surface, plain):
            continue
        # What could be a name under .is or .bz too is weighed here, and nowhere else.
        confidence = 0.9 if indicators.classify(surface) is None else 0.999
        for place, (old, new) in enumerate(zip(surface, plain, strict=True), start):
            if old != new:
                yield Edit(place, place + 1, new, "leet", "leet", confidence, f"digit of {label}")


def _digest(surface: str) -> str:
    """Return a digest with its stray letters read as digits; as given when it cannot be one."""
    if len(surface) not in _DIGEST_LENGTHS:
        return surface
    if len(set(surface)) < _FEWEST_SIGNS:
        return surface
    return _in_hexadecimal(surface)


def _in_hexadecimal(surface: str) -> str:
    return "".join(DIGIT_FOR[char] if char in "OolISZ" else char for char in surface)


def _is_bounded(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 2]
    if before and (before.isalnum() or before in "._-@\\"):
        return False
    return not (
        after[:1].isalnum()
        or after[:1] in {"_", "-", "@"}
        or (after[1:].isalnum() and after[0] == ".")
    )


def _is_written_as_ipv6(surface: str) -> bool:
    """Whether groups are as many and as long as those of addresses, not of times and of programs."""
    groups = [group for group in surface.split(":") if group]
    return (
        len(groups) >= _FEWEST_GROUPS
        and max(map(len, groups)) >= _LONG_GROUP
        and sum(map(str.isdigit, surface)) >= _FEWEST_DIGITS
    )


def _holds(label: str, surface: str, plain: str) -> bool:
    if label == "IP_ADDRESS" and surface[:-1] == plain[:-1] and surface[-2:] in _LETTERED:
        return False  # version 1.1.1.B
    if indicators.read(label, plain).verdict is not Verdict.CONFIRMED:
        return False
    if ":" in surface and not _is_written_as_ipv6(surface):
        return False
    found = indicators.classify(surface)
    if label == "IP_ADDRESS" and found is not None and found[0] == "DOMAIN":
        # IS, BZ and SO are top-level labels too: four short ones with digits are no domain.
        octets = surface.split(".")[:3]
        digits = sum(char.isdigit() for char in surface)
        return digits > 1 and sum(any(map(str.isdigit, octet)) for octet in octets) > 1
    # Three dots stand in no hardware address.
    return found is None or (label == "IP_ADDRESS" and found[0] == "MAC_ADDRESS")
