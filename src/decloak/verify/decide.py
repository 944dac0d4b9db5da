"""Decide: the decision table over all candidates of a document, and who wins an overlap.

    | confidence        | pattern holds                      | fails                      | no pattern           |
    | at the threshold  | accepted                           | rejected; the model's:     | accepted (grounded)  |
    |                   |                                    | one value can be read of   |                      |
    |                   |                                    | it: accepted, else review  |                      |
    | below             | refined: accepted, else review     | rejected                   | review               |

Every candidate here stands in the text at its span, so all are grounded. Nothing that reached its threshold
is lost in silence: it is accepted, or lies inside what is and comes out with `nested`, or is held with
the reason. What the table says of a value is in `claims`, of the model's in `fuse`; here are the places and the
overlaps, in `refine` a second look at what is for review.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any

from decloak.core import native
from decloak.core.entity import Candidate, Status, Tagged
from decloak.core.facts import Fact, Facts
from decloak.verify.claims import Claim, claim_of, native_claims
from decloak.verify.decisions import Decision, Decisions
from decloak.verify.fuse import Place, fuse
from decloak.verify.refine import refined
from decloak.verify.thresholds import confidence_of

__all__ = ["Sweep", "decide"]

_FACT, _PROPOSED, _FUSED = 0, 1, 2
_ACCEPTED = Status.ACCEPTED


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
        self._last = (-1, -1, _FACT)  # start, end and rank of the kept one that reaches farthest
        self._at = -1  # which of the kept that is
        self._parts: list[Decision] = []  # what lies inside of it, in order
        self._kept = Decisions()
        self._held: list[Decision] = []
        self.values: list[str | None] = []

    decision = Decision

    def window(self, high: int) -> list[Fact]:
        """Return the facts that start before `high` and were not returned before."""
        stop = bisect_left(range(len(self._facts)), high, lo=self._done, key=self._facts.start_of)
        facts = self._facts.span(self._done, stop)
        self._done = stop
        return facts

    def standing(self, facts: list[Fact]) -> list[bool]:
        """Return which facts explain their place: not those that a check refutes, which hide nothing."""
        text = self._text
        if native.extension is not None:
            standing: list[bool] = native.extension.standing(native_claims(), text, facts)
            return standing
        return [
            not label
            or not claim_of(origin, label, text[start:end] if value is None else value).is_refuted
            for start, end, _, _, label, origin, value in facts
        ]

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
        if native.extension is not None:
            self._last = native.extension.take(
                native_claims(),
                self,
                self._text,
                facts,
                list(candidates),
                list(fused),
                _ACCEPTED,
                self._nested,
            )
            return
        text, nested, kept, held = self._text, self._nested, self._kept, self._held
        parts = self._parts
        base = len(self.values)
        self.values += [fact[6] for fact in facts]
        values = self.values
        last_start, last_end, last_rank = self._last
        add_start, add_end, add_claim = kept.starts.append, kept.ends.append, kept.claims.append
        for start, minus_end, rank, index, label, origin, value in _rows(
            text, facts, candidates, fused
        ):
            end = -minus_end
            decoded = text[start:end] if value is None else value
            claim = claim_of(origin, label, decoded) if origin else fused[index].claim
            if rank == _FACT:
                values[base + index] = claim[1]
            if start < last_end:
                if end <= last_end and not nested:
                    same = start == last_start and end == last_end
                    self.inside(start, end, claim, label, origin, same)
                    continue
                crosses = end > last_end and claim[3] is _ACCEPTED
                if crosses and self.loses(start, end, claim, rank >= last_rank):
                    continue
            if claim[3] is not _ACCEPTED:
                held.append(Decision(start, end, claim))
                continue
            add_start(start)
            add_end(end)
            add_claim(claim)
            if end > last_end:
                last_start, last_end, last_rank = start, end, rank
                self._at = len(kept.claims) - 1
                if parts:
                    parts.clear()
        self._last = last_start, last_end, last_rank

    def inside(
        self,
        start: int,
        end: int,
        claim: Claim,
        label: str,
        origin: str,
        same: bool,  # noqa: FBT001 - hot path
    ) -> None:
        """Note what lies inside the last one that was kept.

        Args:
            start: where it begins.
            end: where it ends.
            claim: what is held about it.
            label: under which label it was proposed.
            origin: by whom; "" for what the model found.
            same: whether it is the very place of the kept one.
        """
        claims = self._kept.claims
        if same and origin and claim[0] == claims[-1][0]:
            claims[-1] = _seconded(claims[-1], label, origin)
            return
        decision = Decision(start, end, claim)
        if origin and not same:  # the kept one tells it: the host of a URL
            self._parts.append(decision)
        elif decision.status is not _ACCEPTED:
            self._held.append(decision)
        else:
            self._held.append(decision.beaten(claims[-1].label))

    def loses(self, start: int, end: int, claim: Claim, later: bool) -> bool:  # noqa: FBT001 - likewise
        """Hold one of two that cross: this, or the one that was kept; whether it is this.

        The parts of one that loses stand for themselves, where they do not cross the winner as well.
        """
        kept, decision = self._kept, Decision(start, end, claim)
        if later:
            self._held.append(decision.beaten(kept.claims[self._at].label))
            return True
        behind = [kept.pop() for _ in range(len(kept) - self._at)][::-1]
        loser, *parts = behind
        self._held.append(loser.beaten(decision.label))
        reach = -1
        for part in (*parts, *self._parts):
            if part.status is not _ACCEPTED:
                self._held.append(part)
            elif part.end > start:
                self._held.append(part.beaten(decision.label))
            elif self._nested or part.start >= reach:
                kept.add(*part)
                reach = max(reach, part.end)
        self._parts.clear()
        return False

    def finish(self) -> Decisions:
        """Return the decisions, sorted by place."""
        kept = self._kept
        if not self._held and not self._nested:
            return kept  # sorted, as nothing lies in another
        raised, unsure = refined(kept, self._held, self._undone, nested=self._nested)
        if self._keep_all:
            raised += unsure
        return Decisions.of([*kept, *raised]) if raised or self._nested else kept


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
    # Nearly all places are bare: those are told here, without a call for each.
    rows = [
        bared
        for row in rows
        if (
            bared := row
            if row[6] is None and not (text[row[0]].isspace() or text[-row[1] - 1].isspace())
            else _bared(text, row)
        )
        is not None
    ]
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
