"""Items: what there is to decide, what was decided, and how far people agree."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Action", "Agreement", "Change", "Decision", "Item"]


class Action(StrEnum):
    """What a reviewer does with an item."""

    ACCEPT = "accept"
    REJECT = "reject"
    CHANGE = "change"
    ADD = "add"
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
        document: name of the document.
        text: its text.
        start, end: half-open code-point range in it.
        label, value, confidence, status, evidence: as decloak gave them.
        alike: how many undecided items have the same label and value, this one among them.
        worth: by how much a decision teaches: uncertainty times how often it occurs times novelty.
        decisions: what every reviewer holds of it now.
    """

    id: int
    document: str
    text: str
    start: int
    end: int
    label: str
    value: str
    confidence: float
    status: str
    evidence: tuple[str, ...]
    alike: int = 1
    worth: float = 0.0
    decisions: tuple[Decision, ...] = ()

    @property
    def conflict(self) -> bool:
        """Whether reviewers disagree."""
        views = {
            (each.action is Action.REJECT) or (each.start, each.end, each.label, each.value)
            for each in self.decisions
        }
        return len(views) > 1


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
