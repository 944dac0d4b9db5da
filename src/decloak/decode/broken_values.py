r"""Broken values: a line end inside a value whose own shape says that it goes on there.

What stands before the line end is no value yet, and with what stands after it is one: ``(19.6\n8.88.148)``,
``CVE-201\n  9-14818``, ``https://mapleban\nk.example/dl``. Two whole lines of a list are never joined; names
are where the joined label reads as words and its halves do not.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from decloak import indicators
from decloak.core.entity import Verdict
from decloak.core.remember import remembered
from decloak.decode.sense import value_start
from decloak.indicators.leet import surprise
from decloak.kb.words import rarity

__all__ = ["SITES", "is_broken_value"]

_GAP = rb" {0,2}\n[ \t]{0,24}"
_HEX = rb"[0-9A-Fa-f]"
_OCTET, _DOTTED = rb"[0-9]{1,3}", rb"[0-9]{0,3}\.[0-9]{1,3}"
_END = rb"(?:[^0-9A-Za-z./\n]|(?m:$))"
SITES = (
    # Three dots in all, of which one at least is well before the line end.
    rb"(?:^|[^0-9.])" + _OCTET + rb"\." + _OCTET + rb"(?:" + _GAP + _DOTTED + rb"\." + _OCTET + _END
    + rb"|\.(?:" + _OCTET + rb")?(?:" + _GAP + _DOTTED + _END + rb"|\." + _GAP + _OCTET + _END + rb"))"
    rb"|:" + _HEX + rb"{0,4}" + _GAP + rb"[0-9A-Fa-f:]"
    rb"|\b" + _HEX + rb"{16,62}" + _GAP + _HEX + rb"{2,62}\b|\b" + _HEX + rb"{2,62}" + _GAP + _HEX + rb"{16,62}\b"
    rb"|\b(?i:cve?|cve-[0-9]{0,4}|cve-[0-9]{4}-[0-9]{0,3})" + _GAP + rb"(?i:v?e?-?[0-9])"
    rb"|\b(?i:h|ht|htt|http)" + _GAP + rb"(?i:ttps?|tps?|ps?|s)://"
    rb"|[:=][ \t]{0,24}[A-Za-z0-9._+-]{1,64}" + _GAP + rb"@[A-Za-z0-9]",
    rb"[(\"'<\[][^\s\"'()<>\[\]]{1,128}" + _GAP + rb"[^\s\"'()<>\[\]]{1,128}[)\"'>\]]",
    rb"[ \t:=@/.][A-Za-z0-9+_-]{0,39}[a-z]" + _GAP + rb"[a-z][a-z0-9-]{0,40}[.@][A-Za-z0-9]",
)  # fmt: skip
"""Where such a line end may be; RE2 over the shadow, the line end is the last one of a match."""

_ENDS = re.compile("[ \"'<>()\\[\\]{}|,;`\n\r\t\f\v\u00a0]")
_REACH = 256  # code points of a token looked at on either side
_WORD_END = re.compile("[^A-Za-z0-9]")
_PAIRS = {"(": ")", '"': '"', "'": "'", "<": ">", "[": "]"}
_NO_CVE_YET = re.compile("(?i)cve?(?:-[0-9]{0,4}(?:-[0-9]{0,3})?)?")
_SCHEMES = ("http", "https", "ftp")
_DIGEST_LENGTHS = frozenset({32, 40, 56, 64, 96, 128})
_GAIN = 3.0
"""By how much likelier than its halves a joined label must be, in the unit of `Rarity`."""


class _Halves(NamedTuple):
    """What stands before and after a line end.

    Attributes:
        left, right: up to white space, brackets, quotation marks or commas; the key before is no part.
        opener, closer: the characters before and after, or "".
        keyed: whether a key stands directly before.
        alone: whether each half is all that its line holds.
    """

    left: str
    right: str
    opener: str
    closer: str
    keyed: bool
    alone: bool


def is_broken_value(text: str, start: int, end: int) -> bool:
    """Whether the line end between `start` and `end`, with the white space around it, is inside a value.

    Args:
        text: all of the text.
        start: where the first half ends.
        end: where the second begins.
    """
    halves = _halves(text, start, end)
    left, right = halves.left, halves.right
    if not left or not right:
        return False
    if _is_broken_scheme(left, right):
        return True
    joined = left + right
    label = _label(joined)
    if not label:
        return False
    enclosed = _PAIRS.get(halves.opener) == halves.closer != ""
    if enclosed and not (_stands(left) and _label(right)):
        return True
    if label == "CVE":
        return _NO_CVE_YET.fullmatch(left) is not None
    if halves.alone or _stands(left):
        return False
    if label == "IP_ADDRESS":
        return _is_broken_address(left, right)
    if label == "HASH":
        return _is_broken_digest(left, right)
    if label in {"DOMAIN", "URL", "EMAIL"}:
        return (halves.keyed and right[0] == "@") or _is_broken_word(left, right)
    return False


def _halves(text: str, start: int, end: int) -> _Halves:
    line_start = max(text.rfind("\n", max(start - _REACH, 0), start) + 1, start - _REACH)
    line = text[line_start:start]
    following = text[end : end + _REACH]
    before, behind = _ENDS.search(line[::-1]), _ENDS.search(following)
    first = len(line) - before.start() if before else 0
    last = behind.start() if behind else len(following)
    value = value_start(line, first, len(line))
    rest = following[last:].partition("\n")[0]
    return _Halves(
        left=line[value:],
        right=following[:last].rstrip(".:"),
        opener=line[value - 1 : value],
        closer=following[last : last + 1],
        keyed=value > first or line[:first].rstrip()[-1:] in {":", "="},
        alone=not line[:first].strip(" \t>|-*\u2022") and not rest.strip() and value == first,
    )


@remembered(1 << 12)
def _label(token: str) -> str:
    """Return the label of an indicator that a token is, or ""."""
    found = indicators.classify(token)
    return found[0] if found is not None and found[1].verdict is Verdict.CONFIRMED else ""


def _stands(left: str) -> bool:
    """Whether the first half is a value alone; a URL whose host has no dot is half of one."""
    label = _label(left)
    return bool(label) and not (label == "URL" and "." not in left.partition("://")[2])


def _is_broken_scheme(left: str, right: str) -> bool:
    head, mark, _ = right.partition("://")
    scheme = (left + head).lower()
    return (
        bool(mark)
        and scheme in _SCHEMES
        and head.lower() not in _SCHEMES
        and _label(left + right) == "URL"
    )


def _is_broken_address(left: str, right: str) -> bool:
    if ":" in left + right:
        return left.count(":") > 1
    return "." in left.rstrip(".") and not _label(right)


def _is_broken_digest(left: str, right: str) -> bool:
    whole = {len(left), len(right)} & _DIGEST_LENGTHS
    return not whole and not (left + right).isdigit()


def _is_broken_word(left: str, right: str) -> bool:
    """Whether the label that the line end breaks reads as words, and its halves do not."""
    last, first = _WORD_END.split(left)[-1], _WORD_END.split(right)[0]
    if not last or not first or not last.islower():
        return False
    apart = surprise(last, rarity) + surprise(first, rarity)
    return apart - surprise(last + first, rarity, known=True) >= _GAIN
