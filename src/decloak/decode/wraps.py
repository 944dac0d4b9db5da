"""Wraps: whether a bare line end stands inside a token or between two.

The joined token must be an indicator and its halves must not: a list has one thing per line, and a
sentence ends with a dot.
"""

from __future__ import annotations

from typing import NamedTuple

from decloak.decode.sense import INDICATOR, NAME, WORD, beneath, sense
from decloak.kb import lexicon

__all__ = ["FULL_LINE", "JOINTS", "Site", "is_hex", "is_wrapped", "reads"]

JOINTS = "./:@_?&=%-"
FULL_LINE = 60  # shortest line that a program may have wrapped at its width
_HOST_LABELS = frozenset(
    {"www", "mail", "ns", "ns1", "ns2", "ftp", "api", "cdn", "vpn", "smtp", "imap", "mx", "dns"}
)


class Site(NamedTuple):
    """A line end and the two halves of the token it may have broken."""

    left: str
    right: str
    hyphen: str  # the hyphen or `=` before the line end, or ""
    quoted: bool  # whether both lines are quoted mail
    indented: bool
    line_length: int


def is_wrapped(site: Site) -> bool:
    """Whether a bare line end stands inside an indicator."""
    left, right = site.left, site.right
    if not left or not right:
        return False
    at_joint = left[-1] in JOINTS or right[0] in JOINTS
    full = site.line_length >= FULL_LINE or site.quoted
    if not at_joint and (site.indented or not (full or "@" in left or "://" in left)):
        return False
    if left[-1] == ":" and "://" not in left + right and not _is_group_of_ipv6(left, right):
        return False  # a field name, with its value on the next line
    stem = left.rstrip(".")
    if left[-1] == "." and not stem[:1].isdigit() and "@" not in left and "://" not in left:
        return _goes_on(stem, right)
    if right[0] == "." and left.isalpha() and "." not in right[1:].rstrip("."):
        return _goes_on(left, right[1:])
    if "://" in left and _stands(left.rstrip(".")):
        return _url_goes_on(left, right)
    if reads(left + right) != INDICATOR or _stands(stem):
        return False
    return _half(right, left) < INDICATOR


def _is_group_of_ipv6(left: str, right: str) -> bool:
    """Whether a colon at the line end may stand inside an IPv6 address."""
    return left.count(":") > 1 or (":" in right and is_hex(left[:-1]))


def _url_goes_on(left: str, right: str) -> bool:
    """Whether a URL that is whole already goes on: it ends, or the next line begins, mid-query."""
    if "://" in right or reads(left + right) != INDICATOR or reads(right) >= NAME:
        return False
    if left[-1] in "?&=" or right[0] in "?&=":
        return True
    tail = right.rstrip(".:?")
    return left[-1] == "/" and tail[0].islower() and any(mark in tail for mark in ".=?")


def _goes_on(stem: str, right: str) -> bool:
    """Whether a name that ends with a dot at the line end goes on, or a sentence ended there."""
    if _stands(stem) or reads(f"{stem}.{right}") != INDICATOR:
        return False
    label = right.rstrip(".").partition("/")[0]
    if not right[0].islower() and not right[0].isdigit():
        return False
    if "." not in label:
        # example.\ncom: a suffix that is no word a sentence begins with.
        return label in {"com", "net", "org", "info", "edu", "gov"} or not lexicon.is_word(label)
    if stem in _HOST_LABELS or not stem.isalpha():
        return True
    return stem.islower() and sense(stem) < WORD


def _stands(stem: str) -> bool:
    """Whether the first half is an indicator alone; a documentation name may well go on."""
    return not stem.endswith(".example") and reads(stem) == INDICATOR


def _half(right: str, left: str) -> float:
    """Return how well the second half reads alone; after `@` or in a URL it never stood alone."""
    if "@" in left or "://" in left or left.startswith("www.") or right[0] in JOINTS:
        return 0.0
    if left[-1] == ":" and is_hex(left.replace(":", "") + "0000"):
        return 0.0
    return reads(right)


def reads(token: str) -> float:
    """Return how well a token reads, also without a key before it (``url=``)."""
    rest = token.partition("://")[2]
    if rest and "." not in rest and ":" not in rest:
        return WORD  # a URL whose host has no dot is half of one
    whole = beneath(token)
    if whole < NAME and "=" in token:
        return max(whole, beneath(token.rpartition("=")[2]))
    return whole


def is_hex(text: str) -> bool:
    """Whether it is four hexadecimal digits or more, and nothing else."""
    return len(text) >= 4 and not text.strip("0123456789abcdefABCDEF")
