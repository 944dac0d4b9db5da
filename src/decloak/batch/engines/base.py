"""Engine: the protocol of what maps a function over tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

from decloak.core.processes import Died

__all__ = ["Died", "Engine"]

T = TypeVar("T")
R = TypeVar("R")


class Engine(Protocol):
    """Maps a function over tasks, in workers that may die.

    Attributes:
        isolated: whether workers are processes of their own.
        workers: how many there are.
    """

    @property
    def isolated(self) -> bool: ...
    @property
    def workers(self) -> int: ...

    def map(self, function: Callable[[T], R], tasks: Iterable[T]) -> Iterator[tuple[T, R | Died]]:
        """Yield (task, answer) as they are done; the answer of a task whose worker died is `Died`.

        Args:
            function: picklable; every worker has a copy of its own, which lives as long as it does.
            tasks: pulled as workers become free.

        Raises:
            Exception: whatever the function raises; the run ends with it.
        """
        ...

    def close(self) -> Any:
        """Let the workers go."""
        ...
