"""Settings: everything that can change an output, as one frozen value."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from decloak.core.labels import LABELS
from decloak.core.limits import MAX_DECODE_ROUNDS, TAGGER_MODE

__all__ = ["ModelMode", "OffsetUnit", "Settings", "Strategy", "TaggerMode"]

Strategy = Literal["consensus", "canonical", "realign", "off"]
TaggerMode = Annotated[str, StringConstraints(pattern=TAGGER_MODE)]
ModelMode = Literal["full", "narrative", "structured", "monolithic"]
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
    decode_model: bool = Field(
        default=False, description="let the strategy ask its model for what the decoders leave"
    )
    source: str | None = Field(default=None, description="the source, instead of detecting it")
    labels: frozenset[str] | None = Field(default=None, description="labels to keep; None for all")
    min_confidence: float = Field(default=0.0, ge=0, le=1, description="lowest confidence to keep")
    nested: bool = Field(default=False, description="report the parts of URLs and e-mails too")
    review: bool = Field(default=False, description="keep what was held back, with the reason")
    tagger: TaggerMode = Field(default="auto", description="which text the tagger's model reads")
    model: Path | None = Field(default=None, description="folder of the tagger's model")
    trace: bool = Field(default=False, description="keep what a language model told, by round")
    llm: str | None = Field(default=None, description="URI of a language model; None for none")
    llm_mode: ModelMode = Field(default="full", description="what a language model is asked for")
    llm_rounds: int = Field(default=3, ge=1, le=10, description="rounds to complete a narrative")
    llm_samples: int = Field(
        default=3, ge=0, le=25, description="answers about what is below its threshold; 0 asks none"
    )
    llm_critique: bool = Field(default=True, description="let the model look for omissions too")
    llm_refine: bool = Field(default=False, description="let the model reword its instruction")
    llm_seed: int = Field(default=0, ge=0, lt=1 << 31, description="seed of the model's sampling")
    llm_temperature: float = Field(default=0.0, ge=0, le=2, description="of narratives")
    llm_cache: str | None = Field(default=None, description="folder of a model's stored replies")
    llm_timeout: float = Field(
        default=120.0, gt=0, le=86_400, description="seconds for one attempt to ask a model"
    )
    llm_max_cost: float | None = Field(
        default=None, ge=0, description="US dollars that one run may spend on a model"
    )
    llm_max_tokens: int | None = Field(
        default=None, ge=1, description="tokens that one run may spend on a model"
    )
    llm_price: tuple[float, float] | None = Field(
        default=None, description="US dollars per million tokens read and written, where not known"
    )
    llm_context: int | None = Field(
        default=None, ge=256, description="tokens of prompt and reply; None: what is known of it"
    )
    llm_threads: int | None = Field(default=None, ge=1, description="of an in-process model")

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
