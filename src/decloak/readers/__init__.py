"""Readers: from the bytes of whatever a user names to documents. Nothing here raises on content."""

from __future__ import annotations

from decloak.readers.base import ReadOptions
from decloak.readers.files import STDIN, Input, walk
from decloak.readers.read import documents_in, documents_of, holds_many, read, text_document

__all__ = [
    "STDIN",
    "Input",
    "ReadOptions",
    "documents_in",
    "documents_of",
    "holds_many",
    "read",
    "text_document",
    "walk",
]
