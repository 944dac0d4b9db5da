"""Detections: the parts of the names that scanners give to what they find: platforms, types, engines."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["DOUBTFUL", "parts_of"]

DOUBTFUL = "?"
"""At the end of a kind whose words are ordinary ones, too: ``Java``, ``Server``."""


@cache
def parts_of(kind: str) -> tuple[str, ...]:
    """Return the words of a kind, the longest first: ``platform``, ``platform?``, ``type``, ``engine``, ``stem``."""
    lines = (files("decloak.kb") / "data" / "detection.tsv").read_text("utf-8").splitlines()
    rows = (line.partition("\t") for line in lines if not line.startswith("#"))
    found = {word for word, _, of in rows if of == kind}
    return tuple(sorted(found, key=lambda word: (-len(word), word)))
