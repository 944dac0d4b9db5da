"""Scheme: labels of words, BIO, and the spans they stand for.

``O`` is outside, ``B-X`` begins an entity of label X, ``I-X`` continues it. An ``I-X`` that follows
neither ``B-X`` nor ``I-X`` is impossible.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from decloak.tag.words import Words

__all__ = ["OUTSIDE", "allowed_moves", "allowed_starts", "labels_of", "scheme_of", "spans_of"]

OUTSIDE = "O"


def scheme_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return the word labels of entity labels: ``O``, then ``B-`` and ``I-`` of each."""
    return (OUTSIDE, *(f"{part}-{name}" for name in names for part in "BI"))


def allowed_starts(labels: Sequence[str]) -> list[bool]:
    """Return whether a sequence may begin with each label."""
    return [not label.startswith("I-") for label in labels]


def allowed_moves(labels: Sequence[str]) -> list[list[bool]]:
    """Return whether a label (row) may be followed by another (column)."""
    return [
        [not after.startswith("I-") or before[2:] == after[2:] for after in labels]
        for before in labels
    ]


def labels_of(
    words: Words, spans: Iterable[tuple[int, int, str]], labels: Sequence[str]
) -> list[int]:
    """Return the label of each word, as its place in `labels`.

    Args:
        words: the words of a text.
        spans: entities as (start, end, name), half-open code points, not overlapping. One that
            begins or ends inside a word takes the whole word; one whose name is unknown is left out.
        labels: a scheme.
    """
    rank = {label: i for i, label in enumerate(labels)}
    found = [rank[OUTSIDE]] * len(words)
    taken = 0
    for start, end, name in sorted(spans):
        if f"B-{name}" not in rank:
            continue
        first = max(bisect_right(words.ends, start), taken)
        stop = bisect_left(words.starts, end)
        if first < stop:
            found[first] = rank[f"B-{name}"]
            found[first + 1 : stop] = [rank[f"I-{name}"]] * (stop - first - 1)
            taken = stop
    return found


def spans_of(found: Sequence[int], labels: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield (first word, stop word, name) of each entity; an impossible ``I-`` begins one."""
    start, name = 0, ""
    for place, rank in enumerate(found):
        label = labels[rank]
        if name and label != f"I-{name}":
            yield start, place, name
            name = ""
        if label != OUTSIDE and not name:
            start, name = place, label[2:]
    if name:
        yield start, len(found), name
