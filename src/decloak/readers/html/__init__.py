"""HTML: what a page shows and what it hides, each code point with its element and source offset."""

from __future__ import annotations

from decloak.readers.html.reader import READER

__all__ = ["READER"]
