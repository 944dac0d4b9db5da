"""Decisions: claims about places, one by one and as columns."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from decloak.core.entity import Status
from decloak.verify.claims import Claim

__all__ = ["Decision", "Decisions", "by_place"]


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

    def held(self, status: Status, reason: str) -> Decision:
        """Return the same of a claim with a lower status and the reason for it."""
        return self._replace(claim=self.claim.held(status, reason))

    def beaten(self, winner: str) -> Decision:
        """Return the same rejected, as a claim of the label `winner` stands there."""
        return self.held(Status.REJECTED, f"overlaps a {winner}")


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

    def __getitem__(self, index: int) -> Decision:
        return Decision(self.starts[index], self.ends[index], self.claims[index])

    def pop(self, index: int = -1) -> Decision:
        """Take a decision back, the last one unless told otherwise."""
        return Decision(self.starts.pop(index), self.ends.pop(index), self.claims.pop(index))

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> Decisions:
        """Return decisions as columns, sorted by place."""
        columns = cls()
        for start, end, claim in sorted(decisions, key=by_place):
            columns.add(start, end, claim)
        return columns


def by_place(decision: Decision) -> tuple[int, int, str]:
    """Return the key of the order in which decisions are told."""
    return decision.start, decision.end, decision.claim.label
