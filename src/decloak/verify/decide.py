"""Decide: the decision table over all candidates of a document, and who wins an overlap.

    | confidence        | pattern holds                      | fails    | no pattern           |
    | at the threshold  | accepted                           | rejected | accepted (grounded)  |
    | below             | refined: accepted, else review     | rejected | review               |

Every candidate here stands in the text at its span, so all are grounded. What the table says of a
value is in `claims`; here are the places, the overlaps and the refinement.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from decloak.core.entity import Candidate, Status
from decloak.core.facts import Facts
from decloak.verify.claims import Claim, claim_of
from decloak.verify.thresholds import confidence_of, threshold_of

__all__ = ["Decision", "decide"]

_FACT, _PROPOSED = 0, 1
_ACCEPTED, _REVIEW, _REJECTED = Status.ACCEPTED, Status.REVIEW, Status.REJECTED


class Decision(NamedTuple):
    """A claim about a place in the decoded text: half-open ``[start, end)``."""

    start: int
    end: int
    claim: Claim

    @property
    def label(self) -> str:
        """The final label."""
        return self.claim.label

    @property
    def status(self) -> Status:
        """Accepted, review or rejected."""
        return self.claim.status

    @property
    def evidence(self) -> tuple[str, ...]:
        """Who says so, and why it was held back."""
        return self.claim.evidence


_Row = tuple[int, int, int, int, str, str, str | None]
"""Start, minus end, fact or proposed, index, label, origin, value: in the order of the sweep, by
start, the longest first, facts before patterns. Indices are unique, so nothing else is compared."""


def decide(
    text: str,
    facts: Facts,
    candidates: Iterable[Candidate],
    *,
    undone: Iterable[tuple[int, int]] = (),
    nested: bool = False,
    keep_all: bool = False,
) -> tuple[list[Decision], list[str]]:
    """Decide about all candidates of a document.

    Args:
        text: the decoded text.
        facts: what the grammars found; facts with a label are candidates too.
        candidates: what the proposers found.
        undone: decoded ranges, sorted, where a defanged or hidden spelling was undone; nobody
            disguises what is not an indicator.
        nested: keep what lies inside another entity (the host of a URL).
        keep_all: return what was held back as well.

    Returns:
        The decisions sorted by (start, end), and the canonical value of every fact.
    """
    rows, values = _rows(text, facts, candidates)
    kept: list[Decision] = []
    held: list[Decision] = []
    last_start, last_end, last_rank = -1, -1, _FACT
    for start, minus_end, rank, index, label, origin, value in rows:
        end = -minus_end
        if end <= last_end and not nested:
            if start == last_start and end == last_end:
                kept[-1] = _seconded(kept[-1], label, origin)
            if rank == _FACT:
                claim = claim_of(origin, label, text[start:end] if value is None else value)
                values[index] = claim.value
            continue
        claim = claim_of(origin, label, text[start:end] if value is None else value)
        if rank == _FACT:
            values[index] = claim.value
        if claim.status is not _ACCEPTED:
            held.append(Decision(start, end, claim))
            continue
        if start < last_end < end:  # it begins inside the last one and ends outside
            if rank >= last_rank:
                reason = f"overlaps a {kept[-1].label}"
                held.append(Decision(start, end, claim.held(_REJECTED, reason)))
                continue
            loser = kept.pop()
            reason = f"overlaps a {claim.label}"
            held.append(loser._replace(claim=loser.claim.held(_REJECTED, reason)))
        kept.append(Decision(start, end, claim))
        if end > last_end:
            last_start, last_end, last_rank = start, end, rank
    if held:
        kept, held = _refined(kept, held, list(undone))
    if keep_all:
        kept = sorted(kept + held, key=_by_place)
    return kept, values


def _by_place(decision: Decision) -> tuple[int, int, str]:
    return decision.start, decision.end, decision.claim.label


def _rows(text: str, facts: Facts, candidates: Iterable[Candidate]) -> tuple[list[_Row], list[str]]:
    values = [
        text[start:end] if value is None else value for start, end, _, _, _, _, value in facts.items
    ]
    rows: list[_Row] = [
        (start, -end, _FACT, index, label, origin, value)
        for index, (start, end, _, _, label, origin, value) in enumerate(facts.items)
        if label
    ]
    rows += [
        (start, -end, _PROPOSED, index, label, origin, value)
        for index, (start, end, label, origin, value) in enumerate(candidates)
    ]
    rows.sort()
    return rows, values


def _seconded(decision: Decision, label: str, origin: str) -> Decision:
    """Add what a second proposer says about the span that was just accepted."""
    claim = decision.claim
    if label != claim.label or origin in claim.evidence:
        return decision
    confidence = max(claim.confidence, confidence_of(origin, label))
    evidence = (*claim.evidence, origin)
    return decision._replace(claim=claim._replace(confidence=confidence, evidence=evidence))


def _refined(
    kept: list[Decision], held: list[Decision], undone: list[tuple[int, int]]
) -> tuple[list[Decision], list[Decision]]:
    """Look at what is for review once more, with the document as context.

    A value that was disguised, or that the document states elsewhere with enough confidence,
    is accepted. What lies inside an accepted entity is told by that entity.
    """
    stated = {(decision.claim.label, decision.claim.value) for decision in kept}
    raised: list[Decision] = []
    unsure = [decision for decision in held if decision.status is _REJECTED]
    at = spot = 0
    for decision in sorted(each for each in held if each.status is _REVIEW):
        start, end, claim = decision
        while at < len(kept) and kept[at].end <= start:
            at += 1
        if (at < len(kept) and kept[at].start < end) or (raised and raised[-1].end > start):
            continue
        while spot < len(undone) and undone[spot][1] <= start:
            spot += 1
        if spot < len(undone) and undone[spot][0] < end:
            raised.append(Decision(start, end, _accepted(claim, "refined: disguised")))
        elif (claim.label, claim.value) in stated:
            raised.append(Decision(start, end, _accepted(claim, "refined: stated elsewhere")))
        else:
            unsure.append(decision)
    if raised:
        kept = sorted(kept + raised, key=_by_place)
    return kept, unsure


def _accepted(claim: Claim, reason: str) -> Claim:
    return claim._replace(
        status=_ACCEPTED,
        confidence=max(claim.confidence, threshold_of(claim.label)),
        evidence=(claim.evidence[0], reason),
    )
