"""Mix: which disguises are put on a text, how often and how strongly, as data.

``data/mix.json`` holds the mix that training draws from and what is kept back from it. What is
reserved (whole families, single variants, combinations) is never seen in training, so that an
evaluation on it measures attacks nobody prepared for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from decloak.core.errors import SettingsError
from decloak.perturb.base import PERTURBATIONS, Family, Perturbation
from decloak.perturb.compose import compose
from decloak.perturb.document import DisguisedDocument, Marked, disguise_document
from decloak.perturb.typo import typo_families

__all__ = ["Mix", "load_mix"]


@dataclass(frozen=True, slots=True)
class Mix:
    """A weighted set of perturbations.

    Attributes:
        name: ``default``, a preset's name, or ``reserved``.
        perturbations: what is drawn from.
        weights: by the perturbation's name; those that it lacks weigh 1.
        share: part of a document's entities that is disguised, in [0, 1].
    """

    name: str
    perturbations: tuple[Perturbation, ...]
    weights: Mapping[str, float]
    share: float

    def disguise(
        self, text: str, spans: Sequence[Marked], rng: Random, *, share: float | None = None
    ) -> DisguisedDocument:
        """Disguise part of a document's entities; see `disguise_document`."""
        part = self.share if share is None else share
        return disguise_document(
            text, spans, self.perturbations, rng, share=part, weights=self.weights
        )


@cache
def _data() -> dict[str, Any]:
    text = files("decloak.perturb").joinpath("data/mix.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def load_mix(name: str = "default", strength: float | None = None) -> Mix:
    """Return a mix by name.

    Args:
        name: ``default`` (all that training may see), ``reserved`` (only what it may not), or a
            preset: ``experiment_1`` (substitution and deletion of 12 % of an entity's characters),
            ``experiment_2`` (symbols and obfuscated tokens).
        strength: part of an entity's characters that slips change, in (0, 1]; None for the usual one.

    Raises:
        SettingsError: when there is no mix of that name.
    """
    data = _data() if strength is None else _data() | {"strength": strength}
    if name == "reserved":
        return _reserved(data)
    if name != "default" and name not in data["presets"]:
        known = ", ".join(("default", "reserved", *data["presets"]))
        message = f"no mix named {name!r}; known: {known}"
        raise SettingsError(message)
    chosen = data | data["presets"].get(name, {})
    weights: dict[str, float] = dict(chosen["weights"])
    single = [_open(family, data) for family in weights]
    pairs: list[Perturbation] = (
        [_composed(pair, data) for pair in chosen["compositions"]] if chosen["composed"] else []
    )
    # All compositions together are drawn as often as `composed` says.
    total = sum(weights.values())
    each = total * chosen["composed"] / (1 - chosen["composed"]) / len(pairs) if pairs else 0.0
    weights |= {pair.name: each for pair in pairs}
    return Mix(name, (*single, *pairs), weights, chosen["share"])


def _reserved(data: Mapping[str, Any]) -> Mix:
    kept = data["reserved"]
    made: list[Perturbation] = [_strong(name, data) for name in kept["families"]]
    made += [_only(_strong(name, data), kept["variants"][name]) for name in kept["variants"]]
    made += [
        compose(_strong(inner, data), _strong(outer, data)) for inner, outer in kept["compositions"]
    ]
    return Mix("reserved", tuple(made), {}, data["share"])


def _strong(name: str, data: Mapping[str, Any]) -> Family:
    """Return a family at the strength that the data asks for."""
    for family in typo_families(data["strength"]):
        if family.name == name:
            return family
    registered = PERTURBATIONS.get(name)
    if not isinstance(registered, Family):
        message = f"{name!r} has no variants to choose from"
        raise SettingsError(message)
    return registered


def _open(name: str, data: Mapping[str, Any]) -> Family:
    """Return a family without its reserved variants."""
    family = _strong(name, data)
    kept = data["reserved"]["variants"].get(name, ())
    return _only(family, [variant for variant in family.variants if variant not in kept])


def _only(family: Family, names: Iterable[str]) -> Family:
    return Family(
        family.name, family.family, family.labels, {name: family.variants[name] for name in names}
    )


def _composed(pair: Sequence[str], data: Mapping[str, Any]) -> Perturbation:
    inner, outer = pair
    return compose(_open(inner, data), _open(outer, data))
