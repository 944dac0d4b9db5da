"""Locators: URLs and e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decloak.core.document import View
from decloak.core.entity import Candidate, Verdict
from decloak.indicators import read
from decloak.indicators.engine import compile_pattern
from decloak.indicators.names import URL_SCHEMES
from decloak.indicators.quads import is_quad
from decloak.tag.base import Scene

__all__ = ["Locators"]

_SCHEMES = b"|".join(
    scheme.replace("+", r"\+").encode() for scheme in sorted(URL_SCHEMES, key=len, reverse=True)
)
_URL = compile_pattern(
    rb"(?i)(?:" + _SCHEMES + rb")://[^\s\x00-\x20\x7f\x82\"<>`^{}|]+", capture=False
)
_EMAIL = compile_pattern(
    rb"[A-Za-z0-9\x80_.!#$%&'*+/=?^{|}~-]+@[A-Za-z0-9\x80_-]+(?:\.[A-Za-z0-9\x80_-]+)+",
    capture=False,
)
_TRAILING = ".,;:!?'\"*_~\\\u3002\uff0c\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a\u2026"
_PAIRS = {")": "(", "]": "[", "}": "{", ">": "<"}
_NAME = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_\x80")
_RETURN_PATH = re.compile(r"(?i)(?:srs[01][=+-]|prvs=|btv1=|[^=+]+\+[^=]*=)")
_PRINTS, _PRINTED = frozenset({b"SF:", b"SF-"}), 8192
_IDENTIFIES = re.compile(
    rb"(?i)[ \t>|]*(?:resent-|x-)?(?:message-id|in-reply-to|references|content-id)[ \t]*:"
)
_IDENTIFIED = 16_384
"""Code points of a field that lists identifiers."""
_LEADING = "!#$%&'*/=?^{|}~.-`+"


def trim_url(text: str, start: int, end: int) -> int:
    """Return where a URL ends once the punctuation of the sentence around it is taken off.

    A closing bracket stays when the URL opened it (``/wiki/Name_(disambiguation)``).
    """
    unopened: dict[str, int] = {}
    while end > start:
        char = text[end - 1]
        if char in _PAIRS:
            if char not in unopened:
                opened = text.count(_PAIRS[char], start, end)
                unopened[char] = text.count(char, start, end) - opened
            if unopened[char] <= 0:
                break
            unopened[char] -= 1
        elif char not in _TRAILING:
            break
        end -= 1
    return end


class Locators:
    """Propose URL and EMAIL."""

    name = "locators"
    labels = ("URL", "EMAIL")
    origins = ("pattern.url", "pattern.email")

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Yield URLs and e-mail addresses, trimmed of the sentence around them."""
        view, known = scene.view, scene.known
        if b"://" in view.shadow:
            for match in _URL.finditer(view.shadow, scene.low, scene.high):
                if _is_fingerprint(view.shadow, match.start()):
                    continue
                span = _url_span(view, *match.span())
                if span is not None and span not in known:
                    yield Candidate(*span, "URL", "pattern.url")
        if b"@" in view.shadow:
            for match in _EMAIL.finditer(view.shadow, scene.low, scene.high):
                span = _email_span(view, *match.span())
                if span is not None and span not in known and not _is_message_id(view, *span):
                    yield Candidate(*span, "EMAIL", "pattern.email")


def _is_fingerprint(shadow: bytes, start: int) -> bool:
    """Whether a URL stands in what Nmap prints of a service that it does not know, escaped and wrapped."""
    line = shadow.rfind(b"\n", max(0, start - _PRINTED), start) + 1
    return shadow[line : line + 3] in _PRINTS and (line > 0 or start < _PRINTED)


def _is_message_id(view: View, start: int, end: int) -> bool:
    """Whether it identifies a message or a part of one (RFC 5322, section 3.6.4): no mailbox has that name."""
    shadow = view.shadow
    if shadow[start - 1 : start] != b"<" or shadow[end : end + 1] != b">":
        return False
    line = max(0, shadow.rfind(b"\n", max(0, start - _IDENTIFIED), start) + 1)
    return _IDENTIFIES.match(shadow, line) is not None


def _url_span(view: View, start: int, end: int) -> tuple[int, int] | None:
    text = view.text
    mark = text.find("://", start, end)
    authority_end = mark + 3
    # Markdown closes a link with "](" or ")": what follows is another thing.
    for stop in (
        "](",
        ")[",
        "),",
        "',",
        '",',
        "');",
        "')",
    ):
        cut = text.find(stop, authority_end, end)
        if cut >= 0 and not (stop.startswith(")") and "(" in text[start:cut]):
            end = cut
    end = trim_url(text, authority_end, end)
    return (start, end) if end > authority_end else None


def _email_span(view: View, start: int, end: int) -> tuple[int, int] | None:
    text, shadow = view.text, view.shadow
    at = text.rfind("@", start, end)
    start = _local_start(text, start, at, end)
    while start < at and text[start] in _LEADING:
        start += 1
    if start == at:
        return None
    while end > at and text[end - 1] in "-_":
        end -= 1
    following = shadow[end : end + 2]
    # git@host.example:owner/name is the address of a repository.
    if (
        following[:1] == b":"
        and following[1:]
        and following[1] in _NAME
        and text[start:at] == "git"
    ):
        return None
    if following[:1] == b"@" or (shadow[start - 1 : start] == b"/" and is_quad(shadow, start, at)):
        return None  # a service of Kerberos at an address, in its realm
    return start, end


def _local_start(text: str, start: int, at: int, end: int) -> int:
    """Return where a local part begins: what is glued in front of it, as in ``E-Mail=``, is no part of it.

    An apostrophe between letters is (``o'brien@``), and so is an equals sign of a return path, which holds another
    address (``bounces+joe=example.org@``, ``SRS0=ab12=XY=example.org=joe@``).
    """
    start = 1 + max(start - 1, *(text.rfind(glue, start, at) for glue in "|/{}`&"))
    quote = text.rfind("'", start, at)
    while quote >= start:
        if not _is_apostrophe(text, start, quote, end):
            start = quote + 1
            break
        quote = text.rfind("'", start, quote)
    sign = text.rfind("=", start, at)
    if sign < 0 or (text[start - 1 : start] == "<" and text[end : end + 1] == ">"):
        return start
    if _RETURN_PATH.match(text, start, at) is not None or _is_address(text, start, sign, at):
        return start
    return sign + 1


def _is_apostrophe(text: str, start: int, quote: int, end: int) -> bool:
    if quote == start or text[end : end + 1] == "'":
        return False
    literal = (
        text[quote - 1] in "bBuUrRfF" and not text[quote - 2 : quote - 1].isalnum()
    )  # b'joe@...
    return text[quote - 1].isalpha() and text[quote + 1].isalpha() and not literal


def _is_address(text: str, start: int, sign: int, at: int) -> bool:
    """Whether an equals sign stands for the at sign of an address, and no key before it."""
    name = text[sign + 1 : at]
    return sign > start and "." in name and read("DOMAIN", name).verdict is Verdict.CONFIRMED
