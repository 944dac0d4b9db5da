"""Quoted-printable: octets written as ``=2E`` (RFC 2045, section 6.7) inside indicators.

The ``=`` at a line end is undone by `decloak.decode.breaks`. An equals sign before two digits is common
in query strings and assignments (``id=40``): the token must become an indicator, and one lone
escape must be a dot or the colon of a scheme, unless the text shows elsewhere what it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.core.limits import MAX_URL
from decloak.decode.base import Expert
from decloak.decode.sense import INDICATOR, NAME, beneath, sense
from decloak.indicators.engine import compile_pattern

__all__ = ["QuotedPrintable"]

_ESCAPE = rb"=[2-7][0-9A-F]"
_PLAIN = rb"A-Za-z0-9._~:/?#@!$&*+,;%\[\]()-"
_HIDDEN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:/@-=?&[]")
_ALONE = frozenset({"=2E", "=2F"})
_CONFIDENCE = 0.95
_NEAR = 2000  # code points before and after in which a sign of the encoding is looked for
_SIGNS = ("quoted-printable", "=3D", "=\n", "=\r\n", "=20")


class QuotedPrintable:
    """Undo quoted-printable octets in indicators."""

    name = "quoted_printable"
    version = 1
    expert: Expert = "symbol"
    families = ("encoding",)
    trigger = rb"[A-Za-z0-9/:@.-]=(?:2[DEF]|3A|5F|[46][A-F]|7A|40[A-Za-z])"

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per octet of a token that is an indicator without them."""
        token = rb"[" + _PLAIN + rb"]*(?:" + _ESCAPE + rb"[" + _PLAIN + rb"]*)+"
        for match in compile_pattern(token, capture=False).finditer(view.shadow):
            start, end = match.span()
            if end - start <= MAX_URL:
                yield from _of_token(view, start, end)


def _of_token(view: View, start: int, end: int) -> Iterator[Edit]:
    text = view.text
    while end > start and text[end - 1] in ".,;:!?)":
        end -= 1
    while start < end and text[start] in "([":
        start += 1
    edits: list[Edit] = []
    for match in compile_pattern(_ESCAPE, capture=False).finditer(view.shadow, start, end):
        surface = text[match.start() : match.end()]
        char = chr(int(surface[1:], 16))
        if char in _HIDDEN:
            reason = f"{surface} stands for {char!r}"
            edits.append(
                Edit(*match.span(), char, "encoding", "quoted_printable", _CONFIDENCE, reason)
            )
    if not edits or not _is_likely(text, start, end, edits):
        return
    after = _applied(text, start, end, edits)
    if sense(text[start:end]) < NAME and beneath(after) == INDICATOR:
        yield from edits


def _is_likely(text: str, start: int, end: int, edits: list[Edit]) -> bool:
    """Whether the equals signs are rather of the encoding than of assignments."""
    surfaces = {text[edit.start : edit.end] for edit in edits}
    if len(edits) > 1 and (len(surfaces) == 1 or not surfaces.isdisjoint(_ALONE)):
        return True
    first = edits[0]
    if surfaces <= _ALONE or text.startswith("=3A/", first.start):
        return True
    near = text[max(start - _NEAR, 0) : start] + " " + text[end : end + _NEAR]
    return any(sign in near for sign in _SIGNS)


def _applied(text: str, start: int, end: int, edits: list[Edit]) -> str:
    parts: list[str] = []
    place = start
    for edit in edits:
        parts += (text[place : edit.start], edit.replacement)
        place = edit.end
    return "".join((*parts, text[place:end]))
