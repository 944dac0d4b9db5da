"""Mixture: how many samples of each kind to draw, from ``data/build.json`` and what there is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

__all__ = ["Quota", "build_data", "quota"]


@cache
def build_data() -> dict[str, Any]:
    """Return the settings of a build that are data."""
    text = files("decloak.corpus").joinpath("data/build.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@dataclass(frozen=True, slots=True)
class Quota:
    """Samples to draw per text there is, by source; ``report`` and ``mixed`` per set of facts.

    Attributes:
        per_text: source -> how many samples come of one text, on average.
    """

    per_text: Mapping[str, float]

    def draw(self, source: str, rng: Random) -> int:
        """Return how many samples come of the next text."""
        wanted = self.per_text.get(source, 0.0)
        return int(wanted) + (rng.random() < wanted % 1)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-serialisable form."""
        return asdict(self)


def quota(samples: int, texts: Counter[str], facts: int) -> Quota:
    """Divide the samples wanted among the sources.

    What a source cannot give, because there are too few texts of it, goes to the others.

    Args:
        samples: how many the corpus should have.
        texts: source -> texts there are.
        facts: sets of facts there are.
    """
    data = build_data()
    wanted = samples * data["surplus"]
    have = {source: texts[source] for source in data["sources"] if texts[source]}
    if facts:
        have |= {"report": facts, "mixed": facts}
    most = {source: count * data["most_views_of_one_text"] for source, count in have.items()}
    given = dict.fromkeys(have, 0.0)
    rest, open_ = wanted, set(have)
    while rest > 0.5 and open_:
        weight = sum(data["sources"][source] for source in sorted(open_))
        full = set()
        taken = 0.0
        for source in sorted(open_):
            share = min(rest * data["sources"][source] / weight, most[source] - given[source])
            given[source] += share
            taken += share
            if given[source] >= most[source] - 1e-9:
                full.add(source)
        rest -= taken
        open_ -= full
        if not full:
            break
    return Quota({source: given[source] / count for source, count in sorted(have.items())})
