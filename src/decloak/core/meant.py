"""Meant: a text as it may have been meant is what readers look at; what they find is told as it stands.

A name with a slip in it stands where the name would, in the same words and fields: whoever looks for names
finds it as that name. Whether it is that name nobody can say, so everything leaves in offsets of the
readable text, which keeps what was written. Without likenesses both texts are one, and nothing is moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from decloak.core.alignment import Alignment, Edit, apply_edits
from decloak.core.document import Decoded, View
from decloak.core.entity import Candidate, Tagged
from decloak.core.facts import Fact, Facts, Segment

__all__ = ["Meant", "within"]

Spanned = TypeVar("Spanned", Candidate, Fact, Segment, Tagged)


class Meant:
    """A decoded text with the known name in the place of every likeness.

    Attributes:
        view: that text.
        differs: whether it differs from the readable one.
    """

    def __init__(self, decoded: Decoded) -> None:
        self._text, self._likenesses = decoded.view.text, decoded.likenesses
        self.differs = bool(decoded.likenesses)
        self.view, self._alignment = decoded.view, Alignment(len(decoded.view))
        if self.differs:
            text, self._alignment = apply_edits(decoded.view.text, decoded.likenesses)
            self.view = View(text)

    def end(self, high: int) -> int:
        """Return the offset in the readable text of a place between two lines."""
        return self._alignment.to_raw(high - 1, high)[1] if self.differs and high else high

    def stand(self, found: Iterable[Spanned]) -> Iterable[Spanned]:
        """Return what was found where it stands in the readable text, in the same order."""
        return map(self._moved, found) if self.differs else found

    def facts(self, facts: Facts) -> Facts:
        """Return facts where they stand in the readable text, their values as they are written there."""
        return facts.moved(self._fact) if self.differs else facts

    def _moved(self, found: Spanned) -> Spanned:
        start, end = found[0], found[1]
        low, high = self._alignment.to_raw(start, end) if start < end else (start, end)
        return found if (low, high) == (start, end) else found._replace(start=low, end=high)

    def _fact(self, fact: Fact) -> Fact:
        moved = self._moved(fact)
        if moved.value is None:
            return moved
        value = moved.value
        for edit in within(self._likenesses, moved.start, moved.end):
            value = value.replace(edit.replacement, self._text[edit.start : edit.end], 1)
        return moved._replace(value=value)


def within(edits: Sequence[Edit], start: int, end: int) -> Iterator[Edit]:
    """Yield those of sorted, disjoint edits that lie inside a range."""
    place = bisect_left(edits, start, key=_start)
    while place < len(edits) and edits[place].end <= end:
        yield edits[place]
        place += 1


def _start(edit: Edit) -> int:
    return edit.start
