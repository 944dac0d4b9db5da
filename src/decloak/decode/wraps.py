"""Wraps: whether a bare line end stands inside a token or between two.

The joined token must be an indicator. Whether its halves belong together is asked by the joint at
the line end: a sentence ends with a dot and the next one begins in capitals, a list has one thing
per line, a URL may go on at any of its separators.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from decloak.decode.sense import INDICATOR, NAME, WORD, beneath, sense
from decloak.decode.wrap_words import (
    ABBREVIATIONS,
    EXTENSIONS,
    FUNCTION_WORDS,
    HOST_LABELS,
    REQUESTS,
    TOP_WORDS,
)
from decloak.indicators.paths import UNIX_ROOTS
from decloak.indicators.suffixes import is_tld, public_suffix
from decloak.kb import lexicon

__all__ = ["JOINTS", "Site", "is_evident", "is_hex", "is_path", "is_port", "is_wrapped", "reads"]

JOINTS = "./:@_?&=%-"
_FULL_LINE = 60  # shortest line that a program may have wrapped at its width
_DEFANGED_DOTS = ("[.]", "(.)", "{.}", "[dot]", "(dot)")
_PROTOCOLS = ("/tcp", "/udp", "/sctp")  # a line of a port table
_SURE_TOPS = TOP_WORDS | {"ru", "cn", "xyz", "onion", "jp", "uk", "io"}  # no line begins with them
_WHOLE = EXTENSIONS | {"git"}
_IN_QUERY = "?&=%#_@"
_OPEN = "&%@"  # no URL ends with them
_CELLS = frozenset({",", ";", "|", "\t"})
_AFTER_LABEL = " \t:=,;|\"'"
_SHORT_WORD = 3  # x64, s3
_DATE = re.compile("(?:19|20)[0-9]{2}-[0-9]{2}")
_END_OF_CELL = re.compile("[,;|\"']")
_DIGITS = "0123456789."
_LAST_NUMBER = 31  # of an item of a numbered list, or of a day
_KINDS_OF_SUFFIX = frozenset(
    {"domain", "domains", "tld", "file", "files", "extension", "extensions", "suffix", "top", "zone",
     "format"}
)  # fmt: skip


class Site(NamedTuple):
    """A line end and the two halves of the token it may have broken.

    Attributes:
        left, right: what stands before and after, up to white space, quotation marks or commas.
        hyphen: the hyphen or ``=`` before the line end, which is then not part of `left`, or "".
        quoted: whether both lines are quoted mail.
        indented: whether the second line begins with white space.
        line_length: of the first line, in code points.
        alone: whether each half is all that its line holds.
        leading: whether `left` is all that its line holds.
        named: whether `left` is the value of a field (``domain: example``) or an item of a list.
        rest: text of the second line after `right`.
        lead: text of the first line before `left`.
    """

    left: str
    right: str
    hyphen: str
    quoted: bool
    indented: bool
    line_length: int
    alone: bool
    leading: bool
    named: bool
    rest: str
    lead: str


def is_port(right: str) -> bool:
    """Whether a line begins with a port and its protocol, as those of port tables do."""
    return right.endswith(_PROTOCOLS)


def is_wrapped(site: Site) -> bool:
    """Whether a bare line end stands inside an indicator."""
    left, right = site.left, site.right
    if not left or not right or is_port(right) or reads(left + right) != INDICATOR:
        return False
    if left.endswith(_DEFANGED_DOTS) or right.startswith(_DEFANGED_DOTS):
        return True
    if _begins_anew(site) or not any(map(str.isalnum, right)):
        return False
    if "://" in left or "://" in right[:3] or (left.endswith((":", ":/")) and right[0] == "/"):
        return _url_goes_on(site)
    if left[-1] == ".":
        return _after_dot(left[:-1], site)
    if right[0] == ".":
        return _before_dot(site)
    if "@" in (left[-1], right[0]):
        return "/" not in left
    if left[-1] == ":" or right[0] == ":":
        return (left + right).count(":") > 1
    if left[-1] in JOINTS or right[0] in JOINTS:
        return _half_of_path(site)
    return _inside_label(site)


def _begins_anew(site: Site) -> bool:
    """Whether the second line is a field, a row or a heading of its own: ``md5 5f4d...``, ``sha256,049d...``, ``tags:``."""
    word, mark = site.right.rstrip(":="), site.rest[:1]
    if not site.rest and site.right.endswith(":") and word.isidentifier():
        return "://" not in site.left or site.left.endswith("/")
    if not site.rest or not word.replace("-", "").replace("_", "").isalnum():
        return False
    if mark in _CELLS:
        return site.lead.rstrip().endswith(mark)
    if "://" not in site.left and not _stands(site.left):
        return False
    value = site.rest.lstrip(_AFTER_LABEL).split(maxsplit=1)
    return (
        bool(value)
        and not word.isdigit()
        and beneath(_END_OF_CELL.split(value[0], maxsplit=1)[0]) == INDICATOR
    )


def _url_goes_on(site: Site) -> bool:
    """Whether a URL goes on: it is no URL yet, or is left or resumed at one of its separators."""
    left, right = site.left, site.right
    if "://" not in left:
        return True
    if "://" in right or _lacks_host(left, right) or (right[0] == "%" and reads(right) >= NAME):
        return False
    authority, slash, path = left.rpartition("://")[2].partition("/")
    if not slash and not _stands(left.rstrip(".:")):
        return True
    last, first = left[-1], right[0]
    if last in _OPEN or (first in _IN_QUERY and first != "_"):
        return True
    if last in _IN_QUERY:
        return is_evident(site) or _is_value(site)
    if first == "/":
        rooted = right[1:].partition("/")[0] in UNIX_ROOTS and slash
        return not site.alone and (not rooted or is_evident(site))
    if last == "/":
        return bool(authority) and _goes_deeper(site)
    return _goes_on_inside(site, path)


def _is_value(site: Site) -> bool:
    """Whether the second line begins with what a URL may be left before, and with nothing that stands alone."""
    right = site.right
    if reads(right) >= NAME or _DATE.match(right) is not None:
        return False
    return not site.rest or (is_path(right) and len(right) > _SHORT_WORD)


def _lacks_host(left: str, right: str) -> bool:
    """Whether a word follows a scheme that ends its line: ``file://`` and ``URL.``."""
    host = right.partition("/")[0].rstrip(".")
    return left.endswith("://") and "." not in host and ":" not in host


