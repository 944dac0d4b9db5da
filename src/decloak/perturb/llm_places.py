"""Places: every entity of a passage found again after a language model has rewritten it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

__all__ = ["Lost", "find_again"]

_FUZZY_FROM = 6
"""Shortest surface that is looked for with errors; in a shorter one an error is another word."""
_EDITS = 8
"""One edit is allowed for so many characters."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Which surface was not found again, and why."""

    index: int
    reason: str


def find_again(passage: str, surfaces: Sequence[str], before: str) -> list[tuple[int, int]] | Lost:
    """Find each surface in a passage: exactly, else within a bounded edit distance.

    Args:
        passage: the new text.
        surfaces: what stood in the old one, in order; equal ones are given equal places in order.
        before: the old text, which says how often a surface stood there beside the labels.

    Returns:
        Half-open ranges that do not overlap, one per surface, or which one is lost: no place, or
        more places than labels, so that some would stay unlabelled.
    """
    taken: list[tuple[int, int]] = []
    found: dict[int, tuple[int, int]] = {}
    # Longer ones first: a port is not looked for inside an address.
    for surface in sorted(set(surfaces), key=lambda each: (-len(each), each)):
        wanted = [index for index, each in enumerate(surfaces) if each == surface]
        places = [place for place in _exact(passage, surface) if _is_free(place, taken)]
        unlabelled = len(_exact(before, surface)) - len(wanted)
        if len(places) < len(wanted):
            near = _near(passage, surface) if len(wanted) == 1 else None
            if near is None or not _is_free(near, taken):
                return Lost(wanted[0], "lost")
            places = [near]
        elif len(places) > len(wanted) + max(0, unlabelled):
            return Lost(wanted[0], "repeated")
        for index, place in zip(wanted, places, strict=False):
            found[index] = place
            taken.append(place)
    return [found[index] for index in range(len(surfaces))]


def _exact(text: str, surface: str) -> list[tuple[int, int]]:
    """Return where a surface stands, not as part of a longer word or number."""
    head = r"(?<![\w])" if surface[:1].isalnum() else ""
    tail = r"(?![\w])" if surface[-1:].isalnum() else ""
    return [found.span() for found in re.finditer(head + re.escape(surface) + tail, text)]


def _near(text: str, surface: str) -> tuple[int, int] | None:
    allowed = len(surface) // _EDITS
    if len(surface) < _FUZZY_FROM or not allowed:
        return None
    best = fuzz.partial_ratio_alignment(surface, text, score_cutoff=80.0)
    if best is None:
        return None
    start, end = best.dest_start, best.dest_end
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    near = Levenshtein.distance(surface, text[start:end], score_cutoff=allowed) <= allowed
    return (start, end) if start < end and near else None


def _is_free(place: tuple[int, int], taken: Sequence[tuple[int, int]]) -> bool:
    return all(place[1] <= start or end <= place[0] for start, end in taken)
