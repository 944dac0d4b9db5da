"""Conditions: the two published experiments at several strengths, and the disguises kept from training."""

from __future__ import annotations

from dataclasses import dataclass

from decloak.evaluation.tagger.conditions import PRESETS, UNSEEN, Condition
from decloak.perturb import load_mix

__all__ = ["STRENGTHS", "Strength", "unseen", "ways"]

STRENGTHS = (0.05, 0.12, 0.20, 0.30)
PUBLISHED = 0.12


@dataclass(frozen=True, slots=True)
class Strength:
    """One way of disguising, at one strength.

    Attributes:
        condition: what is done.
        strength: part of an entity's characters (experiment 1), or of the entities (experiment 2).
        share: part of the entities that is disguised.
    """

    condition: Condition
    strength: float
    share: float


def ways(experiment: int) -> list[Strength]:
    """Return the ways of a published experiment, from weak to strong.

    Experiment 1 changes so many of the characters of every entity; experiment 2 disguises so many of
    the entities, each whole, and at last all of them.
    """
    if experiment == 1:
        return [
            Strength(
                Condition(
                    f"{_percent(part)} of characters", PRESETS, load_mix("experiment_1", part)
                ),
                part,
                1.0,
            )
            for part in STRENGTHS
        ]
    mix = load_mix("experiment_2")
    return [
        Strength(Condition(f"{_percent(part)} of entities", PRESETS, mix), part, part)
        for part in (*STRENGTHS, 1.0)
    ]


def unseen() -> Strength:
    """Return the disguises that training never draws, on all entities."""
    return Strength(Condition("kept from training", UNSEEN, load_mix("reserved")), 1.0, 1.0)


def _percent(part: float) -> str:
    return f"{100 * part:.0f} %"
