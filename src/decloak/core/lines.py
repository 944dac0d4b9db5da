"""Lines: one kind of line end and nothing blank before it, for all who read a text.

A line ends where Unicode breaks one in any case (UAX 14: CR LF, CR, LF, VT, FF, NEL, LS, PS). What tells
such ends apart, and white space that nobody sees at the end of a line, says nothing about what a text
holds. It is taken out once, before anything else reads the text, so that no decoder, grammar, pattern or
model can find another thing in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from decloak.core import native
from decloak.core.alignment import Alignment, Runs

__all__ = ["LINE_ENDS", "even", "one_line"]

LINE_ENDS = "\n\r\x0b\x0c\x85\u2028\u2029"
"""Every character that ends a line; CR LF is one line end."""

_END = re.compile(f"\r\n|[{LINE_ENDS}]")
_BLANKS = "".join(
    char for char in map(chr, range(0x3001)) if char.isspace() and char not in LINE_ENDS
)
"""White space that ends no line."""


def even(text: str) -> tuple[str, Alignment]:
    """Return a text whose lines end in LF, without white space before it, and the way back.

    Equal to the text given, and the very same string, where that is even already. Linear.
    """
    if native.extension is not None:
        made = native.extension.even(text)
        if made is None:
            return text, Alignment(len(text))
        return made[0], Alignment(len(text), Runs.of(*made[1:]))
    if not _is_uneven(text):
        return text, Alignment(len(text))
    pieces: list[str] = []
    runs = Runs()
    done = length = 0
    for stop, end in _line_ends(text):
        ending = "\n" if end > stop and text[end - 1] in LINE_ENDS else ""
        if text[stop:end] == ending:
            continue
        pieces += text[done:stop], ending
        length += stop - done
        runs.add(stop, end, length, length + len(ending))
        length += len(ending)
        done = end
    pieces.append(text[done:])
    return "".join(pieces), Alignment(len(text), runs)


def one_line(value: str) -> str:
    """Return a value without white space at its edges and with one blank for line ends in it."""
    if _END.search(value):
        value = " ".join(part for part in map(str.strip, _END.split(value)) if part)
    return value.strip()


def _is_uneven(text: str) -> bool:
    """Whether there is anything to take out. A few searches for single signs, mostly in vain."""
    if text[-1:].isspace() and text[-1] != "\n":
        return True
    plain = text.isascii()
    if any(sign in text for sign in LINE_ENDS[1:] if sign.isascii() or not plain):
        return True
    return any(blank + "\n" in text for blank in _BLANKS if blank.isascii() or not plain)


def _line_ends(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the content of each line ends, and where the next line begins."""
    start = 0
    for match in _END.finditer(text):
        yield start + len(text[start : match.start()].rstrip()), match.end()
        start = match.end()
    yield start + len(text[start:].rstrip()), len(text)
