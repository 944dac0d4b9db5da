"""Agree: second opinions raise confidence, and may add. They never take anything away.

An opinion has the confidence of its origin times its own weight. Opinions of different origins, and
the proposer's own confidence, are put together as if each erred on its own:

    confidence = 1 - (1 - c) * (1 - w1 c1) * (1 - w2 c2) * ...        at most 0.99

What was accepted stays accepted. What was below its threshold is accepted where the sum reaches it.
What nobody proposed before goes through the decision table like any other candidate, except that
it gives way to everything that was accepted without it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from decloak.core.entity import Status, Voice
from decloak.verify.claims import Claim, claim_of
from decloak.verify.decisions import Decision, Decisions
from decloak.verify.thresholds import confidence_of, threshold_of

__all__ = ["agreed", "questions"]

_MOST = 0.99

Opinions = dict[str, float]
"""Confidence by origin."""


def agreed(text: str, decisions: Decisions, voices: Iterable[Voice]) -> Decisions:
    """Return the decisions with second opinions taken into account.

    Args:
        text: the decoded text.
        decisions: what was decided without them, what was held back included.
        voices: the opinions, in any order.
    """
    opinions = _gathered(voices)
    if not opinions:
        return decisions
    heard: list[Decision] = []
    for decision in decisions:
        said = opinions.pop((decision.start, decision.end, decision.label), None)
        if said is None or decision.status is Status.REJECTED:
            heard.append(decision)
        else:
            heard.append(decision._replace(claim=_raised(decision.claim, said)))
    decided = {(each.start, each.end, each.label) for each in heard}
    taken = _Taken(each for each in heard if each.status is Status.ACCEPTED)
    new = [_new(text, place, said) for place, said in opinions.items()]
    # The surest first, then the longest: who is accepted first keeps its place.
    new.sort(key=lambda each: (-each.claim.confidence, each.start - each.end, each.start))
    for decision in new:
        if (decision.start, decision.end, decision.label) in decided:
            continue  # under its final label it was decided about before
        rival = taken.rival(decision)
        if rival is not None and decision.status is not Status.REJECTED:
            heard.append(decision.beaten(rival.label))
            continue
        if decision.status is Status.ACCEPTED:
            taken.add(decision)
        heard.append(decision)
    return Decisions.of(heard)


def questions(decisions: Iterable[Decision]) -> list[tuple[int, int, str]]:
    """Return start, end and label of what is for review: well formed, but not sure enough."""
    return [
        (each.start, each.end, each.label)
        for each in decisions
        if each.status is Status.REVIEW and not each.claim.is_refuted
    ]


def _gathered(voices: Iterable[Voice]) -> dict[tuple[int, int, str], Opinions]:
    opinions: dict[tuple[int, int, str], Opinions] = {}
    for start, end, label, origin, weight in voices:
        said = opinions.setdefault((start, end, label), {})
        said[origin] = max(said.get(origin, 0.0), weight * confidence_of(origin, label))
    return opinions


def _together(confidence: float, said: Opinions) -> float:
    doubt = 1 - confidence
    for each in said.values():
        doubt *= 1 - each
    return max(confidence, min(_MOST, round(1 - doubt, 4)))


def _raised(claim: Claim, said: Opinions) -> Claim:
    confidence = _together(claim.confidence, said)
    evidence = (*claim.evidence, *(origin for origin in said if origin not in claim.evidence))
    if claim.is_refuted:
        return claim
    if claim.status is Status.REVIEW and confidence >= threshold_of(claim.label):
        reason = "refined: second opinions agree"
        evidence = (claim.evidence[0], *said, reason)
        return claim._replace(status=Status.ACCEPTED, confidence=confidence, evidence=evidence)
    if claim.status is Status.REVIEW:  # the reason stays last
        evidence = (*claim.evidence[:-1], *said, claim.evidence[-1])
    return claim._replace(confidence=confidence, evidence=evidence)


def _new(text: str, place: tuple[int, int, str], said: Opinions) -> Decision:
    start, end, label = place
    ordered = sorted(said, key=lambda origin: (-said[origin], origin))
    claim = claim_of(ordered[0], label, text[start:end])
    if claim.status is Status.REJECTED or claim.is_refuted:
        return Decision(start, end, claim)
    confidence = _together(0.0, said)
    threshold = threshold_of(claim.label)
    status, evidence = Status.ACCEPTED, tuple(ordered)
    if confidence < threshold:
        status = Status.REVIEW
        evidence += (f"confidence {confidence:.2f} is below {threshold:.2f}",)
    return Decision(
        start, end, claim._replace(status=status, confidence=confidence, evidence=evidence)
    )


class _Taken:
    """The places of accepted decisions. Those of the start may lie inside each other."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self._sorted = sorted(decisions, key=lambda each: (each.start, each.end))
        self._starts = [each.start for each in self._sorted]
        self._reach: list[Decision] = []  # of all decisions up to here, the one that ends last
        for each in self._sorted:
            last = self._reach[-1] if self._reach else each
            self._reach.append(each if each.end >= last.end else last)
        self._added: list[Decision] = []  # sorted; these overlap nothing

    def add(self, decision: Decision) -> None:
        """Take a place that has no rival."""
        insort(self._added, decision, key=_start)

    def rival(self, decision: Decision) -> Decision | None:
        """Return an accepted decision that shares a code point with this one, or None."""
        index = bisect_left(self._starts, decision.end) - 1
        if index >= 0 and self._reach[index].end > decision.start:
            return self._reach[index]
        index = bisect_left(self._added, decision.end, key=_start) - 1
        if index >= 0 and self._added[index].end > decision.start:
            return self._added[index]
        return None


def _start(decision: Decision) -> int:
    return decision.start
