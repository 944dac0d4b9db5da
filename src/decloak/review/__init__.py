"""Review: what was held back, decided by people; every decision is kept, and becomes labelled text."""

from __future__ import annotations

from decloak.review.items import Action, Agreement, Change, Decision, Item
from decloak.review.labelled import labelled_rows
from decloak.review.store import ReviewStore

__all__ = ["Action", "Agreement", "Change", "Decision", "Item", "ReviewStore", "labelled_rows"]
