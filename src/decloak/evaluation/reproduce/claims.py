"""Claims: what was published, held against what was measured."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from decloak.evaluation.reproduce.outcome import Measure, Outcome

__all__ = ["VERDICTS", "Claim", "Judged", "claims", "judge"]

REPRODUCED, DIRECTION, TIE, REFUTED = "reproduced", "direction only", "tie", "refuted"
FEW = "too few to say"
NOT_RUN, UNTESTABLE = "not run under this budget", "not testable here"
_FEWEST = 12
VERDICTS = (REPRODUCED, DIRECTION, TIE, REFUTED, FEW, NOT_RUN, UNTESTABLE)


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim.

    Attributes:
        id: unique.
        claim, paper: in words, and the published figure.
        item, measure: which figure of ours it is held against; empty where none can be.
        expects: ``more`` than zero; ``least`` or ``most`` the bound.
        bound: of ``least`` and ``most``.
        size: the published size of a difference, or None.
        unit: of the figure.
        remark: what was measured.
        why: nothing can be measured.
        before: what an earlier measurement by other means says, shown where this one was not run.
    """

    id: str
    claim: str
    paper: str
    item: str = ""
    measure: str = ""
    expects: str = "more"
    bound: float = 0.0
    size: float | None = None
    unit: str = ""
    remark: str = ""
    why: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim with its verdict.

    Attributes:
        claim: as published.
        verdict: one of `VERDICTS`.
        ours: what was measured, or None.
        why: in words, where nothing was.
        command: that would measure it, or "".
    """

    claim: Claim
    verdict: str
    ours: Measure | None = None
    why: str = ""
    command: str = ""


@cache
def claims() -> tuple[Claim, ...]:
    """Return all claims, in the order of the page."""
    path = Path(__file__).with_name("data") / "claims.toml"
    return tuple(Claim(**each) for each in tomllib.loads(path.read_text("utf-8"))["claim"])


def judge(claim: Claim, records: Mapping[str, Outcome]) -> Judged:
    """Hold one claim against the records.

    *Reproduced*: the whole interval is on the claimed side (and reaches the published size, where there
    is one); *direction only*: it is, and ends below that size; *tie*: the interval has both sides;
    *refuted*: the whole interval is on the other side; *too few to say*: it was drawn from less than a dozen
    documents, which no bootstrap makes up for.
    """
    if claim.why:
        return Judged(claim, UNTESTABLE, why=claim.why)
    made = records.get(claim.item)
    if made is None:
        return Judged(
            claim, NOT_RUN, why="this item was not run", command=f"decloak reproduce {claim.item}"
        )
    ours = made.measures.get(claim.measure)
    if ours is None:
        missing = made.missing[0] if made.missing else None
        why = missing.why if missing else "there were no texts for it"
        return Judged(claim, NOT_RUN, why=why, command=missing.command if missing else "")
    return Judged(claim, _verdict(claim, ours), ours)


def _verdict(claim: Claim, ours: Measure) -> str:
    if 0 < ours.drawn < _FEWEST:
        return FEW
    sign = -1 if claim.expects == "most" else 1
    bound = 0.0 if claim.expects == "more" else claim.bound
    low, high = sorted((sign * (ours.low - bound), sign * (ours.high - bound)))
    holds = low > 0 if claim.expects == "more" else low >= 0
    if holds:
        small = claim.size is not None and ours.high < claim.size
        return DIRECTION if small else REPRODUCED
    return REFUTED if high < 0 else TIE
