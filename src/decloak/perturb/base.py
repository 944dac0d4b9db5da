"""Perturbation: the protocol of everything that puts a disguise on an entity.

The mirror image of the decoders, written from the description of each family and never from the
decoders' code: training and evaluation would otherwise only measure how well two halves of one
program agree. Everything random comes from the `random.Random` that is passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Protocol

from decloak.core.registry import Registry

__all__ = ["PERTURBATIONS", "Disguised", "Family", "Perturbation", "Variant"]


@dataclass(frozen=True, slots=True)
class Disguised:
    """One entity in disguise, with what a reader who sees through it should say.

    Attributes:
        surface: what stands in the text now; the new span covers exactly this.
        value: the canonical value to expect; None when no value is promised.
        resembles: the plain spelling that a look-alike should be said to resemble, or None.
        lead, tail: what stands directly before and after without belonging to the entity (an
            opening control character, ``rot13:``).
        margin: what must open the line on which the entity starts (``> `` of a quoted mail).
        variant: which way of doing it was chosen.
    """

    surface: str
    value: str | None
    resembles: str | None = None
    lead: str = ""
    tail: str = ""
    margin: str = ""
    variant: str = ""


class Perturbation(Protocol):
    """Put one family of disguise on a value.

    Attributes:
        name: unique.
        family: the family's name as entities carry it in ``obfuscation``.
        labels: what it applies to.
    """

    @property
    def name(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def labels(self) -> frozenset[str]: ...

    def apply(self, value: str, label: str, rng: Random) -> Disguised | None:
        """Disguise a canonical value; None when the family has no way to do it."""
        ...


Variant = Callable[[str, str, Random], Disguised | str | None]
"""One way of disguising. A plain string means: this surface, and the canonical value holds."""


@dataclass(frozen=True, slots=True)
class Family:
    """A perturbation made of named variants, of which one that can be done is drawn.

    Attributes:
        name, family, labels: see `Perturbation`.
        variants: the ways of doing it, by name.
    """

    name: str
    family: str
    labels: frozenset[str]
    variants: Mapping[str, Variant]

    def apply(self, value: str, label: str, rng: Random) -> Disguised | None:
        """Disguise with a variant drawn by `rng`; None when none can change this value."""
        if label not in self.labels:
            return None
        names = list(self.variants)
        rng.shuffle(names)
        for name in names:
            made = self.variants[name](value, label, rng)
            if isinstance(made, str):
                made = Disguised(made, value)
            if made is not None and (made.surface != value or made.lead):
                return replace(made, variant=name)
        return None


PERTURBATIONS: Registry[Perturbation] = Registry("perturbation")
