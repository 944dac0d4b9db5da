"""Decision: which reading of a place is meant, if any; that it is honest is one of the hypotheses.

A conditional logit: each reading has a score, the sum of its features by fitted weights; the honest hypothesis has
the score nought. What is likely enough among all of them is proposed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from decloak.decode.channel.alternatives import Arc
from decloak.decode.channel.context import FEATURES
from decloak.decode.channel.search import Budget

__all__ = ["Weights", "chosen", "score", "weights"]


@dataclass(frozen=True, slots=True)
class Weights:
    """What was fitted: ``data/channel.json``.

    Attributes:
        costs: of every arc, for the search.
        budgets: what may be done to a name, for the search: anywhere, and where a name must stand.
        decision: weight of every feature.
        least: least probability of a reading that is proposed where a disguise shows.
        least_plain: the same where plain letters may be another name.
    """

    costs: tuple[int, ...]
    budgets: tuple[Budget, Budget]
    decision: tuple[float, ...]
    least: float
    least_plain: float


@cache
def weights() -> Weights:
    """Return the weights that come with the package."""
    text = files("decloak.decode.channel").joinpath("data/channel.json").read_text("utf-8")
    held = json.loads(text)
    return Weights(
        tuple(held["costs"][arc.name.lower()] for arc in Arc),
        (Budget(**held["budgets"]["anywhere"]), Budget(**held["budgets"]["placed"])),
        tuple(held["decision"][feature] for feature in FEATURES),
        held["least"],
        held["least_plain"],
    )


def score(features: Sequence[float], fitted: Weights) -> float:
    """Return the score of a reading."""
    return sum(a * b for a, b in zip(features, fitted.decision, strict=True))


def chosen(scores: Sequence[float]) -> tuple[int, float]:
    """Return which reading is the likeliest, and its probability beside all others and the honest one."""
    top = max(scores)
    shift = max(top, 0.0)
    total = math.exp(-shift) + sum(math.exp(each - shift) for each in scores)
    return scores.index(top), math.exp(top - shift) / total
