"""Excerpts: documents cut into what the encoder reads at a time, at line ends where that can be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from decloak.corpus.sample import Sample
from decloak.perturb import Marked
from decloak.tag.tokens import Encoder
from decloak.tag.words import LINE_END, split

__all__ = ["Excerpt", "Novelty", "cut", "whole"]

_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A labelled stretch of a document.

    Attributes:
        text: the stretch.
        marks: its entities, in order, not overlapping, in offsets of the stretch.
        group: where it comes from.
        unknown: ranges where nobody labelled.
        written: the same stretch in other words, with the same entities, or None.
    """

    text: str
    marks: tuple[Marked, ...]
    group: str
    unknown: tuple[tuple[int, int], ...] = ()
    written: Excerpt | None = None


def whole(sample: Sample) -> Excerpt:
    """Return a whole sample as an excerpt."""
    marks = tuple(Marked(e.start, e.end, e.label, e.value) for e in sample.entities)
    return Excerpt(sample.text, marks, sample.source)


def cut(excerpt: Excerpt, encoder: Encoder, most: int) -> Iterator[Excerpt]:
    """Yield the parts of an excerpt, each of at most `most` pieces unless an entity is longer.

    No entity is cut. A part ends at the last line end that fits, else at the last word.
    """
    words = split(excerpt.text)
    offsets = encoder.encode(excerpt.text, words).offsets
    spans = [(mark.start, mark.end) for mark in excerpt.marks]
    first, open_span = 0, 0
    while first < len(words):
        stop = first + 1
        best = 0
        while stop < len(words) and offsets[stop + 1] - offsets[first] <= most:
            stop += 1
            if excerpt.text[words.starts[stop - 1]] == LINE_END:
                best = stop
        if stop < len(words) and best > first:
            stop = best
        stop, open_span = _outside(words.starts, words.ends, stop, spans, open_span)
        yield _part(excerpt, words.starts[first], words.ends[stop - 1])
        first = stop


def _outside(
    starts: Sequence[int],
    ends: Sequence[int],
    stop: int,
    spans: Sequence[tuple[int, int]],
    rank: int,
) -> tuple[int, int]:
    """Move a cut behind the entity that it would divide."""
    while rank < len(spans) and spans[rank][1] <= ends[stop - 1]:
        rank += 1
    while rank < len(spans) and stop < len(starts) and spans[rank][0] < ends[stop - 1]:
        while stop < len(starts) and starts[stop] < spans[rank][1]:
            stop += 1
        rank += 1
    return stop, rank


def _part(excerpt: Excerpt, low: int, high: int) -> Excerpt:
    return Excerpt(
        excerpt.text[low:high],
        tuple(
            mark._replace(start=mark.start - low, end=mark.end - low)
            for mark in excerpt.marks
            if low <= mark.start and mark.end <= high
        ),
        excerpt.group,
        tuple(
            (max(start, low) - low, min(end, high) - low)
            for start, end in excerpt.unknown
            if start < high and low < end
        ),
    )


class Novelty:
    """Leaves out what was seen often: near-identical tool output teaches little.

    A line's signature has its entities replaced by their labels and its numbers by ``0``. An
    excerpt is kept when at least a quarter of its lines were kept fewer than `most` times.

    Args:
        most: how often a line of one signature is welcome.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: dict[int, int] = {}

    def is_new(self, excerpt: Excerpt) -> bool:
        """Whether to keep it; what is kept is remembered."""
        lines = list(_signatures(excerpt))
        fresh = sum(self._seen.get(line, 0) < self._most for line in lines)
        if fresh * 4 < len(lines) or not lines:
            return False
        for line in lines:
            self._seen[line] = self._seen.get(line, 0) + 1
        return True


def _signatures(excerpt: Excerpt) -> Iterable[int]:
    pieces: list[str] = []
    last = 0
    for mark in excerpt.marks:
        pieces += (excerpt.text[last : mark.start], mark.label)
        last = mark.end
    pieces.append(excerpt.text[last:])
    for line in "".join(pieces).split(LINE_END):
        if line and not line.isspace():
            yield crc32(_DIGITS.sub("0", line).encode("utf-8", "replace"))
