"""Settings of the service: what it listens to, and what one request may cost."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from decloak.core.threads import usable_cores
from decloak.options import Settings

__all__ = ["ServeSettings"]


class ServeSettings(BaseModel):
    """Everything about the service that is no option of the extraction itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", description="address to listen to")
    port: int = Field(
        default=8765, ge=0, le=65535, description="port to listen to; 0: any free one"
    )
    workers: int = Field(default_factory=usable_cores, ge=1, le=512, description="worker processes")
    queue: int = Field(
        default=64, ge=1, le=100_000, description="jobs that may wait for a worker; more get 429"
    )
    max_bytes: int = Field(
        default=64 << 20, ge=1, description="longest body of a request, in bytes"
    )
    max_documents: int = Field(default=1_000, ge=1, description="documents of one request")
    max_pages: int = Field(default=2_000, ge=1, description="pages of one file")
    seconds: float = Field(default=60.0, gt=0, description="CPU seconds that one document may take")
    body_seconds: float = Field(
        default=60.0, gt=0, description="seconds that a client has to send its request"
    )
    tokens: Path | None = Field(
        default=None, description="file of tokens (`decloak serve-token`); none: loopback only"
    )
    reviews: str | None = Field(
        default=None, description="store of the review queue: SQLite file, or postgresql://..."
    )
    log_text: bool = Field(default=False, description="log the ids of documents; else only counts")
    defaults: Settings = Field(default=Settings(), description="options of requests that name none")
