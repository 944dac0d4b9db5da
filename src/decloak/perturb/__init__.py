"""Perturbations: seeded disguises with exact spans, for evaluation and for training.

A new one is one new file and one line here.
"""

from __future__ import annotations

from decloak.perturb.abbreviation import ABBREVIATION
from decloak.perturb.base import PERTURBATIONS, Disguised, Perturbation
from decloak.perturb.bidi import BIDI
from decloak.perturb.compose import Composed, compose
from decloak.perturb.confusable import CONFUSABLE
from decloak.perturb.defang import DEFANG
from decloak.perturb.diacritic import DIACRITIC
from decloak.perturb.document import DisguisedDocument, Marked, Planted, disguise_document
from decloak.perturb.encoding import ENCODING
from decloak.perturb.leet import LEET
from decloak.perturb.markup import MARKUP
from decloak.perturb.mix import Mix, load_mix
from decloak.perturb.percent import PERCENT
from decloak.perturb.soft_break import SOFT_BREAK
from decloak.perturb.symbol import SYMBOL
from decloak.perturb.typo import DELETE, SUBSTITUTE, SWAP
from decloak.perturb.zero_width import ZERO_WIDTH

__all__ = [
    "PERTURBATIONS",
    "Composed",
    "Disguised",
    "DisguisedDocument",
    "Marked",
    "Mix",
    "Perturbation",
    "Planted",
    "compose",
    "disguise_document",
    "load_mix",
]

for _family in (
    DEFANG,
    ZERO_WIDTH,
    BIDI,
    SOFT_BREAK,
    CONFUSABLE,
    DIACRITIC,
    MARKUP,
    PERCENT,
    ENCODING,
    LEET,
    SYMBOL,
    ABBREVIATION,
    SWAP,
    DELETE,
    SUBSTITUTE,
):
    PERTURBATIONS.add(_family)
