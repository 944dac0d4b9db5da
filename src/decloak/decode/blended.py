"""Blended: broken words pulled towards the canonical vector that they are close to.

The published `realign` decoding: each word's latent vector is compared with a dictionary of canonical
ones; where it matches none exactly, the canonical vector is blended in, weighted by the confidence in
the match, and the blend is decoded. The word is taken only when the blend reads as the dictionary's.
"""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import WordModel
from decloak.decode.broken_words import broken_words, is_believed
from decloak.decode.nearness import slip_family
from decloak.decode.rebuilt import name_of

__all__ = ["blended_edits"]

SURE = 0.8
"""Least confidence in the match with the dictionary that is followed."""


def blended_edits(view: View, model: WordModel) -> Iterator[Edit]:
    """Yield edits of words that, blended with their canonical form, read as it; sorted by start."""
    places = broken_words(view)
    if not places:
        return
    words = list(places)
    vectors = model.encode(words)
    sure = []
    for row, near in enumerate(model.nearest(vectors)):
        confidence = model.confidence(near)
        name = name_of(words[row], near.word) if confidence >= SURE else None
        if name is not None:
            sure.append((row, near, confidence, name))
    if not sure:
        return
    blends = vectors[[row for row, *_ in sure]]
    for place, (_, near, confidence, _) in enumerate(sure):
        blends[place] = (1 - confidence) * blends[place] + confidence * near.vector
    longest = max(len(near.word) for _, near, *_ in sure)
    edits = []
    for (row, near, confidence, name), made in zip(
        sure, model.rebuild(blends, longest=longest), strict=True
    ):
        if made.word != near.word:
            continue
        edits += [
            Edit(start, end, name, slip_family(words[row], name), "realigned", min(confidence, 0.99),
                 f"{name} is the nearest canonical form")
            for start, end in places[words[row]]
            if is_believed(view.text, start, end, name)
        ]  # fmt: skip
    yield from sorted(edits)
