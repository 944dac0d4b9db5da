"""Abbreviation: the short forms people write for a known name."""

from __future__ import annotations

from random import Random

from decloak.perturb.base import Family, Variant
from decloak.perturb.places import NAMES
from decloak.perturb.words import ABBREVIATIONS

__all__ = ["ABBREVIATION"]


def _short(index: int) -> Variant:
    def disguise(value: str, _label: str, _rng: Random) -> str | None:
        forms = ABBREVIATIONS.get(value.lower(), ())
        return forms[index] if index < len(forms) else None

    return disguise


ABBREVIATION = Family(
    "abbreviation",
    "abbreviation",
    NAMES,
    {"first": _short(0), "second": _short(1)},
)
