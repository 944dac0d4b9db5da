"""Realign: every token is compared with canonical forms, and blended towards what it matches.

The published design projects subwords into a latent space, compares them with a dictionary of
canonical embeddings, and on a mismatch blends the canonical vector in, weighted by confidence.
Without a model the space is that of spellings, the dictionary the vocabulary and the forms of
indicators, and the blend decides between what stands there and the canonical form. With a model,
what is left is compared and blended in its latent space (`decode/blended.py`).
"""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Models, Proposals
from decloak.decode.blended import blended_edits
from decloak.decode.clusters import Cluster, clusters, greedy, render
from decloak.decode.consensus import merged, sure_edits
from decloak.decode.sense import LONGEST, gains

__all__ = ["realign"]

_BLEND = 0.5  # weight of the canonical form from which on it is taken


def realign(view: View, proposals: Proposals, models: Models) -> list[Edit]:
    """Choose edits: those that lead a token to a canonical form it is close enough to."""
    chosen: list[Edit] = []
    for cluster in clusters(view.text, merged(proposals)):
        chosen += _blend(view.text, cluster)
    if models.words is None:
        return chosen
    return list(greedy((*chosen, *blended_edits(view, models.words))))


def _blend(text: str, cluster: Cluster) -> tuple[Edit, ...]:
    sure = sure_edits(cluster.edits)
    by_confidence = sorted(cluster.edits, key=lambda edit: -edit.confidence)
    made = greedy((*sure, *by_confidence))
    if made == sure:
        return sure
    left, right = cluster.narrow
    before = left + render(text, cluster, sure) + right
    after = left + render(text, cluster, made) + right
    if not gains(before, after):
        return sure
    confidence = sum(edit.confidence for edit in made) / len(made)
    kinship = Levenshtein.normalized_similarity(before[:LONGEST], after[:LONGEST])
    # Far spellings can still be one token (&period; for a dot): confidence makes up for distance.
    return made if confidence + (1 - confidence) * kinship >= _BLEND else sure