def _goes_deeper(site: Site) -> bool:
    """Whether a URL that ends with a slash goes on in the next line, which is no table's."""
    whole_lines = site.named and not site.rest and site.right[0].islower()
    path = is_path(site.right) and (is_evident(site) or not site.rest or "/" in site.right)
    return (path or whole_lines) and "   " not in site.rest and reads(site.right) < NAME


def _goes_on_inside(site: Site, path: str) -> bool:
    """Whether a URL is left within its authority or within a segment of its path."""
    left, right = site.left, site.right
    last, first = left[-1], right[0]
    if path and "." in (last, first):  # .../gate.\nphp
        return _first_label(right.removeprefix(".")) in EXTENSIONS
    if last == ".":
        return _after_dot(left[:-1], site)
    if first == ".":
        return _before_dot(site)
    if ":" in (last, first):
        return right.lstrip(":").partition("/")[0].isdigit()
    whole = bool(path) and path.rpartition(".")[2] in _WHOLE
    return not whole and _is_full(site) and is_path(right) and reads(right) < WORD


def is_path(right: str) -> bool:
    """Whether text is rather the rest of a path or a query than the next word."""
    tail = right.rstrip(".:?!")
    if any(mark in tail for mark in "/=?&%_"):
        return True
    if "." in tail:
        return tail[0].islower() or tail[0].isdigit()
    return any(char.isdigit() for char in tail) and not tail.isdigit()


def _is_below(stem: str, right: str) -> bool:
    """Whether two names stand below each other, each with its root dot."""
    return stem.lower().endswith(".example") and reads(right.rstrip(".")) == INDICATOR


def _after_dot(stem: str, site: Site) -> bool:
    """Whether a token that ends with a dot at the line end goes on, or a sentence ended there."""
    right = site.right
    starts = right[0].islower() or right[0].isdigit() or stem.isupper()
    if not stem or not starts or _is_below(stem, right):
        return False
    host = _host_of(stem)
    if not host.strip(_DIGITS):
        return _number_goes_on(host, site)
    label = _first_label(right).lower()
    more = right[len(label) :].rstrip(".:!?")
    if _stands(stem):
        whole_lines = site.named and not site.rest
        return _spans_suffix(host, label) and (
            label not in FUNCTION_WORDS or bool(more) or whole_lines
        )
    if site.named:
        return True
    if not is_tld(label) and not more.startswith("."):
        return False
    if more.startswith("."):  # the half after the line end has a dot of its own
        name = _host_of(right.rstrip(".:!?").partition("/")[0])
        return (
            "@" in stem or public_suffix(name) == name or reads(right) < INDICATOR or _is_host(host)
        )
    if "@" in stem or label in TOP_WORDS or more:
        return True
    if host.lower() in HOST_LABELS:
        return label not in FUNCTION_WORDS
    if host.lower() in ABBREVIATIONS or all(len(part) < 3 for part in host.split(".")[-2:]):
        return False
    if _is_prose(host) or (host.isalpha() and not host.islower()):
        return label in _SURE_TOPS
    if label in FUNCTION_WORDS or (
        lexicon.is_word(label) and host.rpartition(".")[2] in EXTENSIONS
    ):
        following = site.rest.partition(" ")[0].rstrip(".,;:")
        return _is_made_up(host) and following not in FUNCTION_WORDS
    return True


