"""Sitting: one document read by the model, window by window."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING

from decloak.core.document import View
from decloak.core.entity import Candidate, Tagged
from decloak.core.facts import Fact
from decloak.tag.base import Scene
from decloak.tag.explained import confirmed_spans, unexplained
from decloak.tag.fold import Span, folded, unfolded
from decloak.tag.rows import ROW, Stretch

if TYPE_CHECKING:  # NumPy and onnxruntime cost nothing where no model is asked
    from decloak.tag.modes import Reader

__all__ = ["Sitting"]

_RUN = re.compile(rb"[!-~]+")
_BLOB = 1024
"""Code points of a run of ASCII signs without white space from which nobody reads it as words."""


class Sitting:
    """Reads the windows of one document.

    Args:
        reader: whose model reads.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def read(
        self, scene: Scene, facts: list[Fact], candidates: Sequence[Candidate]
    ) -> list[Tagged]:
        """Return what the model finds in a window, in order.

        Args:
            scene: the window.
            facts: those that begin in it, in order.
            candidates: what the other proposers found there.

        Raises:
            ModelFileError: when anything about the folder is amiss.
        """
        view, low, high = scene.view, scene.low, scene.high
        if self._reader.mode == "always":
            return self._exact(view.text, _readable(view.shadow, low, high))
        stretches = list(unexplained(view, low, high, scene.segments, facts, candidates))
        exact = (
            part
            for start, end, kind in stretches
            if kind != ROW
            for part in _readable(view.shadow, start, end)
        )
        found = self._exact(view.text, exact)
        if rows := [stretch for stretch in stretches if stretch.kind == ROW]:
            found += self._rows(view, rows, confirmed_spans(facts, candidates))
            found.sort(key=itemgetter(0))
        return found

    def _exact(self, text: str, ranges: Iterable[tuple[int, int]]) -> list[Tagged]:
        ranges = list(ranges)
        return list(self._reader.tagger.stretches(text, ranges)) if ranges else []

    def _rows(self, view: View, rows: Sequence[Stretch], known: Sequence[Span]) -> list[Tagged]:
        """Read lines of a log, those that are alike once."""
        text, shadow = view.text, view.shadow
        shapes: dict[str, list[tuple[int, int, Sequence[Span]]]] = {}
        starts = [span[0] for span in known]
        for start, end in (part for row in rows for part in _readable(shadow, *row[:2])):
            first, last = bisect_left(starts, start), bisect_left(starts, end)
            here = [span for span in known[first:last] if span[1] <= end]
            shapes.setdefault(folded(text, start, end, here), []).append((start, end, here))
        found: list[Tagged] = []
        for places, spans in zip(shapes.values(), self._reader.tagger.each(shapes), strict=True):
            if spans:
                for start, end, told in places:
                    found += unfolded(text, start, end, told, spans)
        return found


def _readable(shadow: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a range between blobs: keys, images, code without any white space."""
    if end - start > _BLOB:
        for run in _RUN.finditer(shadow, start, end):
            low, high = run.span()
            if high - low > _BLOB:
                if start < low:
                    yield start, low
                start = high
    if start < end:
        yield start, end
