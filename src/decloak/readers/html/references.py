"""Character references of HTML: what ``&amp;``, ``&#46;`` and ``&copy`` stand for, and where they end."""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5

__all__ = ["REFERENCE", "resolve"]

REFERENCE = re.compile(r"&(?:#[xX][0-9a-fA-F]++;?|#[0-9]++;?|[a-zA-Z][a-zA-Z0-9]{0,31}+;?)")
"""What may be a reference."""

_MOST_DIGITS = 7
"""Significant digits of a number that can be a code point, decimal or hexadecimal."""


def resolve(match: re.Match[str], *, attribute: bool = False) -> tuple[str, int]:
    """Return what a match of `REFERENCE` stands for and where the reference ends.

    Args:
        match: the whole of it may be longer than the reference: ``&notit`` is ``¬it``.
        attribute: whether it stands in a value, where ``&copy=2`` is no reference.

    Returns:
        The text and the end of the reference in the source; an empty text where it is none.
    """
    written = match[0]
    if written[1] == "#":
        digits = written.rstrip(";").lstrip("&#xX").lstrip("0")
        if len(digits) > _MOST_DIGITS:
            return "\ufffd", match.end()
        # The library drops control characters and non-characters, which a page keeps.
        number = int(digits or "0", 16 if written[2] in "xX" else 10)
        return unescape(written) or chr(number), match.end()
    name = written[1:]
    if name in html5:
        if attribute and not name.endswith(";") and _goes_on(match, match.end()):
            return "", match.end()
        return html5[name], match.end()
    for length in range(len(name) - 1, 1, -1):
        if name[:length] in html5:
            if attribute:
                break  # a letter, a digit or the like follows
            return html5[name[:length]], match.start() + 1 + length
    return "", match.end()


def _goes_on(match: re.Match[str], end: int) -> bool:
    """Whether what follows a name without a semicolon makes it part of a query: ``&copy=``."""
    follows = match.string[end : end + 1]
    return follows == "=" or (follows.isascii() and follows.isalnum())
