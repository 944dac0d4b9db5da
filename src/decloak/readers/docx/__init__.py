"""DOCX: the paragraphs, tables, notes, comments and changes of a word processor's document."""

from __future__ import annotations

from decloak.readers.docx.reader import READER

__all__ = ["READER"]
