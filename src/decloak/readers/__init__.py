"""Readers: from the bytes of whatever a user names to documents. Nothing here raises on content."""

from __future__ import annotations

from decloak.readers.base import Limits, ReadOptions
from decloak.readers.files import STDIN, Choice, Input, walk
from decloak.readers.read import documents_in, documents_of, holds_many, read, text_document

__all__ = [
    "STDIN",
    "Choice",
    "Input",
    "Limits",
    "ReadOptions",
    "documents_in",
    "documents_of",
    "holds_many",
    "read",
    "text_document",
    "walk",
]
