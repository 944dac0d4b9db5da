"""Threads: how many an in-process model may use without taking cores that others work on.

Threads that wait for each other at every step are slower than one as soon as a single one of them has
to share its core.
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["VARIABLE", "threads_wanted", "usable_cores"]

VARIABLE = "DECLOAK_THREADS"
_MOST_TOLD = 256
_QUOTA = Path("/sys/fs/cgroup/cpu.max")
"""Time quota of this container (Linux, cgroup v2): microseconds, or ``max``, of a period."""


def usable_cores() -> int:
    """Return how many cores this process may use, busy or not: its affinity, its container's quota."""
    if hasattr(os, "sched_getaffinity"):  # not on every system
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    return max(1, min(cores, _quota(cores)))


def threads_wanted() -> int:
    """Return how many threads a model may use: DECLOAK_THREADS, else one per idle core, at least one.

    Idle are the usable cores less their share of the machine's load in the last minute.
    """
    told = os.environ.get(VARIABLE, "")
    if told.isascii() and told.isdecimal() and int(told[:9]) > 0:
        return min(int(told[:9]), _MOST_TOLD)
    usable = usable_cores()
    return max(1, round(usable - _load() * usable / (os.cpu_count() or usable)))


def _load() -> float:
    """Return how many processes ran or wanted to, on average over the last minute."""
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):  # not on every system
        return 0.0


def _quota(cores: int) -> int:
    try:
        told, period = _QUOTA.read_text("ascii").split()
        return cores if told == "max" else max(1, round(int(told) / int(period)))
    except (OSError, ValueError, ZeroDivisionError):
        return cores
