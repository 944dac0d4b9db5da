"""Limits: CPU time of one document and memory of one worker, whatever the document does.

CPU time, not time: a document is not to blame for a busy machine.
"""

from __future__ import annotations

import contextlib
import math
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["OutOfTime", "cpu_limit", "memory_limit"]

_AGAIN = 0.5
"""CPU seconds after which it is said again, where saying it was swallowed."""


class OutOfTime(BaseException):
    """A document took more CPU time than it may; no handler of errors in between takes it."""


@contextmanager
def cpu_limit(seconds: float, *, isolated: bool) -> Iterator[None]:
    """Raise `OutOfTime` when what is done within takes more CPU time, of all threads.

    Only in the main thread; elsewhere nothing is limited.

    Args:
        seconds: of CPU time; 0 for no limit.
        isolated: whether the system may end this process where native code never comes back to Python,
            at twice the time.
    """
    if not seconds or threading.current_thread() is not threading.main_thread():
        yield
        return
    armed = True

    def out(_number: int, _frame: object) -> None:
        if armed:
            raise OutOfTime

    before = signal.signal(signal.SIGPROF, out)
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if isolated:
        _end_at(2 * seconds, hard)
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
    try:
        yield
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        if isolated:
            resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _end_at(seconds: float, hard: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(used.ru_utime + used.ru_stime + seconds + 1)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def memory_limit(size: int) -> None:
    """Let this process hold no more data than so many bytes; 0 for no limit."""
    if size:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard != resource.RLIM_INFINITY:
            size = min(size, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_DATA, (size, hard))
