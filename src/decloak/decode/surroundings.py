"""Surroundings: what stands around a word, and what that says about it."""

from __future__ import annotations

import re

from decloak.decode.vocabulary import completes_name
from decloak.kb.lexicon import lookup

__all__ = ["has_context", "is_service_cell", "is_service_column", "stands_alone"]

_OPENERS = frozenset("([{<\"'`,;=>|*\n\r\t\u00a0\u2019 \u201c\u2018\u201e\u00ab\u2013\u2014")
_CLOSERS = frozenset(")]}<>\"'`,;*\n\r\t\u00a0\u2019 \u201d\u2019\u201c\u00bb\u2026\u2013\u2014")
_KEY = 20  # code points of the key of a field
_PRODUCT_FIELD = re.compile(
    r"\b(?:product|software|server|application|package)\"?[ \t]{0,2}[=:][ \t]{0,2}\"?\Z",
    re.IGNORECASE,
)
_GAP = 9  # code points of white space around a cell's text
_TLS = frozenset({"ssl/", "tls/"})
_PORT = 48  # code points of a port, its state and the white space behind either
_PROTOCOLS = ("/tcp", "/udp", "/sctp")
_STATES = frozenset({"open", "closed", "filtered", "open|filtered", "ssl/", "tls/"})


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a word is not part of an address, a path or an identifier."""
    before, after = text[start - 1 : start], text[end : end + 2]
    if (
        start
        and before not in _OPENERS
        and text[max(start - 4, 0) : start] not in _TLS
        and not _is_behind_number(text, start)
    ):
        return False
    if not after or after[0] in _CLOSERS:
        return True
    if after[0] in "/_-":
        return after[1:].isdigit() or after in {"/v", "_v"} or _opens_banner(text, start, after)
    return after[0] in ".:!?" and (len(after) == 1 or after[1].isspace())


def _opens_banner(text: str, start: int, after: str) -> bool:
    """Whether a name and the release behind a slash open a line: ``Ubuntu/jaunty UPnP/1.0``."""
    opens = start == 0 or text[start - 1] == "\n"
    return opens and text[start : start + 1].isupper() and after[0] == "/" and after[1:].isalpha()


def _is_behind_number(text: str, start: int) -> bool:
    """Whether a hyphen joins a word to a version, as in banners: ``5.5.5-10.0.22-MariaDB-1``."""
    if text[start - 1] != "-" or not text[start - 2 : start - 1].isdigit():
        return False
    return "." in text[max(start - 9, 0) : start]


def is_service_cell(text: str, start: int) -> bool:
    """Whether the word before is the state of a port, so that a service must follow."""
    before = text[max(start - 24, 0) : start].split()
    return bool(before) and before[-1] in _STATES


def is_service_column(text: str, start: int) -> bool:
    """Whether a port and its state stand before a word, as in a port table: only a service can follow."""
    before = text[max(start - _PORT, 0) : start].split()
    if before and before[-1] in _TLS:
        del before[-1]
    return len(before) > 1 and before[-1] in _STATES and before[-2].endswith(_PROTOCOLS)


def has_context(text: str, start: int, end: int, name: str) -> bool:
    """Whether what stands around text[start:end] says that it means `name`.

    A version behind it, a port's state before a service, or words that complete a longer name.
    """
    after = text[end : end + 2]
    if after[:1] in {"/", " "} and after[1:].isdigit() and lookup(name) is not None:
        return True
    if after[:1] in {"_", "-"} and after[1:].isdigit() and not text[start:end].isupper():
        return _is_product(name)
    if _is_product(name) and (
        _is_cell_before_version(text, start, end)
        or _PRODUCT_FIELD.search(text, start - _KEY, start)
    ):
        return True
    if is_service_cell(text, start) and lookup(name, "SERVICE") is not None:
        return True
    return completes_name(text, start, end, name)


def _is_product(name: str) -> bool:
    return lookup(name, "SOFTWARE") is not None or lookup(name, "OS") is not None


def _is_cell_before_version(text: str, start: int, end: int) -> bool:
    """Whether a word fills a cell of a table whose next cell begins with a version."""
    if text[max(start - _GAP, 0) : start].rstrip(" \t")[-1:] != "|":
        return False
    behind = text[end : end + 2 * _GAP].lstrip(" \t")
    return behind[:1] == "|" and behind[1:].lstrip(" \t")[:1].isdigit()
