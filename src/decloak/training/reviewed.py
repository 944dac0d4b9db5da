"""Reviewed: what people decided in a review store, as excerpts with spans on the raw text.

Nobody learns from a document what nobody said about it. Known are the lines about which something was decided, and
what decloak accepted there; the lines around them are context of unknown labels.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from hashlib import sha256
from operator import itemgetter
from typing import Any

from decloak.perturb import Marked
from decloak.review import ReviewStore, labelled_rows
from decloak.training.excerpts import Excerpt

__all__ = ["is_held", "read_reviewed", "reviewed_digest"]

GROUP = "reviewed"
_CONTEXT = 2
"""Lines that an excerpt shows before and after what is known."""
_HELD = 5
"""One in so many excerpts measures what was learned from the others."""


def read_reviewed(place: str) -> Iterator[Excerpt]:
    """Yield the excerpts in which something was decided.

    Raises:
        StoreError: when the store cannot be read.
    """
    store = ReviewStore(place)
    try:
        for row in labelled_rows(store):
            yield from _excerpts(row)
    finally:
        store.close()


def is_held(excerpt: Excerpt) -> bool:
    """Whether an excerpt is kept from training, to measure what was learned; the same each time."""
    digest = sha256(excerpt.text.encode("utf-8", "replace")).digest()
    return digest[0] % _HELD == 0


def reviewed_digest(place: str | None) -> str:
    """Return the SHA-256 of what a store says; empty where there is none."""
    if place is None:
        return ""
    digest = sha256()
    for excerpt in read_reviewed(place):
        digest.update(repr(excerpt).encode("utf-8", "replace"))
    return digest.hexdigest()


def _excerpts(row: dict[str, Any]) -> Iterator[Excerpt]:
    text: str = row["text"]
    lines = _lines(text)
    known = {number for low, high in row["decided"] for number in _touched(lines, low, high)}
    if not known:
        return
    marks = sorted(
        Marked(each["start"], each["end"], each["label"], each["value"]) for each in row["entities"]
    )
    for first, last in _runs(known, len(lines)):
        low, high = lines[first][0], lines[last][1]
        inside = [each for each in marks if low <= each.start and each.end <= high]
        unknown = [lines[number] for number in range(first, last + 1) if number not in known] + [
            (start, end) for start, end in row["ignore"] if low <= start and end <= high
        ]
        yield Excerpt(
            text[low:high],
            tuple(each._replace(start=each.start - low, end=each.end - low) for each in inside),
            GROUP,
            tuple((start - low, end - low) for start, end in sorted(unknown) if start < end),
        )


def _lines(text: str) -> list[tuple[int, int]]:
    """Return the ranges of the lines, line ends in."""
    found, start = [], 0
    for line in text.splitlines(keepends=True):
        found.append((start, start + len(line)))
        start += len(line)
    return found


def _touched(lines: list[tuple[int, int]], low: int, high: int) -> Iterator[int]:
    number = bisect_right(lines, low, key=itemgetter(0)) - 1
    while number < len(lines) and lines[number][0] < high:
        yield number
        number += 1


def _runs(known: set[int], count: int) -> Iterator[tuple[int, int]]:
    """Yield the first and last lines of stretches: what is known with its context, joined where they meet."""
    first = last = None
    for number in sorted(known):
        low, high = max(number - _CONTEXT, 0), min(number + _CONTEXT, count - 1)
        if last is not None and low <= last + 1:
            last = high
            continue
        if first is not None and last is not None:
            yield first, last
        first, last = low, high
    if first is not None and last is not None:
        yield first, last
