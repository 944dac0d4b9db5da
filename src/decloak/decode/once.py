"""Once: what several decoders ask about one text, worked out for the first and kept for the others."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from decloak.core.document import View

__all__ = ["once", "release"]

T = TypeVar("T")
_memories: list[WeakKeyDictionary[View, Any]] = []


def once(function: Callable[[View], T]) -> Callable[[View], T]:
    """Keep what a function says of a text until the text is released."""
    memory: WeakKeyDictionary[View, T] = WeakKeyDictionary()
    _memories.append(memory)

    @wraps(function)
    def remembering(view: View) -> T:
        if view not in memory:
            memory[view] = function(view)
        return memory[view]

    return remembering


def release(view: View) -> None:
    """Forget all about a text, once every decoder has seen it."""
    for memory in _memories:
        memory.pop(view, None)
