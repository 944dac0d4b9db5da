"""Denoise words: what the denoiser learns from: words as they are broken, and as they should be.

Four words of five belong to names that are known, the others are ordinary ones, so that an honest word
comes back as it went in. One name in ten is kept back, by a hash of its spelling, to see what becomes of
names that were never trained on.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random

from decloak.core.errors import SettingsError
from decloak.decode.characters import LONGEST, fold
from decloak.decode.vocabulary import name_words
from decloak.kb.words import common_words, is_word, ordinary_words
from decloak.perturb.base import Perturbation
from decloak.perturb.mix import load_mix
from decloak.perturb.typo import typo_families

__all__ = ["Pair", "Source", "broken", "is_kept_back", "source"]

Pair = tuple[str, str]
"""A folded word as it is broken, and as it should be."""

_SPELLING = ("leet", "symbol", "confusable", "diacritic")
_STRENGTHS = (0.12, 0.2, 0.3, 0.4)
_NAMES, _CLEAN_NAMES, _CLEAN_WORDS, _COMMON = 0.8, 0.1, 0.5, 0.3
_LABEL = "SOFTWARE"  # stands for every label whose values come from a vocabulary
_SHORTEST = 3


@dataclass(frozen=True)
class Source:
    """What is drawn from.

    Attributes:
        names: words of names that may be trained on, folded.
        kept_back: those that may not.
        words: ordinary words.
        common: the commonest of them.
        families: perturbations that break spelling, and how often each is drawn.
    """

    names: Sequence[str]
    kept_back: Sequence[str]
    words: Sequence[str]
    common: Sequence[str]
    families: Sequence[Perturbation]
    weights: Sequence[float]

    def draw(self, rng: Random) -> Pair:
        """Return one pair; the same random state, the same pair."""
        if rng.random() < _NAMES:
            word, clean = rng.choice(self.names), _CLEAN_NAMES
        else:
            word = rng.choice(self.common if rng.random() < _COMMON else self.words)
            clean = _CLEAN_WORDS
        if rng.random() < clean:
            return word, word
        return broken(word, self, rng), word


def is_kept_back(word: str) -> bool:
    """Whether a word is kept out of training: one in ten, by its spelling alone."""
    return sha256(fold(word).encode()).digest()[0] % 10 == 0


def source() -> Source:
    """Return names and ordinary words of this installation, with the families that training may see."""
    names = sorted({fold(word) for word in name_words() if _SHORTEST <= len(word) <= LONGEST})
    kept = [name for name in names if is_kept_back(name) and not is_word(name)]
    allowed = {family.name: family for family in load_mix().perturbations}
    families = [allowed[name] for name in _SPELLING] + [
        family for strength in _STRENGTHS for family in typo_families(strength)
    ]
    weights = [2.0, 2.0, 0.5, 0.5] + [1.0] * (len(families) - len(_SPELLING))
    hidden = frozenset(kept)
    words = [word for word in ordinary_words() if _SHORTEST <= len(word) <= LONGEST]
    if not names or not words:
        message = "there are no words to train on"
        raise SettingsError(message)
    common = [word for word in sorted(common_words()) if len(word) >= _SHORTEST]
    return Source(
        [name for name in names if name not in hidden],
        kept,
        [word for word in words if word not in hidden],
        common,
        families,
        weights,
    )


def broken(word: str, given: Source, rng: Random) -> str:
    """Return a word with one to three disguises of its spelling, folded; one at least tries."""
    surface = word
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
        if rng.random() < 0.2:
            surface = _inserted(surface, rng)
            continue
        family = rng.choices(given.families, given.weights)[0]
        made = family.apply(surface, _LABEL, rng)
        if (
            made is not None
            and len(made.surface) <= LONGEST
            and made.surface.split() == [made.surface]
        ):
            surface = made.surface
    return fold(surface) or word


def _inserted(word: str, rng: Random) -> str:
    """Put a letter or a sign in, which no family of `perturb` does."""
    place = rng.randint(0, len(word))
    return word[:place] + rng.choice(string.ascii_lowercase + "*~^|_#.-") + word[place:]
