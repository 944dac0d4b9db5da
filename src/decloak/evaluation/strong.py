"""Strong: disguises of spelling that go beyond one slip, where a model has something to do.

The published claims are about names in which symbols were put at random and letters changed about,
one over the other; the registered families touch about every eighth character, one family at a time.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from decloak.perturb.base import Disguised, Family, Variant
from decloak.perturb.leet import LEET
from decloak.perturb.places import NAMES
from decloak.perturb.symbol import SYMBOL
from decloak.perturb.typo import typo_families

__all__ = ["strong_families"]

_STRENGTHS = (0.2, 0.3)


def strong_families() -> tuple[Family, ...]:
    """Return swap, delete and substitute at 20 and 30 % of a name's characters, and pairs of families."""
    made = []
    for share in _STRENGTHS:
        for family in typo_families(share):
            named = f"{family.name} {round(100 * share)} %"
            made.append(replace(family, name=named, labels=family.labels & NAMES))
    swap, delete, substitute = typo_families()
    signs = _only(SYMBOL, "signs", "repeated")
    digits = _only(LEET, "name", "name_signs")
    pairs = ((swap, signs), (substitute, signs), (digits, delete), (swap, digits))
    return (*made, *(_both(inner, outer) for inner, outer in pairs))


def _only(family: Family, *names: str) -> Family:
    return replace(family, variants={name: family.variants[name] for name in names})


def _both(inner: Family, outer: Family) -> Family:
    """Return one family over another, on names."""

    def disguise(value: str, label: str, rng: Random) -> Disguised | None:
        first = inner.apply(value, label, rng)
        second = outer.apply(first.surface, label, rng) if first else None
        if first is None or second is None:
            return None
        if first.resembles is None and second.resembles is None:
            return Disguised(second.surface, value)
        # What shows may be undone with what does not, or leave a name that resembles the known one.
        return Disguised(second.surface, None, resembles=value)

    variants: dict[str, Variant] = {"both": disguise}
    return Family(f"{inner.name} + {outer.name}", inner.family, NAMES, variants)
