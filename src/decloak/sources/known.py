"""Known: documents that name a source which nobody here knows."""

from __future__ import annotations

from dataclasses import replace

from decloak.core.document import Document
from decloak.sources.detect import known_sources

__all__ = ["with_known_source"]


def with_known_source(document: Document) -> Document:
    """Let the source be detected when a document names one that decloak does not know."""
    if document.source is None or document.source in known_sources():
        return document
    warning = f"source {document.source!r} is not known; it was detected instead"
    return replace(document, source=None, warnings=(*document.warnings, warning))
