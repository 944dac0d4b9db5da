"""Bidi: two readings of one place, as stored and as shown (UAX 9), of which the better one stays.

Direction controls inside ASCII tokens are taken out. Where a right-to-left override stands, the text is
read in both orders, with what is joined to it on either side: the order in which more of it reads as
indicators and names is meant, the stored one where both hold indicators. An override that nothing closes, or that holds
other controls, never turns round what reads alike either way. Honest Hebrew or Arabic text with
marks stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Expert
from decloak.decode.sense import INDICATOR, sense
from decloak.indicators.bidi import ALL, MIRROR, OPENERS, PDF, PDI, RLO, displayed, logical
from decloak.indicators.engine import compile_pattern

__all__ = ["Bidi"]

_NEARBY = 64  # code points on either side in which right-to-left letters make marks honest
_REACH = 256  # code points of a token on either side of an override
_TOKEN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/-_@[]()%")
_HARD = re.compile(r"""[\s"'<>|,;\u00a0]+""")
_SOFT = re.compile(r"""[\s"'<>|,;()=\[\]{}\u00a0]+""")


class Bidi:
    """Take out direction controls; read overridden runs in the order in which they are shown."""

    name = "bidi"
    version = 1
    expert: Expert = "symbol"
    families = ("bidi",)
    trigger = rb"\x81"

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield removals of controls, and reversals of what an override shows backwards."""
        text = view.text
        done = line_end = 0
        for match in compile_pattern(rb"\x81+", capture=False).finditer(view.shadow):
            start, end = match.span()
            if text[start] not in ALL and end == start + 1:
                continue
            place = max(start, done)
            while place < end:
                if text[place] == RLO:
                    if line_end <= place:
                        line_end = _line_end(text, place)
                    edits, done = _overridden(text, place, line_end)
                    yield from edits
                    place = done
                    continue
                run = place
                while run < end and text[run] in ALL and text[run] != RLO:
                    run += 1
                if run > place and _stands_in_ascii(text, place, run):
                    yield Edit(place, run, "", "bidi", "bidi", 1.0, "direction control")
                place = max(run, place + 1)


def _line_end(text: str, start: int) -> int:
    """Return where the paragraph ends: no embedding reaches over a paragraph separator."""
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    separator = text.find("\u2029", start, end)
    return end if separator < 0 else separator


def _stands_in_ascii(text: str, start: int, end: int) -> bool:
    """Whether controls stand inside an ASCII token, or beside one far from any such script."""
    left = logical(text[max(start - _NEARBY, 0) : start])
    right = logical(text[end : end + _NEARBY])
    if left[-1:] in _TOKEN and right[:1] in _TOKEN and left and right:
        return True
    return not _is_right_to_left(left) and not _is_right_to_left(right)


def _is_right_to_left(text: str) -> bool:
    """Whether there are letters of a right-to-left script (Hebrew to Arabic Extended)."""
    if text.isascii():
        return False
    return any(
        char not in ALL
        and (
            "\u0590" <= char <= "\u08ff"
            or "\ufb1d" <= char <= "\ufdff"
            or "\ufe70" <= char <= "\ufefc"
            or "\U00010800" <= char <= "\U00010fff"
            or "\U0001e800" <= char <= "\U0001efff"
        )
        for char in text
    )


def _overridden(text: str, start: int, stop: int) -> tuple[list[Edit], int]:
    """Return the edits of the override that opens at `start`, and where it ends."""
    end, closed = _closing(text, start, stop)
    inner = text[start + 1 : end]
    after = end + 1 if closed else end
    if not inner or _is_right_to_left(inner):
        # An override over a right-to-left script changes little; its letters run that way anyhow.
        return [], after
    plain = ALL.isdisjoint(inner)
    if not _is_meant_as_shown(text, start, after, even=closed and plain):
        return list(_removed(text, start, after)), after
    if not plain:
        shown = displayed(text[start:after])
        return [Edit(start, after, shown, "bidi", "bidi", 0.97, "nested overrides")], after
    edits = [Edit(start, start + 1, "", "bidi", "bidi", 1.0, "right-to-left override")]
    edits.append(
        Edit(start + 1, end, inner.translate(MIRROR)[::-1], "bidi", "bidi", 1.0,
             "shown backwards by U+202E", reversed=True)
    )  # fmt: skip
    if after > end:
        edits.append(Edit(end, after, "", "bidi", "bidi", 1.0, "end of the override"))
    return edits, after


def _is_meant_as_shown(text: str, start: int, end: int, *, even: bool) -> bool:
    """Whether text[start:end] reads better in the order shown than in the one stored.

    Args:
        text: all of the text.
        start: where the override opens.
        end: where it ends.
        even: the answer where no indicator is in either order and both read alike.
    """
    left, right = text[max(start - _REACH, 0) : start], text[end : end + _REACH]
    before, behind = _HARD.split(logical(left))[-1], _HARD.split(logical(right), maxsplit=1)[0]
    part = text[start:end]
    stored = _worth(before + logical(part) + behind)
    shown = _worth(before + displayed(part) + behind)
    if not stored[0] and not shown[0]:  # what stands beside may be no part of it: `mailto:`
        stored, shown = max(stored, _worth(logical(part))), max(shown, _worth(displayed(part)))
    if stored[0] or shown[0]:  # words beside indicators say nothing about their order
        return shown[0] > stored[0]
    return shown > stored or (even and shown == stored)


def _worth(reading: str) -> tuple[int, float]:
    """Return how many indicators a reading holds, and how much of the rest makes sense."""
    return max(_counted(ends.split(reading)) for ends in (_HARD, _SOFT))


def _counted(tokens: list[str]) -> tuple[int, float]:
    values = [sense(token) for token in tokens]
    return values.count(INDICATOR), sum(value**2 for value in values if value < INDICATOR)


def _removed(text: str, start: int, end: int) -> Iterator[Edit]:
    """Yield the removal of each run of controls."""
    place = start
    while place < end:
        run = place
        while run < end and text[run] in ALL:
            run += 1
        if run > place:
            yield Edit(place, run, "", "bidi", "bidi", 1.0, "direction control")
        place = max(run, place + 1)


def _closing(text: str, start: int, stop: int) -> tuple[int, bool]:
    """Return where the override at `start` ends, and whether a control closes it there."""
    depth = 0
    for place in range(start + 1, stop):
        char = text[place]
        if char in OPENERS:
            depth += 1
        elif char == PDF or (char == PDI and depth):
            if depth == 0:
                return place, True
            depth -= 1
    return stop, False
