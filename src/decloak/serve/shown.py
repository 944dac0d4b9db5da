"""Shown: what the page needs besides a result, to show a text beside its decoded form and its pages."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from decloak.core.result import Result
from decloak.core.source_map import Place, SourceMap

__all__ = ["shown"]

_MOST_LINES = 50_000
_MOST_NAMES = 1_000


def shown(result: Result) -> dict[str, Any]:
    """Return ``text``, ``edits``, ``names``, ``hidden`` and ``lines``.

    ``edits`` are ``[start, end, replacement, family, reason, confidence]``. ``names`` are the names of the code points
    beyond ASCII that edits and entities are written with. ``hidden`` are the ranges that no reader of the
    source sees. ``lines`` are the lines of pages, ``[start, end, page, x0, y0, x1, y1]`` in points.
    All offsets count code points.
    """
    made: dict[str, Any] = {
        "text": result.text,
        "edits": [
            [each.start, each.end, each.replacement, each.family, each.reason, each.confidence]
            for each in result.edits
        ],
        "names": _names(result),
        "hidden": [],
        "lines": [],
    }
    if result.source_map is None:
        return made
    hidden: list[list[int]] = made["hidden"]
    for start, end, place in _stretches(result.text, result.source_map):
        if place.get("hidden"):
            if hidden and not result.text[hidden[-1][1] : start].strip():
                hidden[-1][1] = end
            else:
                hidden.append([start, end])
        if "page" in place and place.get("boxes") and "annotation" not in place:
            made["lines"].append([start, end, place["page"], *place["boxes"][0]])
    return made


def _names(result: Result) -> dict[str, str]:
    text = result.text
    found: dict[str, str] = {}
    places = [(each.start, each.end) for each in result.edits]
    places += [(each.start, each.end) for each in result.all_entities]
    for start, end in places:
        if text[start:end].isascii():
            continue
        for char in text[start:end]:
            if char > "\x7f" and char not in found:
                found[char] = unicodedata.name(char, "")
                if len(found) == _MOST_NAMES:
                    return found
    return found


def _stretches(text: str, source_map: SourceMap) -> Iterator[tuple[int, int, Place]]:
    """Yield stretches of lines, each with one place in at most one box, as far as there are not too many."""
    start = 0
    for _ in range(_MOST_LINES):
        end = text.find("\n", start)
        last = len(text) if end < 0 else end
        if text[start:last].strip():
            yield from _halved(source_map, start, last)
        if end < 0:
            return
        start = end + 1


def _halved(source_map: SourceMap, start: int, end: int) -> Iterator[tuple[int, int, Place]]:
    """Cut a range into the longest parts of one kind: in halves, which are put together again where they may be."""
    waiting = [(start, end)]
    last: tuple[int, int, Place] | None = None
    while waiting:
        low, high = waiting.pop()
        places = source_map.places(low, high)
        if not places:
            continue
        if high - low > 1 and not _is_one(places):
            middle = (low + high) // 2
            waiting += [(middle, high), (low, middle)]
            continue
        if last is not None and last[1] == low:
            both = source_map.places(last[0], high)
            if _is_one(both):
                last = (last[0], high, both[0])
                continue
        if last is not None:
            yield last
        last = (low, high, places[0])
    if last is not None:
        yield last


def _is_one(places: tuple[Place, ...]) -> bool:
    """Whether places are of one kind, in at most one box."""
    kinds = {(bool(each.get("hidden")), each.get("page")) for each in places}
    return len(kinds) == 1 and sum(len(each.get("boxes", ())) for each in places) <= 1
