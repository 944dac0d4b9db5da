"""Here: the engine without workers, for stores that only this process sees, and as the twin of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from decloak.batch.engines.base import Died

__all__ = ["HereEngine"]

T = TypeVar("T")
R = TypeVar("R")


class HereEngine:
    """Does one task after the other in this process; nothing is isolated."""

    isolated = False
    workers = 1

    def map(self, function: Callable[[T], R], tasks: Iterable[T]) -> Iterator[tuple[T, R | Died]]:
        """Yield every task with its answer, in order."""
        for task in tasks:
            yield task, function(task)

    def close(self) -> None:
        """Do nothing."""
