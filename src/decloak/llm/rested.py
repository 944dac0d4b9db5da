"""Rested: a server that fails again and again is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from decloak.core.errors import ModelBusyError, ModelError
from decloak.llm.base import ChatModel, Reply, Request
from decloak.llm.wrapper import Wrapper

__all__ = ["Rested"]

_IN_A_ROW = 3


class Rested(Wrapper):
    """Answers with the last fault at once while the server rests; then one request tries it again.

    Without it every document of a run would wait for a server that is down, retries and all.

    Args:
        inner: the model, with its retries.
        seconds: of rest after three requests in a row that failed in passing (unreachable, busy,
            failed, too slow); 0 for none.
        clock: returns seconds that only grow.
    """

    def __init__(
        self, inner: ChatModel, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(inner)
        self._seconds, self._clock = seconds, clock
        self._faults, self._until = 0, 0.0
        self._last: ModelError | None = None
        self._lock = threading.Lock()

    def complete(self, request: Request) -> Reply:
        """Ask, unless the server rests.

        Raises:
            ModelError: what the model raises, or raised last.
        """
        with self._lock:
            left = self._until - self._clock()
            if self._last is not None and left > 0:
                raise _again(self._last, left)
            if self._last is not None:
                # The others wait for what becomes of this one.
                self._until = self._clock() + self._seconds
        try:
            reply = self.inner.complete(request)
        except ModelError as error:
            self._failed(error)
            raise
        with self._lock:
            self._faults, self._last = 0, None
        return reply

    def _failed(self, error: ModelError) -> None:
        with self._lock:
            if not error.passing:
                # The server answered; it is this request that is at fault.
                self._faults, self._last = 0, None
                return
            self._faults += 1
            if self._faults >= _IN_A_ROW and self._seconds > 0:
                self._until, self._last = self._clock() + self._seconds, error


def _again(error: ModelError, seconds: float) -> ModelError:
    told = f"{error} (failed {_IN_A_ROW} times in a row; not asked again for {seconds:.0f} s)"
    return ModelBusyError(told, seconds) if isinstance(error, ModelBusyError) else type(error)(told)
