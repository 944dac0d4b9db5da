"""Units: the text of a window as what the model reads at a time, each once, with the places it stands at.

Lines of a log become folded ones; what else is alike to the letter is one unit too. Prose and remarks
may be cut into blocks, so that a budget can be spent on some of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from decloak.core.document import View
from decloak.core.entity import Tagged
from decloak.tag.blobs import parts_between
from decloak.tag.fold import Span, folded, unfolded
from decloak.tag.rows import ROW, Stretch

__all__ = ["BLOCK", "Unit", "placed", "units_of"]

BLOCK = 800
"""Code points of a block, unless a line is longer: about as much as one window holds."""

Place = tuple[int, int, Sequence[Span]]
"""Where a unit stands, and what is confirmed in it, if it was folded."""


@dataclass(slots=True)
class Unit:
    """What the model reads at a time.

    Attributes:
        text: what it reads.
        kind: that of the stretch.
        places: where it stands, in order.
    """

    text: str
    kind: str
    places: list[Place] = field(default_factory=list)


def units_of(view: View, stretches: Iterable[Stretch], known: Sequence[Span]) -> list[Unit]:
    """Return the units of stretches, in the order in which they are first met.

    Args:
        view: the text.
        stretches: what should be read.
        known: what is confirmed, in order, not overlapping.
    """
    text = view.text
    starts = [span[0] for span in known]
    found: dict[tuple[str, str], Unit] = {}
    for stretch in stretches:
        is_row = stretch.kind == ROW
        for start, end in parts_between(
            view.shadow, stretch.start, stretch.end, tool=stretch.is_tool
        ):
            for low, high in ((start, end),) if is_row else _blocks(view.shadow, start, end):
                here: Sequence[Span] = ()
                shape = text[low:high]
                if is_row:
                    first, last = bisect_left(starts, low), bisect_left(starts, high)
                    here = [span for span in known[first:last] if span[1] <= high]
                    shape = folded(text, low, high, here)
                unit = found.get((stretch.kind, shape))
                if unit is None:
                    unit = found[stretch.kind, shape] = Unit(shape, stretch.kind)
                unit.places.append((low, high, here))
    return list(found.values())


def placed(text: str, unit: Unit, spans: Sequence[Tagged]) -> Iterator[Tagged]:
    """Yield what was found in a unit at each of its places."""
    if not spans:
        return
    for start, end, known in unit.places:
        if unit.kind == ROW:
            yield from unfolded(text, start, end, known, spans)
        else:
            for low, high, label, confidence in spans:
                yield Tagged(low + start, high + start, label, confidence)


def _blocks(shadow: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a range at blank lines, and where a block grows long at line ends, sentences or blanks."""
    while end - start > BLOCK:
        stop = _cut(shadow, start, min(start + BLOCK, end))
        yield start, stop
        start = stop
    if start < end:
        yield start, end


def _cut(shadow: bytes, start: int, end: int) -> int:
    """Return where a block ends that begins at `start`, at most at `end`."""
    if (gap := shadow.find(b"\n\n", start, end)) >= 0:
        stop = gap + 2
        while shadow.startswith(b"\n", stop, end):
            stop += 1
        return stop
    for sign in (b"\n", b". ", b" "):
        if (place := shadow.rfind(sign, start, end)) >= 0:
            return place + len(sign)
    return end
