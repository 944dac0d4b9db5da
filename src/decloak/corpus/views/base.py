"""View: the protocol, and how labels follow the edits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from decloak.core.alignment import Edit, apply_edits
from decloak.corpus.sample import Label

__all__ = ["Page", "View", "edited", "taken"]


@dataclass(frozen=True, slots=True)
class Page:
    """A text with labels on its way through views.

    Attributes:
        text: the text.
        labels: in order, not overlapping.
        trail: names of the views it went through.
    """

    text: str
    labels: tuple[Label, ...]
    trail: tuple[str, ...] = field(default=())

    def marked(self, name: str) -> Page:
        """The same page, with one more view on its trail."""
        return Page(self.text, self.labels, (*self.trail, name))


View = Callable[[Page, Random], Page | None]
"""Change a page; None when there is nothing to change in it."""


def edited(
    page: Page, edits: Iterable[tuple[int, int, str]], *, head: str = "", tail: str = ""
) -> Page:
    """Apply edits (start, end, replacement), put `head` before and `tail` after; labels follow.

    A label that an edit removed is dropped; one that an edit cuts into keeps both sides.
    """
    made = [Edit(start, end, new, "view", "view") for start, end, new in sorted(edits)]
    text, alignment = apply_edits(page.text, made)
    shift = len(head)
    labels: list[Label] = []
    for each in page.labels:
        place = alignment.to_decoded(each.start, each.end)
        if place is not None:
            labels.append(each._replace(start=place[0] + shift, end=place[1] + shift))
    return Page(head + text + tail, tuple(labels), page.trail)


def taken(labels: Sequence[Label], length: int) -> bytearray:
    """Return one byte per code point: 1 inside a label."""
    mask = bytearray(length)
    for each in labels:
        mask[each.start : each.end] = b"\1" * (each.end - each.start)
    return mask
