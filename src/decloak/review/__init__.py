"""Review: what was held back, decided by people; every decision is kept, and becomes labelled text."""

from __future__ import annotations

from decloak.review.conll import conll_lines, conll_rows
from decloak.review.items import (
    Action,
    Agreement,
    Change,
    Decision,
    Found,
    Item,
    Progress,
    UnknownItemError,
)
from decloak.review.labelled import labelled_rows
from decloak.review.store import ReviewStore
from decloak.review.suggest import Suggestion, suggestions
from decloak.review.taken import take_decision, take_labelled

__all__ = [
    "Action", "Agreement", "Change", "Decision", "Found", "Item", "Progress", "ReviewStore", "Suggestion",
    "UnknownItemError",
    "conll_lines", "conll_rows", "labelled_rows", "suggestions", "take_decision", "take_labelled",
]  # fmt: skip
