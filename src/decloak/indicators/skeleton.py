"""Skeletons: text with every look-alike character replaced by the ASCII it is taken for.

The tables are Unicode's own: compatibility mappings (UAX 15), decimal digits and names from
`unicodedata`, and the confusables of UTS 39 from the package confusable-homoglyphs. The result is
for comparison with known spellings, never a name that anything would resolve.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import cast

__all__ = ["plain_form", "skeleton"]

_PUNCTUATION = {
    # Dots that UTS 46 maps or that fonts draw as a full stop.
    "\u3002": ".", "\uff0e": ".", "\uff61": ".", "\u2024": ".", "\ufe52": ".", "\u00b7": ".",
    "\u2022": ".", "\u2219": ".", "\u22c5": ".", "\u0701": ".", "\u0702": ".", "\ua4f8": ".",
    "\u06d4": ".",
    # Dashes, slashes and colons (UTS 39 gives most; these are the ones it maps elsewhere).
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-",
    "\u2212": "-", "\ufe58": "-", "\ufe63": "-", "\u30fc": "-",
    "\u2044": "/", "\u2215": "/", "\u29f8": "/", "\u2571": "/",
    "\u2236": ":", "\ua789": ":", "\u02d0": ":", "\u0589": ":", "\u05c3": ":", "\ufe13": ":",
}  # fmt: skip

# UTS 39 joins I, l and 1 in one class with prototype l; these are the ones that a reader, and the
# case mapping of IDNA, keeps apart.
_OVERRIDES = {
    "\u04cf": "l",  # palochka: drawn as l, and used so in every published look-alike of apple
    "\u0406": "I", "\u0399": "I", "\u2160": "I", "\u2c92": "I", "\u04c0": "I", "\u0131": "i",
    "\u03b9": "i", "\u0456": "i", "\ua646": "I",
    "\u043a": "k", "\u043d": "h", "\u0442": "t", "\u03ba": "k", "\u03c4": "t",
    "\u043c": "m", "\u041c": "M", "\u03b7": "n", "\u03bc": "u", "\u00b5": "u", "\u03c9": "w",
    "\u03b5": "e", "\u03b2": "b", "\u03c7": "x", "\u03a7": "X", "\u0432": "b", "\u0433": "r", "\u043f": "n", "\u0438": "u",
    "\u053c": "L", "\u0582": "i", "\u0576": "u", "\u0561": "w", "\u0565": "t", "\u0564": "n", "\u057c": "n",
}  # fmt: skip

_NAMED = {"KRA": "K", "SHARP": "SS", "ALPHA": "A", "IOTA": "I", "OPEN": "E", "UPSILON": "U"}

_MARKS = frozenset({"Mn", "Mc", "Me"})


@cache
def _table() -> Mapping[str, list[dict[str, str]]]:
    """Return the confusables of UTS 39; imported late, it costs 40 ms and few texts need it."""
    module = import_module("confusable_homoglyphs.confusables")
    return cast("Mapping[str, list[dict[str, str]]]", module.confusables_data)


def _by_name(char: str) -> str:
    """Return the basic letter that the name of a Latin character says, or ""."""
    words = unicodedata.name(char, "").split(" ")
    if words[0] != "LATIN" or "LETTER" not in words:
        return ""
    rest = [word for word in words[1:] if word not in {"LETTER", "SMALL", "CAPITAL", "DOTLESS"}]
    if not rest:
        return ""
    base = rest[0] if len(rest[0]) == 1 else _NAMED.get(rest[0], "")
    return base if words[1] == "CAPITAL" else base.lower()


def _compatible(char: str) -> str:
    """Return the ASCII that normalisation leaves of a character, or ""."""
    parts = unicodedata.normalize("NFKD", char)
    bare = "".join(part for part in parts if unicodedata.category(part) not in _MARKS)
    bare = bare.replace("\u2044", "/")
    return bare if bare.isascii() else ""


@cache
def plain_form(char: str) -> str:
    """Return the ASCII that one character looks like; the character itself when there is none.

    Combining marks and format characters become the empty string. An enclosed number loses its
    ring and its full stop, a Roman numeral is spelt with letters.
    """
    if char.isascii():
        return char
    for table in (_PUNCTUATION, _OVERRIDES):
        if char in table:
            return table[char]
    category = unicodedata.category(char)
    if category in _MARKS or category == "Cf":
        return ""
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    compatible = _compatible(char)
    if compatible.strip():
        return compatible.strip("()").rstrip(".,") or compatible
    return _confusable(char)


def _confusable(char: str) -> str:
    """Return the first ASCII prototype of UTS 39, else what base letter or name says."""
    prototypes = [entry["c"] for entry in _table().get(char, ())]
    for prototype in prototypes:
        if prototype.isascii():
            return prototype
    for prototype in prototypes:
        reduced = _compatible(prototype) or (_by_name(prototype) if len(prototype) == 1 else "")
        if reduced:
            return reduced
    base = unicodedata.normalize("NFKD", char)[:1]
    if base not in {"", char}:
        return plain_form(base)
    return _by_name(char) or char


def skeleton(text: str) -> str:
    r"""Return the text in ASCII where every look-alike, accent and mark is made plain.

    ASCII comes back unchanged; what looks like nothing in ASCII stays; applying it twice changes
    nothing more. ``skeleton("g\u043e\u043egle.com") == "google.com"``.
    """
    if text.isascii():
        return text
    return "".join(map(plain_form, text))
