"""Families: which disguises there are, and what a reader should say of each."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from random import Random

from decloak.evaluation.heldout.codes import encoding
from decloak.evaluation.heldout.glyphs import confusable, diacritic
from decloak.evaluation.heldout.hidden import Hidden
from decloak.evaluation.heldout.marks import bidi, soft_break, zero_width
from decloak.evaluation.heldout.names import KINDS
from decloak.evaluation.heldout.spelling import delete, leet, substitute, swap, symbol
from decloak.evaluation.heldout.writing import defang, markup, percent

__all__ = ["ABBREVIATION", "FAMILIES", "OF_NAMES", "is_look_alike"]

Disguise = Callable[[Random, str, str], Hidden | None]

FAMILIES: dict[str, Disguise] = {
    "defang": defang,
    "zero_width": zero_width,
    "bidi": bidi,
    "soft_break": soft_break,
    "confusable": confusable,
    "diacritic": diacritic,
    "markup": markup,
    "percent": percent,
    "encoding": encoding,
    "leet": leet,
    "symbol": symbol,
    "swap": swap,
    "delete": delete,
    "substitute": substitute,
}
ABBREVIATION = "abbreviation"
"""The family whose disguises are listed with the names."""
_PLAIN = frozenset({"swap", "delete", "substitute"})
OF_NAMES = frozenset({"leet", "symbol", "swap", "delete", "substitute", ABBREVIATION})
"""Families that are mostly put on names."""


def is_look_alike(family: str, value: str, label: str, written: str) -> bool:
    """Whether the disguise is another domain, or may be another name: `resembles` says what is meant.

    Plain letters may be; a service, of which a table has only so many, is none.
    """
    if family in _PLAIN and label in KINDS - {"SERVICE"}:
        return True
    if label != "DOMAIN" or family not in {"confusable", "diacritic", "leet"}:
        return False
    same = unicodedata.normalize("NFKC", written).replace("。", ".")
    return same.casefold() != value.casefold()
