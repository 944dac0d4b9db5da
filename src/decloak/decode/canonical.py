"""Canonical: NFKC and punctuation unification first, then the decoders in a fixed order.

The fixed order of the registry: who comes first wins, and nobody asks what a token becomes. With a
model, the published autoencoder follows, which rebuilds what is still broken up (`decode/rebuilt.py`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Models, Proposals
from decloak.decode.clusters import greedy
from decloak.decode.rebuilt import rebuilt_edits
from decloak.indicators.engine import compile_pattern

__all__ = ["canonical", "unified"]

_ACCEPTED = 0.5  # lowest confidence of a decoder that is followed

# UAX 15 allows 30 combining marks in stream-safe text; the bound keeps normalisation linear.
_BEYOND_ASCII = rb"[A-Za-z]?[\x80-\x83]{1,32}"

_PUNCTUATION = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u3002\uff61\u2024\ufe52", "."),
        **dict.fromkeys("\u2044\u2215\u29f8", "/"),
        **dict.fromkeys("\u2236\ua789\ufe55", ":"),
    }
)


def canonical(view: View, proposals: Proposals, models: Models) -> list[Edit]:
    """Choose edits: unified characters first, then decoder after decoder, first come."""
    edits = list(unified(view))
    edits += [edit for _, made in proposals for edit in made if edit.confidence >= _ACCEPTED]
    if models.words is not None:
        edits += rebuilt_edits(view, models.words)
    chosen: list[Edit] = []
    for group in _overlapping(edits):
        chosen += greedy(edits[rank] for rank in sorted(group))
    return chosen


def _overlapping(edits: Sequence[Edit]) -> Iterator[list[int]]:
    """Yield the indices of edits that overlap one another, group after group by start."""
    group: list[int] = []
    end = 0
    for rank in sorted(range(len(edits)), key=lambda rank: (edits[rank].start, rank)):
        if group and edits[rank].start >= end:
            yield group
            group = []
        group.append(rank)
        end = max(end, edits[rank].end)
    if group:
        yield group


def unified(view: View) -> Iterator[Edit]:
    """Yield the edits of NFKC and of punctuation unification, one per changed stretch."""
    if view.is_ascii:
        return
    text = view.text
    for match in compile_pattern(_BEYOND_ASCII, capture=False).finditer(view.shadow):
        start, end = match.span()
        before = text[start:end]
        after = unicodedata.normalize("NFKC", before.translate(_PUNCTUATION))
        if after == before:
            continue
        if before[0] == after[:1] and before[0].isascii():
            start, before, after = start + 1, before[1:], after[1:]
        if len(after) == len(before):
            for offset, (old, new) in enumerate(zip(before, after, strict=True)):
                if old != new:
                    yield _edit(start + offset, start + offset + 1, new)
        else:
            yield _edit(start, end, after)


def _edit(start: int, end: int, replacement: str) -> Edit:
    return Edit(start, end, replacement, "confusable", "canonical", 0.9, "NFKC and punctuation")
