"""Bidi: text in the order in which it is stored, and in the one that overrides show (UAX 9).

Two readings of one place: the logical one leaves the controls out, the displayed one turns round what a
right-to-left override shows backwards.
"""

from __future__ import annotations

__all__ = ["ALL", "MIRROR", "OPENERS", "PDF", "PDI", "RLO", "displayed", "logical", "shown_at"]

RLO, PDF, PDI = "\u202e", "\u202c", "\u2069"
OPENERS = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
_DEPRECATED = frozenset(map(chr, range(0x206A, 0x2070)))
ALL = frozenset("\u061c\u200e\u200f\u202c\u2069") | OPENERS | _DEPRECATED
"""Every direction control."""
_NO_CONTROLS = str.maketrans(dict.fromkeys(ALL, ""))
_MAX_DEPTH = 125  # UAX 9, BD2

# Bidi_Mirrored: a bracket in a right-to-left run is displayed as its counterpart.
MIRROR = str.maketrans("()[]{}<>\u00ab\u00bb\u2039\u203a", ")(][}{><\u00bb\u00ab\u203a\u2039")


def logical(text: str) -> str:
    """Return a text without direction controls, in the order in which it is stored."""
    return text.translate(_NO_CONTROLS)


def displayed(text: str) -> str:
    """Return a text without direction controls, in the order in which overrides show it.

    Only overrides turn left-to-right text round; a nested run in the other direction keeps its own
    order inside the reversed whole. What is not closed ends with the text.
    """
    frames: list[tuple[bool, list[str]]] = [(False, [])]
    ignored = 0
    for char in text:
        if char in OPENERS:
            if len(frames) > _MAX_DEPTH:
                ignored += 1
            else:
                frames.append((char == RLO, []))
        elif char in {PDF, PDI}:
            if ignored:
                ignored -= 1
            elif len(frames) > 1:
                _close(frames)
        elif char not in ALL:
            frames[-1][1].append(char)
    while len(frames) > 1:
        _close(frames)
    return "".join(frames[0][1])


def _close(frames: list[tuple[bool, list[str]]]) -> None:
    # Frames hold parts in logical order; one is turned round when it closes into one of other direction.
    backwards, parts = frames.pop()
    joined = "".join(parts)
    if backwards != frames[-1][0]:
        joined = joined[::-1].translate(MIRROR)
    frames[-1][1].append(joined)


def shown_at(text: str, start: int, end: int) -> str | None:
    """Return what text[start:end] shows where an override stands in or directly before it, else None."""
    while start and text[start - 1] in ALL:
        start -= 1
    while end < len(text) and text[end] in ALL:
        end += 1
    part = text[start:end]
    return displayed(part) if RLO in part else None
