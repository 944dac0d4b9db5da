"""Decide: the decision table over all candidates of a document, and who wins an overlap.

    | confidence        | pattern holds                      | fails    | no pattern           |
    | at the threshold  | accepted                           | rejected | accepted (grounded)  |
    | below             | refined: accepted, else review     | rejected | review               |

Every candidate here stands in the text at its span, so all are grounded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from decloak.core.entity import Candidate, Reading, Status, Verdict
from decloak.core.facts import Facts
from decloak.indicators import CHECKS
from decloak.verify.thresholds import confidence_of, threshold_of
from decloak.verify.values import canonical

__all__ = ["Decision", "decide"]

_FACT, _PROPOSED = 0, 1
_ACCEPTED, _REVIEW, _REJECTED = Status.ACCEPTED, Status.REVIEW, Status.REJECTED
_TRUSTED_WITHOUT_SUFFIX = frozenset({"pattern.domain.private", "pattern.url"})


class Decision(NamedTuple):
    """What was decided about one candidate, in decoded offsets.

    Attributes:
        start, end: half-open decoded range.
        label: the final label (a DOMAIN without a dot has become a HOSTNAME).
        value: the canonical form; what stands there when it is refuted.
        confidence: in [0, 1].
        status: accepted, review or rejected.
        evidence: origins, then the reason when it was held back.
        resembles: the plain spelling of a look-alike, or None.
    """

    start: int
    end: int
    label: str
    value: str
    confidence: float
    status: Status
    evidence: tuple[str, ...]
    resembles: str | None


def decide(  # noqa: C901, PLR0912 - one loop over all candidates; a call costs more than a branch
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
    weak: list[Decision] = []
    keep = kept.append
    confident = _Confident()
    last, last_start, last_end, last_rank = None, -1, -1, _FACT
    for start, minus_end, rank, index, label, origin, value in rows:
        end = -minus_end
        if end <= last_end and not nested:
            if start == last_start and end == last_end:
                kept[-1] = last = _second(kept[-1], label, origin)
                if rank == _FACT:
                    values[index] = last.value
            elif rank == _FACT:
                values[index] = canonical(label, value or text[start:end]).value or values[index]
            continue
        verdict, canon, reason, resembles, final = canonical(
            label, text[start:end] if value is None else value
        )
        confidence, evidence = confident[origin, label]
        if (
            evidence
            and start >= last_end
            and not reason
            and not final
            and verdict is not Verdict.REFUTED
            and (verdict is Verdict.CONFIRMED or rank == _FACT or label not in CHECKS)
        ):  # the common case, without a call
            if rank == _FACT:
                values[index] = canon
            last = _new(
                Decision,
                (start, end, label, canon, confidence, _ACCEPTED, evidence, resembles),
            )
            keep(last)
            last_start, last_end, last_rank = start, end, rank
            continue
        reading = Reading(verdict, canon, reason, resembles, final)
        decision = _judge(start, end, rank, label, origin, reading)
        if rank == _FACT and decision.status is not _REJECTED:
            values[index] = decision.value
        if decision.status is not _ACCEPTED:
            (weak if decision.status is _REVIEW else held).append(
                decision if decision.value else decision._replace(value=text[start:end])
            )
            continue
        if start < last_end < end and last is not None:
            if rank >= last_rank:
                held.append(_held(decision, _REJECTED, f"overlaps a {last.label}"))
                continue
            held.append(_held(kept.pop(), _REJECTED, f"overlaps a {label}"))
        keep(decision)
        if end > last_end:
            last, last_start, last_end, last_rank = decision, start, end, rank
    if weak:
        kept, unsure = _refine(kept, weak, list(undone))
        held += unsure
    if keep_all:
        kept = sorted(kept + held, key=_by_place)
    return kept, values


_new = tuple.__new__


def _by_place(decision: Decision) -> tuple[int, int, str]:
    return decision.start, decision.end, decision.label


class _Confident(dict[tuple[str, str], tuple[float, tuple[str, ...]]]):
    """(origin, label) -> confidence, and the evidence when that reaches the threshold, else ()."""

    def __missing__(self, key: tuple[str, str]) -> tuple[float, tuple[str, ...]]:
        origin, label = key
        confidence = confidence_of(origin, label)
        found = confidence, (origin,) if confidence >= threshold_of(label) else ()
        self[key] = found
        return found


_Row = tuple[int, int, int, int, str, str, str | None]
"""Start, minus end, fact or proposed, index, label, origin, value: in the order of the sweep, by
start, the longest first, facts before patterns. Indices are unique, so nothing else is compared."""


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


def _judge(start: int, end: int, rank: int, label: str, origin: str, reading: Reading) -> Decision:
    """Apply the decision table to one candidate."""
    confidence = confidence_of(origin, label)
    verdict = reading.verdict
    final = reading.label or label
    if verdict is Verdict.REFUTED:
        return Decision(start, end, label, "", confidence, _REJECTED,
                        (origin, f"pattern fails: {reading.reason}"), None)  # fmt: skip
    evidence: tuple[str, ...] = (origin,)
    if label == "HASH" and reading.reason:
        evidence = (origin, reading.reason)
    unsure = verdict is Verdict.SILENT and label in CHECKS and rank == _PROPOSED
    if unsure and origin not in _TRUSTED_WITHOUT_SUFFIX:
        return Decision(start, end, final, reading.value, confidence, _REVIEW,
                        (origin, reading.reason), reading.resembles)  # fmt: skip
    if confidence >= threshold_of(final):
        return Decision(start, end, final, reading.value, confidence, _ACCEPTED, evidence,
                        reading.resembles)  # fmt: skip
    reason = f"confidence {confidence:.2f} is below {threshold_of(final):.2f}"
    return Decision(start, end, final, reading.value, confidence, _REVIEW, (*evidence, reason),
                    reading.resembles)  # fmt: skip


def _second(last: Decision, label: str, origin: str) -> Decision:
    """Add what a second proposer says about the span that was just accepted."""
    if label != last.label or origin in last.evidence:
        return last
    confidence = max(last.confidence, confidence_of(origin, label))
    return last._replace(confidence=confidence, evidence=(*last.evidence, origin))


def _held(decision: Decision, status: Status, reason: str) -> Decision:
    return decision._replace(status=status, evidence=(*decision.evidence, reason))


def _refine(
    kept: list[Decision], weak: list[Decision], undone: list[tuple[int, int]]
) -> tuple[list[Decision], list[Decision]]:
    """Look at what was below its threshold once more, with the document as context.

    A value that was disguised, or that the document states elsewhere with enough confidence,
    is accepted.
    """
    stated = {(decision.label, decision.value) for decision in kept}
    taken = [(decision.start, decision.end) for decision in kept]
    raised: list[Decision] = []
    unsure: list[Decision] = []
    at = spot = 0
    for decision in sorted(weak):
        while at < len(taken) and taken[at][1] <= decision.start:
            at += 1
        covered = at < len(taken) and taken[at][0] < decision.end
        while spot < len(undone) and undone[spot][1] <= decision.start:
            spot += 1
        disguised = spot < len(undone) and undone[spot][0] < decision.end
        repeats = (decision.label, decision.value) in stated
        again = raised and raised[-1].end > decision.start
        if (disguised or repeats) and not covered and not again:
            why = "refined: disguised" if disguised else "refined: stated elsewhere"
            raised.append(
                decision._replace(
                    status=_ACCEPTED,
                    confidence=max(decision.confidence, threshold_of(decision.label)),
                    evidence=(decision.evidence[0], why),
                )
            )
        elif not covered:
            unsure.append(decision)
    if raised:
        kept = sorted(kept + raised, key=lambda d: (d.start, d.end))
    return kept, unsure
