"""HTML tokens: tags, text and comments with their exact offsets, after the HTML Standard's tokenizer.

No library that was found says where in its source a piece of text stands. Every token is one match of a
pattern that never goes back (possessive quantifiers), so a page costs time in proportion to its length
whatever it holds: unclosed quotes, comments without an end, a million attributes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

__all__ = ["RAW_ELEMENTS", "Kind", "Token", "attributes", "tokens"]


class Kind(IntEnum):
    """What a token is."""

    TEXT = 0
    """Text with character references."""
    START = 1
    """A start tag, also a self-closing one; `inner` is the range of its attributes."""
    END = 2
    """An end tag."""
    RAW = 3
    """Text without references: what a script, a style sheet or a CDATA section holds."""
    COMMENT = 4
    """A comment, a declaration or an instruction; `inner` is the range of what it says."""


class Token(NamedTuple):
    """One token. The tokens of a source follow each other without a gap.

    Attributes:
        kind: what it is.
        start, end: half-open range of code points of the source.
        name: of the element, in lower case; of RAW, the element it stands in; else empty.
        inner_start, inner_end: see `Kind`.
    """

    kind: Kind
    start: int
    end: int
    name: str = ""
    inner_start: int = 0
    inner_end: int = 0


RAW_ELEMENTS = frozenset({"iframe", "noembed", "noframes", "script", "style", "xmp"})
"""Elements whose content is no markup; it ends at their own end tag."""

_ESCAPABLE = frozenset({"textarea", "title"})
"""Elements whose content is no markup, but has character references."""

# A quote opens a value only behind "="; without its partner it is a character like another.
_TAG = re.compile(r"""<(/?+)([a-zA-Z][^\s/>]*+)((?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+)>""")
_MARKUP = re.compile(r"<[a-zA-Z!?/]")
_LETTER = re.compile(r"</?[a-zA-Z]")
_COMMENT_END = re.compile(r"--!?>")
_ATTRIBUTE = re.compile(
    r"""[\s/]*+([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|["']?([^\s>]*+)))?+"""
)


def attributes(source: str, start: int, end: int) -> dict[str, tuple[int, int]]:
    """Return the range of the value of every attribute of a start tag; of two with one name the first.

    Args:
        source: the page.
        start: of the `inner` range of a START token.
        end: of that range.
    """
    found: dict[str, tuple[int, int]] = {}
    for match in _ATTRIBUTE.finditer(source, start, end):
        name = match[1].lower()
        if name not in found:
            group = match.lastindex or 1
            found[name] = match.span(group) if group > 1 else (match.end(), match.end())
    return found


def tokens(source: str) -> Iterator[Token]:
    """Yield the tokens of a page, or of a part of one. Linear; never raises.

    A tag that no ``>`` ends is text, with all that follows: a browser would drop it.
    """
    position, size = 0, len(source)
    while position < size:
        markup = _MARKUP.search(source, position)
        if markup is None:
            yield Token(Kind.TEXT, position, size)
            return
        opening = markup.start()
        if opening > position:
            yield Token(Kind.TEXT, position, opening)
        if match := _TAG.match(source, opening):
            position = match.end()
            name = match[2].lower()
            if match[1]:
                yield Token(Kind.END, opening, position, name)
                continue
            yield Token(Kind.START, opening, position, name, *match.span(3))
            if name == "plaintext":
                yield Token(Kind.RAW, position, size, name)
                return
            if name in RAW_ELEMENTS or name in _ESCAPABLE:
                end = _end_of_raw(source, position, name)
                if end > position:
                    kind = Kind.RAW if name in RAW_ELEMENTS else Kind.TEXT
                    yield Token(kind, position, end, name)
                position = end
        elif _LETTER.match(source, opening):
            yield Token(Kind.TEXT, opening, size)
            return
        else:
            token = _declaration(source, opening)
            yield token
            position = token.end


def _end_of_raw(source: str, position: int, name: str) -> int:
    """Return where the end tag of a raw element begins, or the end of the source."""
    match = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(source, position)
    return match.start() if match else len(source)


def _declaration(source: str, opening: int) -> Token:
    """Return the comment, declaration or CDATA section at a place."""
    size = len(source)
    if source.startswith("<!--", opening):
        if source.startswith((">", "->"), opening + 4):
            end = source.index(">", opening) + 1
            return Token(Kind.COMMENT, opening, end, "", end, end)
        close = _COMMENT_END.search(source, opening + 4)
        inner, end = close.span() if close else (size, size)
        return Token(Kind.COMMENT, opening, end, "", opening + 4, inner)
    if source.startswith("<![CDATA[", opening):
        inner = source.find("]]>", opening)
        if inner < 0:
            return Token(Kind.COMMENT, opening, size, "", opening + 9, size)
        return Token(Kind.RAW, opening, inner + 3, "", opening + 9, inner)
    end = source.find(">", opening)
    inner = size if end < 0 else end
    return Token(Kind.COMMENT, opening, min(inner + 1, size), "!", opening + 2, inner)
