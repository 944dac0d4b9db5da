"""PDF: the text of its pages in reading order, each code point with its page and box."""

from __future__ import annotations

from decloak.readers.pdf.reader import READER

__all__ = ["READER"]
