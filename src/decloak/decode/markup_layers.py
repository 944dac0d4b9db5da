"""Markup layers: markup laid over another disguise, known by what is left when both are gone.

Markup that breaks up a plain value is told by that value (`decloak.decode.markup`). Over look-alikes, bidi controls or a
defanged joint it leaves nothing that reads; so all of a token's markup is taken off, whatever characters its references stand
for, and the decoders say what the rest is. Only an indicator that none of the token's parts holds is a reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.sense import INDICATOR, beneath, sense, value_start
from decloak.indicators.engine import compile_pattern

__all__ = ["REFERENCE", "layered"]

REFERENCE = rb"&(?:amp;)*#(?:[0-9]{2,7}|[xX][0-9A-Fa-f]{2,8});"
_LONGEST = 1024  # code points of a token with its markup
_EDGES = " \t\"'`()[]{}<>,;"
_MOST_MARKS = 128


def layered(view: View, marks: bytes) -> Iterator[Edit]:
    """Yield the edits that take the markup off such tokens, in order.

    Args:
        view: the text.
        marks: the pattern of what breaks a token up and shows nothing.
    """
    mark = rb"(?:" + REFERENCE + rb"|" + marks + rb")"
    token = rb"[^\x00-\x20\"<>&\[\\\x82]*" + mark + rb"(?:" + mark + rb"|[^\x00-\x20\"<>\x82])*"
    inner = compile_pattern(mark, capture=False)
    for match in compile_pattern(token, capture=False).finditer(view.shadow):
        start, end = match.span()
        if end - start > _LONGEST:
            continue
        found = [each.span() for each in inner.finditer(view.shadow, start, end)]
        yield from _token(view.text, value_start(view.text, start, found[0][0]), end, found)


def _token(text: str, start: int, end: int, found: list[tuple[int, int]]) -> Iterator[Edit]:
    while found and found[0][0] <= start and text[found[0][0]] != "&":  # what stands around it
        start = found.pop(0)[1]
    while found and text[found[-1][0]] != "&" and not text[found[-1][1] : end].strip(_EDGES + ".:"):
        end = found.pop()[0]
    if (
        not found
        or len(found) > _MOST_MARKS
        or _is_unpaired([text[low:high] for low, high in found])
    ):
        return
    parts, shown, place = [], [], start
    for first, last in found:
        parts.append(text[place:first])
        shown.append(_shown(text[first:last]))
        place = last
    parts.append(text[place:end])
    if any(sense(part.strip(_EDGES)) == INDICATOR for part in parts):
        return
    after = parts[0] + "".join(char + part for char, part in zip(shown, parts[1:], strict=True))
    if INDICATOR in {sense(text[start:end]), sense(after)} or beneath(after) != INDICATOR:
        return  # what reads without another layer is judged with the rest of the markup
    for (first, last), char in zip(found, shown, strict=True):
        reason = f"{text[first:last]!r} over another disguise"
        yield Edit(first, last, char, "markup", "markup", 0.95, reason)


def _is_unpaired(marks: list[str]) -> bool:
    """Whether emphasis opens or closes in the token but not both."""
    return any(marks.count(mark) % 2 for mark in marks if mark[0] in "*~`_")


def _shown(mark: str) -> str:
    """Return the character that a reference stands for; nothing for any other mark."""
    if mark[0] != "&" or "#" not in mark:
        return ""
    digits = mark.rstrip(";").rpartition("#")[2]
    number = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    char = chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""
    return "" if char.isspace() or (char and ord(char) < 0x20) else char
