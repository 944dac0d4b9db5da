"""Scorecard: what systems get right and wrong in labelled files, in tables and as a page of errors."""

from __future__ import annotations

from decloak.evaluation.scorecard.card import Card, measured
from decloak.evaluation.scorecard.gold import GoldSet, Predictions, load_gold, load_predictions
from decloak.evaluation.scorecard.tables import all_tables

__all__ = [
    "Card", "GoldSet", "Predictions", "all_tables", "load_gold", "load_predictions", "measured",
]  # fmt: skip
