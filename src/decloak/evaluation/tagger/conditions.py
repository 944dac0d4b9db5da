"""Conditions: under which disguises the systems are compared, and which of them training has seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

from decloak.perturb import Mix, load_mix

__all__ = ["CLEAN", "PRESETS", "SEEN", "UNSEEN", "Condition", "conditions"]

CLEAN, SEEN, UNSEEN, PRESETS = "clean", "seen", "unseen", "preset"


@dataclass(frozen=True, slots=True)
class Condition:
    """One way of disguising the same documents.

    Attributes:
        name: unique.
        kind: `CLEAN`; `SEEN` when training draws from it, `UNSEEN` when it is kept from training;
            `PRESETS` for the mixes named after published experiments.
        mix: what is drawn from; None for the text as it is.
    """

    name: str
    kind: str
    mix: Mix | None = None


def conditions() -> list[Condition]:
    """Return all: clean, each perturbation of the training mix alone, each reserved one, the presets."""
    training, reserved = load_mix("default"), load_mix("reserved")
    rows = [Condition("clean", CLEAN)]
    rows += [_alone(training, index, SEEN) for index in range(len(training.perturbations))]
    rows += [_alone(reserved, index, UNSEEN) for index in range(len(reserved.perturbations))]
    rows += [Condition(name, PRESETS, load_mix(name)) for name in ("experiment_1", "experiment_2")]
    return rows


def _alone(mix: Mix, index: int, kind: str) -> Condition:
    """Return the condition of one perturbation; reserved variants of a trained family say so."""
    chosen = mix.perturbations[index]
    trained = {each.name for each in load_mix("default").perturbations}
    kept_back = kind == UNSEEN and chosen.name in trained
    name = f"{chosen.name}, kept-back variants" if kept_back else chosen.name
    return Condition(name, kind, replace(mix, perturbations=(chosen,)))
