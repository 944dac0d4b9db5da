"""Judged: the semantic expert's second opinion where the three experts are not of one mind.

A model that reads whole lines scores each way of making a token's edits: how surely what stands there
then is part of an entity. The difference to leaving the token as it is joins the sum of the experts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from decloak.core.alignment import Edit
from decloak.decode.base import Judge, Reading
from decloak.decode.clusters import Cluster, render

__all__ = ["Alternative", "Ballot", "hear"]

Alternative = tuple[Edit, ...]
"""Edits of one token that are made together, sorted and free of overlaps."""

TEMPERATURE = 0.5
WEIGHT = 1.0
"""What the model's word weighs: from left as it is to certainly an entity, as much as one sure edit."""
CONTESTED = 0.9
"""Share of the softmax below which the best way is contested."""
_MOST = 64  # contested tokens of one text that are asked about
_WAYS = 4  # alternatives of one token that are asked about, with `leave it`
_AROUND = 120  # code points of the line on either side


@dataclass
class Ballot:
    """One token's alternatives and the experts' summed confidence in each; the first is `leave it`."""

    cluster: Cluster
    alternatives: list[Alternative]
    scores: list[float]

    def masses(self) -> list[float]:
        """Return the unnormalised softmax of the scores, the largest 1."""
        top = max(self.scores)
        return [math.exp((score - top) / TEMPERATURE) for score in self.scores]

    @property
    def is_contested(self) -> bool:
        """Whether no alternative is clearly the best."""
        return len(self.alternatives) > 1 and 1 / sum(self.masses()) < CONTESTED


def hear(text: str, ballots: Sequence[Ballot], judge: Judge) -> None:
    """Add the model's word to the scores of what is contested; asks once for all of a text."""
    asked = [ballot for ballot in ballots if ballot.is_contested][:_MOST]
    ways = [_ways(ballot) for ballot in asked]
    readings = [
        _reading(text, ballot.cluster, ballot.alternatives[way])
        for ballot, each in zip(asked, ways, strict=True)
        for way in each
    ]
    if not readings:
        return
    answers = iter(judge.score(readings))
    for ballot, each in zip(asked, ways, strict=True):
        said = [next(answers) for _ in each]
        for way, answer in zip(each, said, strict=True):
            ballot.scores[way] += WEIGHT * (answer - said[0])


def _ways(ballot: Ballot) -> list[int]:
    """Return `leave it` and the best of the others."""
    order = sorted(range(1, len(ballot.scores)), key=lambda way: (-ballot.scores[way], way))
    return [0, *order[: _WAYS - 1]]


def _reading(text: str, cluster: Cluster, made: Alternative) -> Reading:
    left, right = cluster.narrow
    core = render(text, cluster, made)
    before = text[max(cluster.start - _AROUND, 0) : cluster.start]
    behind = text[cluster.end : cluster.end + _AROUND]
    before = before[before.rfind("\n") + 1 :]
    behind = behind.partition("\n")[0]
    start = len(before) - min(len(left), len(before))
    end = len(before) + len(core) + min(len(right), len(behind))
    return Reading(before + core + behind, start, end)
