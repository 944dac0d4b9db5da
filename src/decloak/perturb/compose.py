"""Compose: one disguise over another.

The inner family respells the value; the outer one must keep every character and only add to them,
so that what the inner one promises still holds. Families that read the value's own grammar (where
the host of a URL ends, which digits an address has) can therefore only be inner.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from decloak.core.errors import SettingsError
from decloak.perturb.base import Disguised, Family, Perturbation

__all__ = ["OUTER", "Composed", "compose"]

OUTER = frozenset({"zero_width", "bidi", "markup", "soft_break"})
"""Families that can go over any text."""

_BREAKS_LINES = frozenset({"hyphenated", "wrapped", "wrapped_before", "indented", "mail_quote",
                          "quoted_printable"})  # fmt: skip
_OCTETS = "escape_"
"""Variants of `markup` that write a character as a number of fixed width: ASCII only."""


@dataclass(frozen=True, slots=True)
class Composed:
    """Two perturbations, one over the other.

    Attributes:
        inner: what respells the value.
        outer: what goes over it; one of `OUTER`.
    """

    inner: Perturbation
    outer: Family

    @property
    def name(self) -> str:
        """Both names, the inner one first."""
        return f"{self.inner.name}+{self.outer.name}"

    @property
    def family(self) -> str:
        """Both families, the inner one first."""
        return f"{self.inner.family}+{self.outer.family}"

    @property
    def labels(self) -> frozenset[str]:
        """What both apply to."""
        return self.inner.labels & self.outer.labels

    def apply(self, value: str, label: str, rng: Random) -> Disguised | None:
        """Disguise twice; None when either cannot, or when the outer one would change the meaning."""
        if label not in self.labels:
            return None
        first = self.inner.apply(value, label, rng)
        if first is None or "\n" in first.surface:
            return None
        outer = self.outer if first.surface.isascii() else _any_script(self.outer)
        second = outer.apply(first.surface, label, rng)
        if second is None or second.value != first.surface:
            return None
        return Disguised(
            second.surface,
            first.value,
            first.resembles,
            first.lead + second.lead,
            second.tail + first.tail,
            first.margin or second.margin,
            f"{first.variant}+{second.variant}",
        )


def compose(inner: Perturbation, outer: Perturbation) -> Composed:
    """Put `outer` over `inner`.

    Raises:
        SettingsError: when `outer` reads the value's grammar and so cannot go over a disguise.
    """
    if outer.name not in OUTER or not isinstance(outer, Family):
        message = f"{outer.name!r} cannot go over another disguise; these can: {sorted(OUTER)}"
        raise SettingsError(message)
    kept = {name: way for name, way in outer.variants.items() if name not in _BREAKS_LINES}
    return Composed(inner, Family(outer.name, outer.family, outer.labels, kept))


def _any_script(outer: Family) -> Family:
    kept = {name: way for name, way in outer.variants.items() if not name.startswith(_OCTETS)}
    return Family(outer.name, outer.family, outer.labels, kept)
