"""verify: patterns, confidence and context decide what is accepted."""

from __future__ import annotations

from decloak.verify.decide import Decision, decide
from decloak.verify.thresholds import confidence_of, threshold_of

__all__ = ["Decision", "confidence_of", "decide", "threshold_of"]
