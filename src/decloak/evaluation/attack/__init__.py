"""Attack: any extractor under every disguise, beside others, in one run."""

from __future__ import annotations

from decloak.evaluation.attack.conditions import Attacked, attacked
from decloak.evaluation.attack.measure import Cell, measure_target
from decloak.evaluation.attack.targets import open_target

__all__ = ["Attacked", "Cell", "attacked", "measure_target", "open_target"]
