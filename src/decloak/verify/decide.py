"""Decide: the decision table over all candidates of a document, and who wins an overlap.

    | confidence        | pattern holds                      | fails    | no pattern           |
    | at the threshold  | accepted                           | rejected | accepted (grounded)  |
    | below             | refined: accepted, else review     | rejected | review               |

Every candidate here stands in the text at its span, so all are grounded. What the table says of a
value is in `claims`; here are the places, the overlaps and the refinement.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from decloak.core.entity import Candidate, Status, Tagged
from decloak.core.facts import Fact, Facts
from decloak.verify.claims import Claim, claim_of
from decloak.verify.fuse import ORIGIN, Place, fuse
from decloak.verify.thresholds import confidence_of, threshold_of

__all__ = ["Decision", "Decisions", "Sweep", "decide"]

_FACT, _PROPOSED, _FUSED = 0, 1, 2
_LIKELY = 0.5
"""Probability below which context does not help what the model found: it is more likely wrong."""
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


class Decisions:
    """Decisions as columns, in the order of the text."""

    __slots__ = ("claims", "ends", "starts")

    def __init__(self) -> None:
        self.starts = array("I")
        self.ends = array("I")
        self.claims: list[Claim] = []

    def __len__(self) -> int:
        return len(self.claims)

    def __iter__(self) -> Iterator[Decision]:
        return map(Decision, self.starts, self.ends, self.claims)

    def add(self, start: int, end: int, claim: Claim) -> None:
        """Add one decision at the end."""
        self.starts.append(start)
        self.ends.append(end)
        self.claims.append(claim)

    def pop(self) -> Decision:
        """Take the last decision back."""
        return Decision(self.starts.pop(), self.ends.pop(), self.claims.pop())

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> Decisions:
        """Return decisions as columns, sorted by place."""
        columns = cls()
        for start, end, claim in sorted(decisions, key=_by_place):
            columns.add(start, end, claim)
        return columns


_Row = tuple[int, int, int, int, str, str, str | None]
"""Start, minus end, rank, index, label, origin, value: in the order of the sweep, by start, the
longest first, facts before patterns. Rank and index are unique, so nothing else is compared. What was
fused has no origin: its claim is made."""


class Sweep:
    """Decides about all candidates of a document, window by window from its start to its end.

    Args:
        text: the decoded text.
        facts: what the grammars found, sorted; facts with a label are candidates too.
        undone: decoded ranges, sorted, where a defanged or hidden spelling was undone; nobody
            disguises what is not an indicator.
        nested: keep what lies inside another entity (the host of a URL).
        keep_all: return what was held back as well.
    """

    def __init__(
        self,
        text: str,
        facts: Facts,
        *,
        undone: Iterable[tuple[int, int]] = (),
        nested: bool = False,
        keep_all: bool = False,
    ) -> None:
        self._text = text
        self._facts = facts
        self._undone = list(undone)
        self._nested = nested
        self._keep_all = keep_all
        self._done = 0  # facts whose window is over
        self._last = (-1, -1, _FACT)  # start, end and rank of the last kept candidate
        self._kept = Decisions()
        self._held: list[Decision] = []
        self.values: list[str | None] = []

    def window(self, high: int) -> list[Fact]:
        """Return the facts that start before `high` and were not returned before."""
        stop = bisect_left(range(len(self._facts)), high, lo=self._done, key=self._facts.start_of)
        facts = self._facts.span(self._done, stop)
        self._done = stop
        return facts

    def take(
        self,
        facts: list[Fact],
        candidates: Iterable[Candidate],
        tagged: Iterable[Tagged] = (),
    ) -> None:
        """Decide about one window: its facts, and what was proposed and tagged there."""
        fused: Sequence[Place] = ()
        if found := list(tagged):
            fusion = fuse(self._text, facts, list(candidates), found)
            candidates, fused = fusion.candidates, fusion.places
            self._held += [Decision(*place) for place in fusion.lost]
        text, nested, kept, held = self._text, self._nested, self._kept, self._held
        base = len(self.values)
        self.values += [fact[6] for fact in facts]
        values = self.values
        last_start, last_end, last_rank = self._last
        add_start, add_end, add_claim = kept.starts.append, kept.ends.append, kept.claims.append
        for start, minus_end, rank, index, label, origin, value in _rows(
            text, facts, candidates, fused
        ):
            end = -minus_end
            if origin:
                claim = claim_of(origin, label, text[start:end] if value is None else value)
                if rank == _FACT:
                    values[base + index] = claim[1]
            else:
                claim = fused[index].claim
            if start < last_end:
                if end <= last_end and not nested:
                    if start == last_start and end == last_end and origin:
                        kept.claims[-1] = _seconded(kept.claims[-1], label, origin)
                    continue
                crosses = end > last_end and claim[3] is _ACCEPTED
                if crosses and self._loses(Decision(start, end, claim), later=rank >= last_rank):
                    continue
            if claim[3] is not _ACCEPTED:
                held.append(Decision(start, end, claim))
                continue
            add_start(start)
            add_end(end)
            add_claim(claim)
            if end > last_end:
                last_start, last_end, last_rank = start, end, rank
        self._last = last_start, last_end, last_rank

    def _loses(self, decision: Decision, *, later: bool) -> bool:
        """Hold one of two that cross: this, or the last one that was kept; whether it is this."""
        kept = self._kept
        if later:
            reason = f"overlaps a {kept.claims[-1].label}"
            claim = decision.claim.held(_REJECTED, reason)
            self._held.append(decision._replace(claim=claim))
            return True
        loser = kept.pop()
        claim = loser.claim.held(_REJECTED, f"overlaps a {decision.label}")
        self._held.append(loser._replace(claim=claim))
        return False

    def finish(self) -> Decisions:
        """Return the decisions, sorted by place."""
        kept = self._kept
        if not self._held:
            return kept
        raised, unsure = _refined(kept, self._held, self._undone, nested=self._nested)
        if self._keep_all:
            raised += unsure
        return Decisions.of([*kept, *raised]) if raised else kept


def decide(
    text: str,
    facts: Facts,
    candidates: Iterable[Candidate],
    tagged: Iterable[Tagged] = (),
    **options: Any,
) -> tuple[list[Decision], list[str | None]]:
    """Decide about a text in one window; see `Sweep` for the options.

    Returns:
        The decisions sorted by (start, end), and the canonical value of every fact, None for
        what is no entity and stands in the text as it is.
    """
    facts.sort()
    sweep = Sweep(text, facts, **options)
    sweep.take(sweep.window(len(text) + 1), candidates, tagged)
    return list(sweep.finish()), sweep.values


def _by_place(decision: Decision) -> tuple[int, int, str]:
    return decision.start, decision.end, decision.claim.label


def _rows(
    text: str, facts: list[Fact], candidates: Iterable[Candidate], fused: Sequence[Place] = ()
) -> list[_Row]:
    rows: list[_Row] = [
        (start, -end, _FACT, index, label, origin, value)
        for index, (start, end, _, _, label, origin, value) in enumerate(facts)
        if label
    ]
    rows += [
        (start, -end, _PROPOSED, index, label, origin, value)
        for index, (start, end, label, origin, value) in enumerate(candidates)
    ]
    rows = [row for row in (_bared(text, row) for row in rows) if row is not None]
    rows += [
        (start, -end, _FUSED, index, claim.label, "", None)
        for index, (start, end, claim) in enumerate(fused)
    ]
    rows.sort()
    return rows


def _bared(text: str, row: _Row) -> _Row | None:
    """Return a place without the white space at its edges; None where nothing else is in it."""
    start, end, value = row[0], -row[1], row[6]
    if value is not None and (not value or value.isspace()):
        return None
    if not (text[start].isspace() or text[end - 1].isspace()):
        return row
    piece = text[start:end]
    if piece.isspace():
        return None
    start += len(piece) - len(piece.lstrip())
    return (start, -(start + len(piece.strip())), *row[2:])


def _seconded(claim: Claim, label: str, origin: str) -> Claim:
    """Add what a second proposer says about the span that was just accepted."""
    if label != claim.label or origin in claim.evidence:
        return claim
    confidence = max(claim.confidence, confidence_of(origin, label))
    return claim._replace(confidence=confidence, evidence=(*claim.evidence, origin))


def _refined(
    kept: Decisions, held: list[Decision], undone: list[tuple[int, int]], *, nested: bool
) -> tuple[list[Decision], list[Decision]]:
    """Look at what is for review once more, with the document as context.

    A value that was disguised, or that the document states elsewhere with enough confidence,
    is accepted. What lies inside an accepted entity is told by that entity.

    Returns:
        What is accepted after all, and what stays held back.
    """
    reviewed = sorted(each for each in held if each.status is _REVIEW)
    wanted = {(each.claim.label, each.claim.value) for each in reviewed}
    stated = wanted.intersection((claim.label, claim.value) for claim in kept.claims)
    raised: list[Decision] = []
    unsure = [each for each in held if each.status is _REJECTED]
    spot = 0
    for decision in reviewed:
        start, end, claim = decision
        at = len(kept) if nested else bisect_right(kept.ends, start)
        if (at < len(kept) and kept.starts[at] < end) or (raised and raised[-1].end > start):
            continue
        while spot < len(undone) and undone[spot][1] <= start:
            spot += 1
        if claim.evidence[0] == ORIGIN and claim.confidence < _LIKELY:
            unsure.append(decision)
        elif spot < len(undone) and undone[spot][0] < end:
            raised.append(Decision(start, end, _accepted(claim, "refined: disguised")))
        elif (claim.label, claim.value) in stated:
            raised.append(Decision(start, end, _accepted(claim, "refined: stated elsewhere")))
        else:
            unsure.append(decision)
    return raised, unsure


def _accepted(claim: Claim, reason: str) -> Claim:
    return claim._replace(
        status=_ACCEPTED,
        confidence=max(claim.confidence, threshold_of(claim.label)),
        evidence=(claim.evidence[0], reason),
    )
