"""Passages: a text as the windows that the encoder reads, made as they are asked for.

A text of any length is split into words chunk by chunk; the words of a window that is not full yet
are carried over, so that the windows are those of a text split at once.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import NamedTuple

from decloak.tag.features import featurise
from decloak.tag.session import Window
from decloak.tag.tokens import Encoder
from decloak.tag.windows import Cut, cut, line_ends_of
from decloak.tag.words import Words, split

__all__ = ["Passage", "passages", "window_of"]

_CHUNK = 1 << 17
"""Code points that are split into words at a time."""


class Passage(NamedTuple):
    """One window of a text.

    Attributes:
        words: the words it holds, with offsets in the text.
        own, own_stop: half-open code-point range it speaks for: entities that begin there.
        ids: the pieces of its words, without the special ones.
        offsets: where the pieces of each word begin in `ids`, and one more entry for their end.
        only: whether the stretch is this one window.
    """

    words: Words
    own: int
    own_stop: int
    ids: array[int]
    offsets: array[int]
    only: bool

    @property
    def start(self) -> int:
        """Where its first word begins."""
        return self.words.starts[0]

    @property
    def end(self) -> int:
        """Where its last word ends."""
        return self.words.ends[-1]


def passages(
    text: str, low: int, high: int, encoder: Encoder, budget: int, overlap: int
) -> Iterator[Passage]:
    """Yield the windows of a stretch of text, in order. Linear, and holds a chunk at a time.

    Args:
        text: what the stretch is part of.
        low: where the stretch begins.
        high: where it ends.
        encoder: makes pieces of words.
        budget: most pieces of a window, special ones not counted.
        overlap: pieces that neighbours share, at most.
    """
    starts, ends, ids, offsets = array("I"), array("I"), array("i"), array("I", [0])
    own = 0
    fresh = True
    while True:
        words, position = _chunk(text, low, high)
        pieces = encoder.encode(text, words)
        base = len(ids)
        starts += words.starts
        ends += words.ends
        ids += pieces.ids
        offsets = offsets[:-1] + array("I", [base + offset for offset in pieces.offsets])
        windows = cut(offsets, line_ends_of(text, starts), budget, overlap, own)
        done = position >= high
        for window in windows if done else windows[:-1]:
            only = fresh and done and len(windows) == 1
            yield _passage(window, starts, ends, ids, offsets, only=only)
            fresh = False
        if done:
            return
        low = position
        if windows:
            first, _, own, _ = windows[-1]
            own -= first
            base = offsets[first]
            starts, ends, ids = starts[first:], ends[first:], ids[base:]
            offsets = array("I", [offset - base for offset in offsets[first:]])


def _chunk(text: str, low: int, high: int) -> tuple[Words, int]:
    """Return the words of the next chunk, and where the one after it begins: between two words."""
    stop = low + _CHUNK
    if stop >= high:
        return split(text, low, high), high
    line = text.rfind("\n", low, stop) + 1 or text.rfind(" ", low, stop) + 1
    if line:
        return split(text, low, line), line
    words = split(text, low, stop)
    if words and words.ends[-1] == stop:  # it may go on behind the chunk
        stop = words.starts.pop()
        words.ends.pop()
    return words, stop


def _passage(
    window: Cut,
    starts: array[int],
    ends: array[int],
    ids: array[int],
    offsets: array[int],
    *,
    only: bool,
) -> Passage:
    first, stop, own, own_stop = window
    base = offsets[first]
    border = starts[own_stop] if own_stop < stop else ends[stop - 1]
    return Passage(
        Words(starts[first:stop], ends[first:stop]),
        starts[own],
        border,
        ids[base : offsets[stop]],
        array("I", [offset - base for offset in offsets[first : stop + 1]]),
        only,
    )


def window_of(text: str, passage: Passage, cls: int, sep: int) -> Window:
    """Return what the encoder reads of a window; it depends on nothing outside of it.

    Args:
        text: what the passage is part of.
        passage: the window.
        cls: id of the special piece before it.
        sep: id of the one behind it.
    """
    bits = array("I", [0])
    firsts = array("I")
    offsets = passage.offsets
    for word, features in enumerate(featurise(text, passage.words)):
        firsts.append(len(bits))
        bits.extend([features] * (offsets[word + 1] - offsets[word]))
    bits.append(0)
    return array("i", [cls, *passage.ids, sep]), bits, firsts
