"""Settings: everything that can change an output, as one frozen value."""

from __future__ import annotations

import hashlib
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from decloak.core.labels import LABELS
from decloak.core.limits import MAX_DECODE_ROUNDS

__all__ = ["OffsetUnit", "Settings", "Strategy"]

Strategy = Literal["consensus", "canonical", "realign", "off"]
OffsetUnit = Literal["codepoint", "utf16", "bytes"]


class Settings(BaseModel):
    """Everything that can change an output. Its hash travels with results that are compared.

    Raises:
        pydantic.ValidationError: on an unknown key or a value out of range.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    strategy: Strategy = Field(default="consensus", description="how disguises are undone")
    max_rounds: int = Field(
        default=MAX_DECODE_ROUNDS, ge=1, le=16, description="disguises undone one over another"
    )
    source: str | None = Field(default=None, description="the source, instead of detecting it")
    labels: frozenset[str] | None = Field(default=None, description="labels to keep; None for all")
    min_confidence: float = Field(default=0.0, ge=0, le=1, description="lowest confidence to keep")
    nested: bool = Field(default=False, description="report the parts of URLs and e-mails too")
    review: bool = Field(default=False, description="keep what was held back, with the reason")

    @field_validator("labels")
    @classmethod
    def _known_labels(cls, labels: frozenset[str] | None) -> frozenset[str] | None:
        unknown = sorted((labels or frozenset()) - LABELS.keys())
        if unknown:
            message = f"unknown labels {', '.join(unknown)}; known: {', '.join(LABELS)}"
            raise ValueError(message)
        return labels

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that differ when any setting differs."""
        state = self.model_dump(mode="json")
        if self.labels is not None:
            state["labels"] = sorted(self.labels)
        return hashlib.sha256(repr(sorted(state.items())).encode()).hexdigest()[:12]
