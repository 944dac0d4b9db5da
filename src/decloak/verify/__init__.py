"""verify: patterns, confidence and context decide what is accepted."""

from __future__ import annotations

from decloak.verify.agree import agreed, questions
from decloak.verify.decide import Sweep, decide
from decloak.verify.decisions import Decision, Decisions
from decloak.verify.ground import Grounded
from decloak.verify.thresholds import confidence_of, threshold_of

__all__ = [
    "Decision",
    "Decisions",
    "Grounded",
    "Sweep",
    "agreed",
    "confidence_of",
    "decide",
    "questions",
    "threshold_of",
]
