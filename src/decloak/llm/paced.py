"""Paced: not more requests at one time, nor in a minute, than a server should get."""

from __future__ import annotations

import threading

from decloak.core.pace import Pace
from decloak.llm.base import ChatModel, Reply, Request
from decloak.llm.wrapper import Wrapper

__all__ = ["Paced"]


class Paced(Wrapper):
    """Lets requests wait their turn.

    Args:
        inner: the model.
        concurrency: requests at one time, at least 1.
        per_minute: requests in a minute, evenly spread; None for no limit.
    """

    def __init__(self, inner: ChatModel, concurrency: int, per_minute: float | None = None) -> None:
        super().__init__(inner)
        self._turn = threading.BoundedSemaphore(concurrency)
        self._pace = Pace(60.0 / per_minute if per_minute else 0.0)

    def complete(self, request: Request) -> Reply:
        """Ask when it is this request's turn."""
        with self._turn:
            self._pace.wait()
            return self.inner.complete(request)
