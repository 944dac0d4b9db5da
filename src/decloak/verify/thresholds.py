"""Thresholds and confidences: the numbers of the decision table, kept as data.

``data/thresholds.json`` holds the confidence each label needs; ``data/confidence.json`` the
precision of each proposer per label, measured on labelled documents by
``python -m decloak.evaluation confidence``; ``data/prior.json`` what is assumed of a proposer that
those documents do not exercise.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["confidence_of", "threshold_of"]


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
def confidence_of(origin: str, label: str) -> float:
    """Return the measured precision of a proposer for a label, else what is assumed of it.

    The key is the origin with the label; without a measurement, shorter prefixes of the origin
    are looked up in the table of assumptions (``pattern.domain.host``, ``pattern.domain``,
    ``pattern``).
    """
    measured = _table("confidence").get(f"{origin}|{label}")
    if measured is not None:
        value: float = measured["precision"]
        return value
    prior = _table("prior")
    key = origin
    while key:
        if key in prior:
            assumed: float = prior[key]
            return assumed
        key = key.rpartition(".")[0]
    fallback: float = prior["default"]
    return fallback
