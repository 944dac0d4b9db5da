"""ModelSettings: what may be set about a model, checked once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["ModelSettings"]

_Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class ModelSettings(BaseModel):
    """Limits and places for one model. Keys are no settings: they come from the environment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    timeout: float = Field(default=120.0, gt=0, le=86_400, description="seconds for one attempt")
    retries: int = Field(default=2, ge=0, le=20, description="attempts after the first")
    rest: float = Field(
        default=60.0, ge=0, description="seconds without requests after three faults in a row"
    )
    concurrency: int = Field(default=4, ge=1, le=256, description="requests at one time")
    per_minute: float | None = Field(default=None, gt=0, description="requests a minute")
    context: int | None = Field(
        default=None, ge=256, description="tokens of prompt and reply; None: what is known of it"
    )
    max_tokens_total: int | None = Field(
        default=None, ge=1, description="tokens that a run may use, read and written"
    )
    max_cost: float | None = Field(default=None, ge=0, description="US dollars that a run may cost")
    price: tuple[_Dollars, _Dollars] | None = Field(
        default=None,
        description="US dollars per million tokens read and written; None: the price table",
    )
    cache: Path | None = Field(default=None, description="folder of stored replies; None: no cache")
    threads: int | None = Field(default=None, ge=1, description="of an in-process model")
