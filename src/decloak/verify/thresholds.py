"""Thresholds and confidences: the numbers of the decision table, kept as data.

``data/thresholds.json`` holds the confidence each label needs; ``data/confidence.json`` the
precision of each proposer per label, measured on labelled documents by
``python -m decloak.evaluation confidence``; ``data/prior.json`` what is assumed of a proposer that
those documents do not exercise.
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

_WEIGHT = 10
"""Observations that the assumption is worth (a beta prior's strength)."""

__all__ = ["confidence_of", "threshold_alone", "threshold_of"]


@cache
def _table(name: str) -> dict[str, Any]:
    path = files("decloak.verify") / "data" / f"{name}.json"
    table: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return table


@cache
def threshold_of(label: str) -> float:
    """Return the confidence from which a well-formed candidate of this label is accepted."""
    table = _table("thresholds")
    value: float = table.get(label, table["default"])
    return value


@cache
def threshold_alone(label: str) -> float:
    """Return the confidence from which what the model alone says is accepted.

    Not below `threshold_of` the label, unless the label's confidence is known to hold where the model is alone.
    """
    table: dict[str, float] = _table("thresholds")["alone"]
    return table.get(label, max(threshold_of(label), table["default"]))


@lru_cache(1 << 13)  # origins may carry names from the text
def confidence_of(origin: str, label: str) -> float:
    """Return the measured precision of a proposer for a label, else what is assumed of it.

    The key is the origin with the label. The assumption is that of the longest known prefix of
    the origin (``pattern.domain.host``, ``pattern.domain``, ``pattern``); it counts as much as
    ten observations, so that three right ones prove nothing and three hundred prove themselves.
    """
    assumed = _assumed(origin)
    counts = _table("confidence").get(f"{origin}|{label}")
    if counts is None:
        return assumed
    right, wrong = counts["right"], counts["wrong"]
    value: float = (right + _WEIGHT * assumed) / (right + wrong + _WEIGHT)
    return round(value, 4)


def _assumed(origin: str) -> float:
    prior = _table("prior")
    key = origin
    while key:
        if key in prior:
            value: float = prior[key]
            return value
        key = key.rpartition(".")[0]
    fallback: float = prior["default"]
    return fallback
