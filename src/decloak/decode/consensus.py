"""Consensus: three expert sub-decoders fused by a softmax over their confidence.

The symbol and the typographic experts propose edits; the semantic expert says what each way of
making them would turn the token into. Per token the alternatives (leave it, make everything, follow
one decoder) get the summed confidence of the experts, and the most probable is made. With models, the
typographic expert proposes what the autoencoder's latent space says (`decode/blended.py`), and where
the experts are not of one mind a model of whole lines is heard as well (`decode/judged.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Models, Proposals
from decloak.decode.blended import blended_edits
from decloak.decode.clusters import Cluster, clusters, greedy, render
from decloak.decode.judged import Alternative, Ballot, hear
from decloak.decode.sense import INDICATOR, NAME, sense

__all__ = ["SURE", "consensus", "merged", "sure_edits"]

SURE = 0.999
"""From this confidence on an edit needs no second opinion, unless another edit contests it."""

_SEMANTIC_WEIGHT = 3.0  # what a token becomes weighs as much as three symbol edits
_HARM = 4.0  # what it costs to change a token that reads well already


def sure_edits(edits: Sequence[Edit]) -> Alternative:
    """Return the edits beyond doubt, free of overlaps.

    One that writes something is in doubt where another edit, made by anyone, claims some of its
    characters; one that only takes out what shows nothing, or reads as displayed, never is.

    Args:
        edits: sorted by start.
    """
    sure: list[Edit] = []
    first = end = 0
    for index, edit in enumerate(edits):
        if edit.start >= end:
            sure += _undoubted(edits[first:index])
            first = index
        end = max(end, edit.end)
    return greedy((*sure, *_undoubted(edits[first:])))


def _undoubted(group: Sequence[Edit]) -> Iterator[Edit]:
    for edit in group:
        shows_nothing = edit.replacement == "" or edit.reversed
        if edit.confidence >= SURE and (shows_nothing or len(group) == 1):
            yield edit


def merged(proposals: Proposals) -> list[Edit]:
    """Return all edits of all decoders, sorted by range, the more confident first."""
    return _in_order(edit for _, made in proposals for edit in made)


def _in_order(edits: Iterable[Edit]) -> list[Edit]:
    return sorted(edits, key=lambda edit: (edit.start, edit.end, -edit.confidence))


def consensus(view: View, proposals: Proposals, models: Models) -> list[Edit]:
    """Choose among the proposed edits; the result is sorted and free of overlaps.

    Each edit's confidence becomes the softmax mass of the alternatives that contain it.
    """
    edits = merged(proposals)
    if models.words is not None:
        edits = _in_order((*edits, *blended_edits(view, models.words)))
    if all(edit.confidence >= SURE for edit in edits) and not _overlap(edits):
        return edits
    chosen: list[Edit] = []
    if models.judge is None:
        for cluster in clusters(view.text, edits):
            chosen += _decide(_ballot(view.text, cluster))
        return chosen
    ballots = [_ballot(view.text, cluster) for cluster in clusters(view.text, edits)]
    hear(view.text, ballots, models.judge)
    for ballot in ballots:
        chosen += _decide(ballot)
    return chosen


def _overlap(edits: Sequence[Edit]) -> bool:
    return any(one.end > other.start for one, other in pairwise(edits))


def _ballot(text: str, cluster: Cluster) -> Ballot:
    edits = cluster.edits
    sure = sure_edits(edits)
    if len(sure) == len(edits):
        return Ballot(cluster, [sure], [0.0])
    alternatives = list(dict.fromkeys((sure, *_alternatives(edits, sure))))
    return Ballot(cluster, alternatives, _scores(text, cluster, alternatives))


def _decide(ballot: Ballot) -> Sequence[Edit]:
    alternatives = ballot.alternatives
    sure = alternatives[0]
    if len(alternatives) == 1:
        return sure
    masses = ballot.masses()
    total = sum(masses)
    best = alternatives[masses.index(max(masses))]
    mass_of: dict[Edit, float] = {}
    for made, mass in zip(alternatives, masses, strict=True):
        for edit in made:
            mass_of[edit] = mass_of.get(edit, 0.0) + mass
    beyond_doubt = frozenset(sure)
    return [
        edit if edit in beyond_doubt else replace(edit, confidence=min(mass_of[edit] / total, 1.0))
        for edit in best
    ]


def _alternatives(edits: Sequence[Edit], sure: Alternative) -> Iterator[Alternative]:
    """Yield the ways in which a token's edits can be made together, the fullest first."""
    by_confidence = sorted(edits, key=lambda edit: (-edit.confidence, -edit.end + edit.start))
    yield greedy((*sure, *by_confidence))
    yield greedy((*sure, *(edit for edit in by_confidence if edit.confidence >= 0.5)))
    decoders = list(dict.fromkeys(edit.decoder for edit in edits))
    if len(decoders) == 1:
        return
    for decoder in decoders:
        own = [edit for edit in by_confidence if edit.decoder == decoder]
        yield greedy((*sure, *own))
        yield greedy((*sure, *own, *by_confidence))


def _scores(text: str, cluster: Cluster, alternatives: list[Alternative]) -> list[float]:
    """Return the summed confidence of the experts in each alternative; the first is `leave it`."""
    support: dict[tuple[int, int, str], float] = {}
    for edit in cluster.edits:
        key = (edit.start, edit.end, edit.replacement)
        support[key] = support.get(key, 0.0) + 2 * edit.confidence - 1
    before = _reads(text, cluster, alternatives[0])
    scores = [0.0]
    sure = frozenset(alternatives[0])
    for made in alternatives[1:]:
        score = sum(
            support[edit.start, edit.end, edit.replacement] for edit in made if edit not in sure
        )
        after = _reads(text, cluster, made)
        score += _SEMANTIC_WEIGHT * (after - before)
        if before >= NAME and (before == INDICATOR or after < before):
            score -= _HARM * len(made)
        scores.append(score)
    return scores


def _reads(text: str, cluster: Cluster, made: Alternative) -> float:
    """Return how well the token reads, with the wider or the narrower text around it."""
    core = render(text, cluster, made)
    wide = sense(cluster.wide[0] + core + cluster.wide[1])
    if wide == INDICATOR or cluster.wide == cluster.narrow:
        return wide
    return max(wide, sense(cluster.narrow[0] + core + cluster.narrow[1]))
