"""Agreement: how far two reviewers decide alike, beyond what chance would give (Cohen's kappa)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from decloak.review.items import Action, Agreement, Decision, view

__all__ = ["agreement"]


def agreement(views: Iterable[Mapping[str, Decision]], first: str, second: str) -> Agreement:
    """Return how far two reviewers agree.

    Args:
        views: for every item, what each reviewer holds of it.
        first: the name of one.
        second: that of the other.
    """
    pairs = [(by[first], by[second]) for by in views if first in by and second in by]
    if not pairs:
        return Agreement(0, 0, None)
    same = sum(view(a) == view(b) for a, b in pairs)
    kept = [(a.action is not Action.REJECT, b.action is not Action.REJECT) for a, b in pairs]
    observed = sum(a == b for a, b in kept) / len(kept)
    yes = sum(a for a, _ in kept) / len(kept), sum(b for _, b in kept) / len(kept)
    expected = yes[0] * yes[1] + (1 - yes[0]) * (1 - yes[1])
    kappa = None if expected == 1 else (observed - expected) / (1 - expected)
    return Agreement(len(pairs), same, kappa)
