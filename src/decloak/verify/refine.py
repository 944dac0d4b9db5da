"""Refine: look at what is for review once more, with the whole document as context."""

from __future__ import annotations

from bisect import bisect_right

from decloak.core.entity import Status
from decloak.verify.claims import Claim
from decloak.verify.decisions import Decision, Decisions
from decloak.verify.fuse import ORIGIN
from decloak.verify.thresholds import threshold_of

__all__ = ["refined"]

_LIKELY = 0.5
"""Probability below which context does not help what the model found: it is more likely wrong."""


def refined(
    kept: Decisions, held: list[Decision], undone: list[tuple[int, int]], *, nested: bool
) -> tuple[list[Decision], list[Decision]]:
    """Accept what was disguised, or what the document states elsewhere with enough confidence.

    What a check refutes is never accepted. What lies inside an accepted entity is told by that entity; what
    overlaps one otherwise is rejected, and so is what the model found there.

    Args:
        kept: what is accepted, sorted; without parts of one another unless `nested`.
        held: what is not, in any order.
        undone: decoded ranges, sorted, where a defanged or hidden spelling was undone.
        nested: whether parts of an entity are entities, too.

    Returns:
        What is accepted after all, and what stays held back.
    """
    reviewed = sorted((each for each in held if each.status is Status.REVIEW), key=_order)
    wanted = {(each.claim.label, each.claim.value) for each in reviewed}
    stated = wanted.intersection((claim.label, claim.value) for claim in kept.claims)
    raised: list[Decision] = []
    unsure = [each for each in held if each.status is Status.REJECTED]
    spot = 0
    for decision in reviewed:
        start, end, claim = decision
        winner = raised[-1] if raised and raised[-1].end > start else None
        if winner is None and not nested:
            winner = _rival(kept, start, end)
        if winner is not None:
            inside = winner.start <= start and end <= winner.end
            if not inside or ORIGIN in claim.evidence:
                unsure.append(decision.beaten(winner.label))
            continue
        while spot < len(undone) and undone[spot][1] <= start:
            spot += 1
        if claim.is_refuted or (claim.evidence[0] == ORIGIN and claim.confidence < _LIKELY):
            unsure.append(decision)
        elif spot < len(undone) and undone[spot][0] < end:
            raised.append(Decision(start, end, _accepted(claim, "refined: disguised")))
        elif (claim.label, claim.value) in stated:
            raised.append(Decision(start, end, _accepted(claim, "refined: stated elsewhere")))
        else:
            unsure.append(decision)
    return raised, unsure


def _order(decision: Decision) -> tuple[int, int, str, float, tuple[str, ...]]:
    start, end, claim = decision
    return start, end, claim.label, claim.confidence, claim.evidence


def _rival(kept: Decisions, start: int, end: int) -> Decision | None:
    """Return the first accepted decision that shares a code point with a range."""
    at = bisect_right(kept.ends, start)
    return kept[at] if at < len(kept) and kept.starts[at] < end else None


def _accepted(claim: Claim, reason: str) -> Claim:
    return claim._replace(
        status=Status.ACCEPTED,
        confidence=max(claim.confidence, threshold_of(claim.label)),
        evidence=(claim.evidence[0], reason),
    )
