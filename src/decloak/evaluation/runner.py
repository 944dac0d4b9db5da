"""Runner: whatever turns a document into a result; the pipeline, or a stand-in in tests."""

from __future__ import annotations

from typing import Protocol

from decloak.core.document import Document
from decloak.core.result import Result

__all__ = ["Runner"]


class Runner(Protocol):
    """The part of `decloak.pipeline.Pipeline` that evaluation needs."""

    def run(self, document: Document, /) -> Result:
        """Process one document."""
        ...
