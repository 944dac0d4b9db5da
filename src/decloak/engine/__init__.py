"""engine: lines of one shape, read once by a grammar and replayed for all others."""

from __future__ import annotations

from decloak.engine.replay import LineReader, Shaped, replayed

__all__ = ["LineReader", "Shaped", "replayed"]
