"""Patience: wait for work that cannot be interrupted, but not longer than agreed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

__all__ = ["Stopped", "patiently"]

T = TypeVar("T")
_POLL = 0.1


class Stopped(Exception):  # noqa: N818 - no error: the user wanted it
    """The work was stopped from outside."""


def patiently(work: Callable[[], T], end: float, stop: threading.Event | None = None) -> T:
    """Return what the work returns, or raise what it raises.

    A socket's timeout bounds each read, not all of them: a server that sends its headers byte by
    byte would hold us for days. The work is left to itself in a thread that no exit waits for.

    Args:
        work: what is to be done; its result is dropped when it comes too late.
        end: of `time.monotonic`, when the time is over.
        stop: ends the waiting when set.

    Raises:
        Stopped: when `stop` was set.
        TimeoutError: when the time is over.
    """
    results: list[T] = []
    errors: list[BaseException] = []
    over = threading.Event()

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            errors.append(error)
        finally:
            over.set()

    threading.Thread(target=run, daemon=True, name="decloak-patience").start()
    while not over.wait(_POLL):
        if stop is not None and stop.is_set():
            raise Stopped
        if time.monotonic() > end:
            message = "no whole answer in time"
            raise TimeoutError(message)
    if errors:
        raise errors[0]
    return results[0]
