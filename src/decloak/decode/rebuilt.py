"""Rebuilt: broken words through the autoencoder, and out as known names.

The second half of the published `canonical` decoding: what the characters' own repair left unreadable
is encoded, decoded, and taken only where the model is sure and what comes out is a name of the
vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz.distance import OSA

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import WordModel
from decloak.decode.broken_words import SHORTEST, broken_words, is_believed
from decloak.decode.characters import fold
from decloak.decode.nearness import slip_family
from decloak.decode.vocabulary import spelling_of
from decloak.indicators.leet import LETTERS_FOR

__all__ = ["name_of", "rebuilt_edits"]

SURE = 0.5
"""Least confidence of the model that is followed."""
_KINSHIP = 0.5
"""Least share of a word's characters that stay: what shares less is a guess."""


def rebuilt_edits(view: View, model: WordModel) -> Iterator[Edit]:
    """Yield edits of words that the model rebuilds into known names, sorted by start."""
    places = broken_words(view)
    if not places:
        return
    words = list(places)
    rebuilt = model.rebuild(model.encode(words), longest=max(map(len, words)))
    edits = []
    for word, (low, confidence) in zip(words, rebuilt, strict=True):
        name = name_of(word, low) if confidence >= SURE else None
        if name is None:
            continue
        edits += [
            Edit(start, end, name, slip_family(word, name), "autoencoder", min(confidence, 0.99),
                 f"{name} rebuilt from its broken spelling")
            for start, end in places[word]
            if is_believed(view.text, start, end, name)
        ]  # fmt: skip
    yield from sorted(edits)


def name_of(word: str, low: str) -> str | None:
    """Return the usual spelling of a name that a broken word may be; None where it is no name.

    Args:
        word: as it stands.
        low: the folded name.
    """
    if len(low) < SHORTEST:
        return None
    name = spelling_of(low)
    plain = fold(word)
    if name is None or name == word or low == plain:
        return None
    if plain[-1:].isdigit() and low[-1] not in plain[-1] + LETTERS_FOR[plain[-1]]:
        return None  # a number makes another thing, unless it stands for the letter there
    return name if OSA.normalized_similarity(plain, low) >= _KINSHIP else None
