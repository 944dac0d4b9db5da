"""Bidi: what is shown is what is read (UAX 9).

Direction controls inside ASCII tokens are taken out; a right-to-left override around text that is
no right-to-left script is read as it is displayed. Honest Hebrew or Arabic text with marks stays.
"""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Expert
from decloak.indicators.engine import compile_pattern

__all__ = ["Bidi"]

_RLO, _LRO, _PDF, _PDI = "\u202e", "\u202d", "\u202c", "\u2069"
_OPENERS = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
_CONTROLS = frozenset("\u061c\u200e\u200f") | _OPENERS | frozenset("\u202c\u2069")
_DEPRECATED = frozenset(map(chr, range(0x206A, 0x2070)))
_ALL = _CONTROLS | _DEPRECATED
_NO_CONTROLS = str.maketrans(dict.fromkeys(_ALL, ""))

_MAX_DEPTH = 125  # UAX 9, BD2
_NEARBY = 64  # code points on either side in which right-to-left letters make marks honest
_TOKEN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/-_@[]()%")

# Bidi_Mirrored: a bracket in a right-to-left run is displayed as its counterpart.
_MIRROR = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")


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
            if text[start] not in _ALL and end == start + 1:
                continue
            place = max(start, done)
            while place < end:
                if text[place] == _RLO:
                    if line_end <= place:
                        line_end = _line_end(text, place)
                    edits, done = _overridden(text, place, line_end)
                    yield from edits
                    place = done
                    continue
                run = place
                while run < end and text[run] in _ALL and text[run] != _RLO:
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
    left = text[max(start - _NEARBY, 0) : start].translate(_NO_CONTROLS)
    right = text[end : end + _NEARBY].translate(_NO_CONTROLS)
    if left[-1:] in _TOKEN and right[:1] in _TOKEN and left and right:
        return True
    return not _is_right_to_left(left) and not _is_right_to_left(right)


def _is_right_to_left(text: str) -> bool:
    """Whether there are letters of a right-to-left script (Hebrew to Arabic Extended)."""
    if text.isascii():
        return False
    return any(
        char not in _ALL
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
    close, simple = _closing(text, start, stop)
    end = min(stop, close)
    inner = text[start + 1 : end]
    after = end + 1 if end < stop else end
    if not inner or _is_right_to_left(inner):
        # An override over a right-to-left script changes little; its letters run that way anyhow.
        return [], after
    if not simple:
        shown = _shown(inner)
        return [Edit(start, after, shown, "bidi", "bidi", 0.97, "nested overrides")], after
    edits = [Edit(start, start + 1, "", "bidi", "bidi", 1.0, "right-to-left override")]
    edits.append(
        Edit(start + 1, end, inner.translate(_MIRROR)[::-1], "bidi", "bidi", 1.0,
             "shown backwards by U+202E", reversed=True)
    )  # fmt: skip
    if after > end:
        edits.append(Edit(end, after, "", "bidi", "bidi", 1.0, "end of the override"))
    return edits, after


def _closing(text: str, start: int, stop: int) -> tuple[int, bool]:
    """Return where the override at `start` closes, and whether it holds no other control."""
    first = text.find(_PDF, start, stop)
    inner_end = first if first >= 0 else stop
    segment = text[start + 1 : inner_end]
    if len(segment) == len(segment.translate(_NO_CONTROLS)):
        return inner_end, True
    depth = 0
    for place in range(start + 1, stop):
        char = text[place]
        if char in _OPENERS:
            depth += 1
        elif char == _PDF or (char == _PDI and depth):
            if depth == 0:
                return place, False
            depth -= 1
    return stop, False


def _shown(inner: str) -> str:
    """Return what an override displays when others are nested in it.

    A nested run in the other direction keeps its own order inside the reversed whole. Frames hold
    parts in logical order; a frame is turned round when it closes into one of other direction.
    """
    frames: list[tuple[bool, list[str]]] = [(True, [])]
    ignored = 0
    for char in inner:
        if char in _OPENERS:
            if len(frames) > _MAX_DEPTH:
                ignored += 1
            else:
                frames.append((char == _RLO, []))
        elif char in {_PDF, _PDI}:
            if ignored:
                ignored -= 1
            elif len(frames) > 1:
                _close(frames)
        elif char not in _ALL:
            frames[-1][1].append(char)
    while len(frames) > 1:
        _close(frames)
    return "".join(frames[0][1]).translate(_MIRROR)[::-1]


def _close(frames: list[tuple[bool, list[str]]]) -> None:
    backwards, parts = frames.pop()
    joined = "".join(parts)
    if backwards != frames[-1][0]:
        joined = joined[::-1].translate(_MIRROR)
    frames[-1][1].append(joined)
