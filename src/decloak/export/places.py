"""Places: where in its source an entity stands, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from decloak.core.entity import Entity
from decloak.core.result import Result

__all__ = ["place_of"]

_OFFSETS = frozenset({"start", "end"})
"""Places in bytes of the source: for programs, which read them in JSON."""


def place_of(result: Result, entity: Entity) -> str:
    """Return the places of an entity in words (``page 3``, ``row 2, column 5``); "" where the text is the source."""
    if result.source_map is None:
        return ""
    places = result.source_map.places(entity.start, entity.end)
    return "; ".join(dict.fromkeys(filter(None, map(_words, places))))


def _words(place: Mapping[str, Any]) -> str:
    parts: list[str] = []
    for name, value in place.items():
        if isinstance(value, bool):
            parts += [name] if value else []
        elif isinstance(value, Mapping):
            parts.append(f"{name} {_words(value)}")
        elif isinstance(value, str | int) and name not in _OFFSETS:
            parts.append(f"{name} {value}")
    return ", ".join(parts)
