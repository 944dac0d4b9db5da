"""Local: worker processes on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from decloak.batch.engines.base import Died
from decloak.core.processes import process_map

__all__ = ["LocalEngine"]

T = TypeVar("T")
R = TypeVar("R")


class LocalEngine:
    """Does tasks in `jobs` processes.

    Args:
        jobs: processes, at least 1.
    """

    isolated = True

    def __init__(self, jobs: int) -> None:
        self.workers = jobs

    def map(self, function: Callable[[T], R], tasks: Iterable[T]) -> Iterator[tuple[T, R | Died]]:
        """Yield every task with its answer, as they are done."""
        return process_map(function, tasks, self.workers, preload=("decloak.batch.shard",))

    def close(self) -> None:
        """Do nothing: workers end with the map that they work for."""
