"""Review schemas: what requests about reviews and their answers look like."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from decloak.review import Action, Item

__all__ = [
    "AgreementOut",
    "DecisionIn",
    "DecisionOut",
    "DocumentIn",
    "DocumentOut",
    "FoundIn",
    "ItemOut",
    "MissedIn",
    "NumbersOut",
    "StatsOut",
    "UndoIn",
    "item_out",
]

_MOST = 2**31 - 1
Place = Annotated[int, Field(ge=0, le=_MOST)]
Confidence = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(min_length=1, max_length=64)]
Reviewer = Annotated[
    Name | None, Field(description="who decides; with tokens always the token's holder")
]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)


class DecisionIn(_Model):
    """One decision about an item."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"action": "accept"},
                {"action": "change", "label": "DOMAIN", "value": "evil.example.org"},
                {"action": "reject", "alike": True},
            ]
        }
    )

    action: Literal["accept", "reject", "change", "flag"]
    start: Place | None = None
    end: Place | None = None
    label: str | None = None
    value: Annotated[str, Field(max_length=100_000)] | None = None
    alike: bool = Field(default=False, description="also for all undecided ones that are alike")
    reviewer: Reviewer = None


class UndoIn(_Model):
    """Whose last decision is taken back."""

    reviewer: Reviewer = None


class MissedIn(_Model):
    """What decloak did not find."""

    start: Place
    end: Place
    label: str
    value: Annotated[str, Field(max_length=100_000)] | None = None
    reviewer: Reviewer = None


class FoundIn(BaseModel):
    """One entity as ``/v1/extract`` gives it; what else it has is not kept."""

    start: Place
    end: Place
    label: str
    value: str
    confidence: Confidence
    status: Literal["accepted", "review", "rejected"]
    evidence: list[str] = Field(default_factory=list)
    flagged: bool = Field(default=False, description="whether a decision about it is asked for")


class DocumentIn(_Model):
    """A document with what was found in it."""

    id: Annotated[str, Field(min_length=1, max_length=1_000)]
    source: Annotated[str, Field(max_length=64)] = "prose"
    text: str
    entities: list[FoundIn]
    reviewer: Reviewer = None


class DocumentOut(_Model):
    """Where a document stands in the store."""

    document: int
    new: int = Field(description="items that the store did not have")
    flagged: int = Field(description="items about which a decision was asked for")


class NumbersOut(_Model):
    """The items that a call was about, and what is left of the queue."""

    items: list[int]
    decided: int
    left: int


class DecisionOut(_Model):
    """What one reviewer holds of an item now."""

    reviewer: str
    action: Action
    start: int
    end: int
    label: str
    value: str
    at: str


class ItemOut(_Model):
    """One place to decide about."""

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
    evidence: list[str]
    flagged: bool
    alike: int
    worth: float
    conflict: bool
    decisions: list[DecisionOut]
    history: list[dict[str, Any]] | None = Field(
        default=None, description="everything ever decided about it, where one item was asked for"
    )


class AgreementOut(_Model):
    """How far two reviewers agree."""

    first: str
    second: str
    both: int
    same: int
    kappa: float | None


class StatsOut(_Model):
    """Counts over the whole store, and over one reviewer."""

    documents: int
    items: int
    decided: int
    conflicts: int
    reviewer: str
    mine: int
    left: int
    reviewers: list[str]
    agreements: list[AgreementOut]


def item_out(item: Item) -> ItemOut:
    """Return an item as it is sent."""
    return ItemOut.model_validate(item)
