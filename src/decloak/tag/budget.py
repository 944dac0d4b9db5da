"""Budget: how much of a long document the model may read, counted in work and never in seconds.

All else that is done to a document is estimated from what it holds, and what the model does from the
pieces it reads, in one unit: nanoseconds of the machine on which the rates were measured. So the same
document is read in the same way on any machine, however busy it is. The rates are data, made by
``python -m decloak.evaluation.reading``.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from decloak.core.limits import TAGGER_MODE

__all__ = ["FLOOR", "USUAL", "Budget", "Rates", "factor_of", "rates", "tokens_of"]

FLOOR = 50_000
"""Code points up to which a document is read whatever it costs."""
USUAL = 3.0
"""What the model may cost, as a multiple of all else."""


class Rates(NamedTuple):
    """What work costs.

    Attributes:
        window, piece: of the model, for each window and for each of its pieces.
        character, token, fact, candidate, edit: of all else, for each of a document's; of tokens, each
            different one of a window.
        looking, row: of finding out what should be read, for each character and each line of a log.
        gain: by kind of stretch, what is found there for its cost, beside prose.
    """

    window: float
    piece: float
    character: float
    token: float
    fact: float
    candidate: float
    edit: float
    looking: float
    row: float
    gain: dict[str, float]


def tokens_of(shadow: bytes) -> int:
    """Return how many different tokens a window has: what the decoders look at."""
    return len(set(shadow.split()))


@cache
def rates() -> Rates:
    """Return the rates of the data file."""
    data = json.loads((files("decloak.tag") / "data" / "budget.json").read_text("utf-8"))
    return Rates(**data["cost"], gain=data["gain"])


def factor_of(mode: str) -> float:
    """Return the multiple that a mode names (``auto:10x``), else the usual one."""
    found = re.fullmatch(TAGGER_MODE, mode)
    return float(found.group(1)) if found and found.group(1) else USUAL


class Budget:
    """What may still be spent on one document.

    Args:
        factor: what the model may cost, as a multiple of all else.
        length: code points of the document.
        edits: what the decoders changed in it.

    Attributes:
        is_open: whether there is no limit.
        stretches, characters: what was not read for want of budget.
    """

    def __init__(self, factor: float, length: int, edits: int) -> None:
        self.is_open = length <= FLOOR
        self._factor = factor
        self._left = factor * rates().edit * edits
        self.stretches = self.characters = 0

    def earn(self, characters: int, tokens: int, facts: int, candidates: int) -> None:
        """Add what a window brings."""
        cost = rates()
        rest = cost.character * characters + cost.token * tokens
        rest += cost.fact * facts + cost.candidate * candidates
        self._left += self._factor * rest - cost.looking * characters

    def affords(self, windows: int, pieces: int) -> bool:
        """Whether so much may be read."""
        return self.is_open or rates().window * windows + rates().piece * pieces <= self._left

    def fold(self, rows: int) -> None:
        """Take off what it costs to fold lines of a log."""
        self._left -= rates().row * rows

    def spend(self, windows: int, pieces: int) -> None:
        """Take off what was read."""
        self._left -= rates().window * windows + rates().piece * pieces

    def leave(self, stretches: int, characters: int) -> None:
        """Count what is not read."""
        self.stretches += stretches
        self.characters += characters

    def warnings(self) -> tuple[str, ...]:
        """Say what was not read, if anything."""
        if not self.stretches:
            return ()
        said = (
            f"the tagger's model left {self.stretches:,} stretches ({self.characters:,} characters) unread: "
            f"its budget is {self._factor:g} times the rest of the work; --tagger auto:10x gives it more, "
            "--tagger always reads all"
        )
        return (said,)
