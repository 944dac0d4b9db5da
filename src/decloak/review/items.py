"""Items: what there is to decide, what was decided, and how far people agree."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from decloak.core.errors import InputError

__all__ = [
    "Action",
    "Agreement",
    "Change",
    "Decision",
    "Found",
    "Item",
    "Progress",
    "UnknownItemError",
    "view",
]


class UnknownItemError(InputError):
    """There is no item, or no document, of this number."""

    http_status = 404


class Action(StrEnum):
    """What a reviewer does with an item. `FLAG` asks for a decision and is none itself."""

    ACCEPT = "accept"
    REJECT = "reject"
    CHANGE = "change"
    ADD = "add"
    FLAG = "flag"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Change:
    """What is right about an item; as it was where None.

    Attributes:
        start, end: half-open code-point range.
        label: a label of decloak.
        value: what it means.
    """

    start: int | None = None
    end: int | None = None
    label: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One entity as decloak gave it, for the store to keep.

    Attributes:
        start, end: half-open code-point range.
        label, value, confidence, status, evidence: of the entity.
    """

    start: int
    end: int
    label: str
    value: str
    confidence: float
    status: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What one reviewer holds of an item now.

    Attributes:
        reviewer: who.
        action: accept, reject or change; `ADD` for an item that the reviewer made.
        start, end, label, value: what stands there, in their view.
        at: when, in UTC.
    """

    reviewer: str
    action: Action
    start: int
    end: int
    label: str
    value: str
    at: str


@dataclass(frozen=True, slots=True)
class Item:
    """One place to decide about.

    Attributes:
        id: of the item.
        document_id, document: number and name of the document.
        before, text, after: what stands there, and what stands around it.
        start, end: half-open code-point range in the document.
        label, value, confidence, status, evidence: as decloak gave them.
        flagged: whether somebody asked for a decision.
        alike: how many undecided items have the same label and value, this one among them.
        worth: by how much a decision teaches: uncertainty times how often it occurs times novelty.
        decisions: what every reviewer holds of it now; who decided last comes last.
    """

    id: int
    document_id: int
    document: str
    before: str
    text: str
    after: str
    start: int
    end: int
    label: str
    value: str
    confidence: float
    status: str
    evidence: tuple[str, ...]
    flagged: bool = False
    alike: int = 1
    worth: float = 0.0
    decisions: tuple[Decision, ...] = ()

    @property
    def conflict(self) -> bool:
        """Whether reviewers disagree."""
        return len({view(each) for each in self.decisions}) > 1


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two reviewers agree on the items that both decided.

    Attributes:
        both: items.
        same: of these, decided alike.
        kappa: Cohen's kappa of accepting and rejecting; None where it is undefined.
    """

    both: int
    same: int
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one reviewer is.

    Attributes:
        decided: items that they decided.
        left: items of the queue that they did not.
    """

    decided: int
    left: int


def view(decision: Decision) -> object:
    """Return what two decisions have in common exactly when they agree."""
    if decision.action is Action.REJECT:
        return True
    return decision.start, decision.end, decision.label, decision.value
