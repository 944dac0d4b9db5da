"""Pace: not faster than a server allows, one clock per server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

__all__ = ["Pace"]


class Pace:
    """At most one event per interval and key. Threads may share it.

    Args:
        interval: seconds between two events of one key; 0 for no limit.
        clock: returns seconds that only grow.
        sleep: waits for so many seconds; by default a wish to stop ends the wait.
    """

    def __init__(
        self,
        interval: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self.interval, self._clock, self._sleep = interval, clock, sleep
        self._next: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, key: str = "", stop: threading.Event | None = None) -> None:
        """Count an event of this key, and return when it is due or when `stop` is set."""
        with self._lock:
            now = self._clock()
            due = max(now, self._next.get(key, now))
            self._next[key] = due + self.interval
        if due > now:
            (self._sleep or (stop.wait if stop else time.sleep))(due - now)

    def delay(self, key: str, seconds: float) -> None:
        """Let nothing of this key happen for so many seconds: the server asked for it."""
        with self._lock:
            now = self._clock()
            self._next[key] = max(self._next.get(key, now), now + seconds)
