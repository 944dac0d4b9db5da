"""Cascade: a student reads all prose, and the model reads the sentences about which the student is in doubt.

How many sentences that may be is counted in code points: a share of the prose of a document, and a few more, so that of
a short document every doubtful one is read. The most doubtful go first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING

from decloak.core.entity import Tagged
from decloak.tag.budget import USUAL

if TYPE_CHECKING:  # NumPy and onnxruntime cost nothing where no model is asked
    from decloak.tag.neural import Tagger
    from decloak.tag.student.reader import Student

__all__ = ["FREE", "SHARE", "Cascade", "sentence_at"]

SHARE = 0.05
"""Share of the prose that the model may read, at the usual budget."""
FREE = 4_000
"""Code points that it may read of any document."""
_REACH = 400
"""Code points of a sentence before and behind a doubt."""
_BREAK = re.compile(r"\n|[.!?][\"')\]*_]{0,3}[^\S\n]+(?=[^\sa-z])")


class Cascade:
    """What may still be asked of the model about one document.

    Args:
        student: gives the student; asked for when there is first something to read.
        teacher: gives the model; asked for when there is first a doubt.
        factor: the multiple of the usual budget that the user named; 3 is usual.
    """

    def __init__(
        self, student: Callable[[], Student], teacher: Callable[[], Tagger], factor: float
    ) -> None:
        self._student, self._teacher = student, teacher
        self._share = min(1.0, SHARE * factor / USUAL)
        self._left: float = FREE

    def read(self, text: str, ranges: Iterable[tuple[int, int]]) -> list[Tagged]:
        """Return the entities of stretches of prose, in order."""
        given = list(ranges)
        if not given:
            return []
        self._left += self._share * sum(high - low for low, high in given)
        student = self._student()
        spans: list[Tagged] = []
        asked: dict[tuple[int, int], float] = {}
        place = 0
        for read in student.read(text, given):
            spans += read.spans
            for start, end, share in read.doubts:
                if share >= student.folder.doubt:
                    while given[place][1] <= start:
                        place += 1
                    sentence = sentence_at(text, *given[place], start, end)
                    asked[sentence] = max(share, asked.get(sentence, 0.0))
        chosen = self._chosen(asked)
        if chosen:
            answers = self._teacher().each([text[low:high] for low, high in chosen])
            spans = _without(sorted(spans), chosen)
            for (low, _), found in zip(chosen, answers, strict=True):
                spans += [Tagged(low + s, low + e, label, sure) for s, e, label, sure in found]
        spans.sort(key=itemgetter(0))
        return spans

    def _chosen(self, asked: dict[tuple[int, int], float]) -> list[tuple[int, int]]:
        """Return sentences that may be asked about, in order; none overlaps another."""
        taken: list[tuple[int, int]] = []
        for (low, high), _ in sorted(asked.items(), key=lambda item: (-item[1], item[0])):
            if high - low <= self._left:
                taken.append((low, high))
                self._left -= high - low
        chosen: list[tuple[int, int]] = []
        for low, high in sorted(taken):
            if not chosen or low >= chosen[-1][1]:
                chosen.append((low, high))
        return chosen


def sentence_at(text: str, low: int, high: int, start: int, end: int) -> tuple[int, int]:
    """Return the sentence around a place, within the stretch [low, high) and `_REACH` of the place."""
    first, last = max(low, start - _REACH), min(high, end + _REACH)
    begin = first
    for found in _BREAK.finditer(text, first, start):
        begin = found.end()
    if begin == first > low:  # no break is near: at the next blank
        blank = text.find(" ", first, start)
        begin = blank + 1 or start
    stop = _BREAK.search(text, end, last)
    if stop is not None:
        return begin, stop.end()
    if last < high:
        blank = text.rfind(" ", end, last)
        return begin, blank if blank >= 0 else end
    return begin, last


def _without(spans: Sequence[Tagged], ranges: Sequence[tuple[int, int]]) -> list[Tagged]:
    """Return the spans that touch none of some ranges; both are sorted."""
    kept: list[Tagged] = []
    place = 0
    for span in spans:
        while place < len(ranges) and ranges[place][1] <= span.start:
            place += 1
        if place == len(ranges) or span.end <= ranges[place][0]:
            kept.append(span)
    return kept
