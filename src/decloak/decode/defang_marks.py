"""Defang marks: where an indicator was made unclickable, and what stood there before.

One scan finds every stretch that may be a defanged dot, colon, at sign, slash, hyphen or scheme.
Whether it really is one is decided by `decloak.decode.defang`, from the token it stands in.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from decloak.core.document import View
from decloak.indicators.engine import compile_pattern

__all__ = ["ANY_MARK", "Mark", "Strength", "find_marks"]


class Strength(IntEnum):
    """How much a mark says by itself."""

    LOOSE = 0
    """Ends sentences as a rule (`` . ``): the first to be doubted."""
    WEAK = 1
    """Common in honest text: the token must be an indicator after it is undone."""
    SPACED = 2
    """A bracketed mark with white space around it: likewise, and it may end a token."""
    FIRM = 3
    """Bracketed, but with other uses (``(.)`` in regular expressions): likewise."""
    STRONG = 4
    """Nothing else is written so: undone also where the top label is not delegated."""


class Mark(NamedTuple):
    """One stretch that may stand for something else.

    Attributes:
        start, end: half-open code-point range.
        replacement: what it stands for.
        strength: how much it says by itself.
        scheme: whether it begins or ends a URL's scheme.
    """

    start: int
    end: int
    replacement: str
    strength: Strength
    scheme: bool = False


_OPEN = rb"\\?[\[({<|]"
_CLOSE = rb"\\?[\])}>|]"
_DOT_WORDS = rb"dot|punkt|point|punto|ponto|period|tochka"
_FRAMED = rb"[:.*~_-]?(?:" + _DOT_WORDS + rb"|at)[:.*~_-]?"  # [:dot:]
_BODY = rb"\\?[.:@/,]|[-_d]|::|//|:?//|:/|" + _FRAMED + rb"|a|\x80t|www\.?|dash|colon|slash"
_BRACKETED = rb" {0,2}(?:" + _OPEN + rb"){1,3} {0,2}(?:" + _BODY + rb") {0,2}(?:" + _CLOSE + rb"){1,3} {0,2}"  # fmt: skip

# Schemes in disguise; what they are is read from their letters in `_scheme_of`.
_HXXP = (
    rb"h(?:[xyz*_#+.-]{1,3}|[x*_#+-]{0,2}t[x*_#+-]{1,2}|[x*_#+-]{1,2}t[x*_#+-]{0,2}"
    rb"|\[(?:tt|xx|\*\*)\]|tt[.*\\])(?:p|\[p\])s?"
)
_FXP = rb"s?f[x*_-]{1,2}ps?"
_MEOW = rb"meows?"
_DISGUISED = rb"(?:" + _HXXP + rb"|" + _FXP + rb"|" + _MEOW + rb")"
_PLAIN_SCHEME = rb"[a-z][a-z0-9+-]{1,11}"
_BRACKETED_SEPARATOR = (
    rb"(?:[\[({<]{1,2}:[\])}>]{1,2} {0,2}(?://|[\[({<]//[\])}>]|[\[({]/[\])}]/|\\\\)"
    rb"|[\[({<]{1,2}(?::/{1,2}|//)[\])}>]{1,2}/{0,2}|:[\[({]//[\])}]|:[\[({]/[\])}][\[({]?/[\])}]?"
    rb"|:/[\[({]/[\])}])"
)
_BROKEN_SEPARATOR = rb"(?: {0,2}: {0,2}// {0,2}| ?:\\\\ ?|;//|:__|:\|\||:\\/\\/)"
_SCHEMES = (
    rb"(?:\b" + _DISGUISED + rb"|\[" + _DISGUISED + rb"\])(?:" + _BRACKETED_SEPARATOR + rb"|" + _BROKEN_SEPARATOR + rb")"
    rb"|\b" + _PLAIN_SCHEME + _BRACKETED_SEPARATOR
    + rb"|(?:\[https?\]|\[ftp\])(?:" + _BRACKETED_SEPARATOR + rb"|" + _BROKEN_SEPARATOR + rb")"
    + rb"|\b(?:https?|ftp)(?: {1,2}:// {0,2}|:// {1,2}| ?:\\\\ ?|;//|:__|:\|\|)"
)  # fmt: skip

_TAIL = (
    rb"\.\[(?:[a-z]{2,10}|[0-9]{1,3})\]|\[\.(?:[a-z]{2,10}|[0-9]{1,3})\]"  # evil.[com], evil[.com]
)
_PARTIAL = _TAIL + rb"|\\?[\[({]\\?\.|\\?\.\\?[\])}]|\\?[\[(](?:dot|punkt|punto) ?|%5B\.%5D"
_BARE = (
    rb" (?:" + _DOT_WORDS + rb") |[-_]{1,2}dot[-_]{1,2}|(?-i: AT )|_at_| \. |\\{1,2}\.|(?-i:DOT[a-z0-9]|[a-z0-9]AT[a-z])"
)  # fmt: skip
_WIDE = rb"\x83(?:\.|dot|at|@|:)\x83"

ANY_MARK = (
    rb"(?i)(?:" + _SCHEMES + rb"|" + _BRACKETED + rb"|" + _WIDE + rb"|" + _PARTIAL + rb"|" + _BARE + rb")"
)  # fmt: skip
"""Every mark; leftmost first, so that a scheme takes its separator."""

_STANDS_FOR = {
    ".": ".", ",": ".", "dot": ".", "punkt": ".", "point": ".", "punto": ".", "ponto": ".",
    "period": ".", "tochka": ".", "d": ".", ":": ":", "::": "::", "colon": ":", "@": "@", "at": "@",
    "a": "@", "\xe4t": "@", "/": "/", "//": "//", "slash": "/", "-": "-", "dash": "-", "_": "_",
    "www": "www", "www.": "www.", "://": "://", ":/": ":/",
}  # fmt: skip
_FRAME = ":.*~_-"
_STRONG_BODIES = frozenset({".", "dot", "punkt", "punto"})
_ONCE_SPACED = frozenset({"d", "a", "point", "period"})
_OPENING = frozenset("[({<|")
_BRACKETS = "[](){}<>|\\ \u3010\u3011\u3014\u3015\uff08\uff09\uff3b\uff3d\uff5b\uff5d\u300c\u300d"


def find_marks(view: View) -> Iterator[Mark]:
    """Yield every mark of a text, sorted; those that cannot be one are left out."""
    text = view.text
    for match in compile_pattern(ANY_MARK, capture=False).finditer(view.shadow):
        start, end = match.span()
        surface = text[start:end]
        first = surface[0]
        if surface.isalnum() and (surface[:3] == "DOT" or surface[1:3] == "AT"):  # exampleDOTcom
            place = surface.index("T") + 1
            body = "." if surface[0] == "D" else "@"
            yield Mark(start + (body == "@"), start + place, body, Strength.WEAK)
            continue
        if first.isalpha() or (first == "[" and surface[1:2] in "hHfF"):
            yield from _scheme_marks(start, surface)
            continue
        if first in ".[" and surface[-1] == "]" and surface[-2].isalnum() and surface[1] in ".[":
            yield Mark(start, start + 2, ".", Strength.WEAK)
            yield Mark(end - 1, end, "", Strength.WEAK)
            continue
        mark = _read(start, end, surface)
        if mark is not None:
            yield mark


def _read(start: int, end: int, surface: str) -> Mark | None:
    """Return the mark that a stretch without a scheme is."""
    low = surface.lower()
    if low == "%5b.%5d":
        return Mark(start, end, ".", Strength.STRONG)
    body = low.strip(_BRACKETS + "-_") or low.strip(_BRACKETS) or low.strip("[](){}<>|\\ ")
    if body not in _STANDS_FOR and len(body) > 2:
        body = body.strip(_FRAME)
    stands_for = _STANDS_FOR.get(body)
    if stands_for is None:
        return None
    if " " in (low[0], low[-1]) and body in _ONCE_SPACED and low.strip(" ")[:1] in _OPENING:
        return None  # an option, a call: SHL[D] or f(point)
    if low[0] == " " and low[-1] == " " and low.strip()[0] in "<|":
        return None  # a tag of a help text, a placeholder
    if body.startswith("www"):
        start, end = start + len(low) - len(low.lstrip(" ")), end - len(low) + len(low.rstrip(" "))
    return Mark(start, end, stands_for, _strength(low, body))


def _strength(low: str, body: str) -> Strength:
    if low == " . ":
        return Strength.LOOSE
    bare = low.strip(" ")
    opened, closed = bare[0] in "[({<|\\" or not bare[0].isascii(), bare[-1] in "])}>|"
    if not opened and not closed and bare[-1].isascii():
        return Strength.WEAK
    if bare.strip("\\") == ".":
        return Strength.WEAK
    if bare != low and not body.startswith("www"):
        return Strength.SPACED
    if bare[0] in "<|" and body not in {"dot", "at"}:
        return Strength.WEAK
    if not (opened and closed) or body in {"d", "a", ",", "-", "_", "point", "period"}:
        return Strength.WEAK
    if body in _STRONG_BODIES and ("[" in low or body != "."):
        return Strength.STRONG
    return Strength.FIRM


def _scheme_marks(start: int, surface: str) -> Iterator[Mark]:
    """Yield the marks of a scheme's name and of its separator, where they are not as they were."""
    cut = _separator_at(surface)
    name, separator = surface[:cut], surface[cut:]
    scheme = _scheme_of(name)
    if scheme is None:
        return
    disguised = name.lower() != scheme
    bracketed = any(char in "[({<" for char in separator)
    sure = Strength.STRONG if disguised or bracketed else Strength.WEAK
    if disguised:
        yield Mark(start, start + cut, scheme, sure, scheme=True)
    if separator != "://":
        yield Mark(start + cut, start + len(surface), "://", sure, scheme=True)


def _separator_at(surface: str) -> int:
    """Return where the separator begins: at the colon that ends the name, or what is around it."""
    places = (surface.find(mark) for mark in (":", ";", "//"))
    colon = min(place for place in places if place >= 0)
    while colon and surface[colon - 1] in "[({< ":
        colon -= 1
    return colon


def _scheme_of(name: str) -> str | None:
    """Return the scheme that a name stands for."""
    low = name.lower()
    letters = low.removeprefix("[")
    letters = letters.removesuffix("]") if letters != low else letters
    if letters in {"http", "https", "ftp"}:
        return letters
    if letters.startswith("meow"):
        return "https" if letters.endswith("s") else "http"
    tail = "s" if letters.endswith("s") else ""
    if letters[0] == "h" and "p" in letters and letters.rstrip("s")[-1:] in {"p", "]"}:
        return "http" + tail
    if letters.endswith(("ps", "p")) and "f" in letters[:2] and letters.strip("sfp").strip("x*_-") == "":  # fmt: skip
        return ("sftp" if letters[0] == "s" else "ftp") + (tail if letters[0] != "s" else "")
    return low if low.isascii() and low[0].isalpha() else None