def _number_goes_on(stem: str, site: Site) -> bool:
    """Whether a number with a dot is the first half of an address, not of a numbered list."""
    right = site.right.rstrip(".:!?").partition("/")[0].partition(":")[0]
    if stem.count(".") + right.count(".") != 2:
        return False
    if site.right.rstrip(".").isdigit() and site.right[-1] == "." and site.rest:
        return False  # the next item of a numbered list
    return "." in stem or int(stem) > _LAST_NUMBER or not site.leading or site.quoted


def _before_dot(site: Site) -> bool:
    """Whether ``.tld`` at the start of a line ends a name of the line before."""
    left, right = site.left, site.right
    label = _first_label(right[1:])
    host = _host_of(left)
    if label.isdigit():
        return True
    if "`" in left or "*" in left:
        return False  # the fence of a code block, emphasis
    if not host.strip(_DIGITS):
        return False
    if _stands(left):
        return _spans_suffix(host, label) or "." in right[1:].rstrip(".")
    if host.lower() in FUNCTION_WORDS or host.lower() in ABBREVIATIONS:
        return False
    if label in REQUESTS and not site.rest and _is_prose(host):
        return site.named
    following = site.rest.split(" ", 1)[0].strip(".,;:").lower()
    return following not in _KINDS_OF_SUFFIX


def _spans_suffix(host: str, label: str) -> bool:
    """Whether the last label before a line end and the first one after are one public suffix."""
    suffix = host.rpartition(".")[2].lower() + "." + label
    return public_suffix(suffix) == suffix


def _half_of_path(site: Site) -> bool:
    """Whether a token without a scheme is broken at a slash, a hyphen or another separator."""
    left, right = site.left, site.right
    if _stands(left.rstrip("/?&=%_-")) and (site.alone or left[-1] == "/"):
        return False
    return reads(right) < NAME and not (right[0] == "/" and _stands(left))


def _inside_label(site: Site) -> bool:
    """Whether a line was cut at its width, in the middle of a label or a number."""
    left, right = site.left, site.right
    if _stands(left):
        return False
    if "@" in left:
        return True
    if site.indented or not (_is_full(site) or site.quoted or left.startswith("www.")):
        return False
    if reads(right) < INDICATOR:
        return True
    if left.partition(".")[0] in HOST_LABELS:
        return "." in left
    return "." in left and not left.isdecimal() and not lexicon.is_word(_last_label(left))


def _is_full(site: Site) -> bool:
    return site.line_length >= _FULL_LINE or site.quoted


def is_evident(site: Site) -> bool:
    """Whether something besides the token says that its line was wrapped: the width, a margin, a quote."""
    return site.indented or _is_full(site)


def _is_host(host: str) -> bool:
    """Whether a token before a dot is rather the beginning of a host name than a last word."""
    label = host.lower()
    if "." in host or "-" in host or any(char.isdigit() for char in host):
        return True
    return host.islower() and (label in HOST_LABELS or sense(label) < WORD)


def _is_made_up(host: str) -> bool:
    """Whether a token is no word, no file and no product: hardly the end of a sentence."""
    if not host.islower() or host.rpartition(".")[2] in EXTENSIONS:
        return False
    if "-" in host or any(char.isdigit() for char in host):
        return host[0].isalpha() and sense(host) < WORD and len(host) > 3
    return len(host) > 5 and sense(host.rpartition(".")[2]) < WORD


def _is_prose(host: str) -> bool:
    """Whether a token before a dot may be the last word of a sentence."""
    return host.isalpha() and lexicon.is_word(host)


def _host_of(token: str) -> str:
    """Return the part of a token that ends at the line end and is a dotted name."""
    cut = max(token.rfind(mark) for mark in "/@=:")
    return token[cut + 1 :]


def _first_label(token: str) -> str:
    for place, char in enumerate(token):
        if not (char.isalnum() or char in "-_"):
            return token[:place]
    return token


def _last_label(token: str) -> str:
    return token[max(token.rfind(mark) for mark in JOINTS) + 1 :]


def _stands(stem: str) -> bool:
    """Whether the first half is an indicator alone; a documentation name may well go on."""
    return not stem.endswith(".example") and reads(stem) == INDICATOR


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
