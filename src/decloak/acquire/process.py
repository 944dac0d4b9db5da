"""Process: run a program in a process group of its own, bounded in time and output."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from decloak.core.errors import DecloakError
from decloak.core.patience import Stopped

__all__ = ["Finished", "Stopped", "execute"]

_POLL = 0.1
"""Seconds between two looks at the clock and at the wish to stop."""
_GRACE = 1.0
"""Seconds between the request to end and the kill; and that a pipe may outlive its program."""
_KEPT = ("PATH", "NMAP_PRIVILEGED", "NMAPDIR", "SSL_CERT_FILE", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Finished:
    """How a process ended.

    Attributes:
        exit_status: its exit status; negative for the signal that ended it.
        outputs: ``stdout`` and ``stderr``, as far as they are not empty.
        truncated: the names of those that reached the limit; the process was then ended.
        seconds: how long it ran.
        timed_out: whether it was ended because its time was over.
    """

    exit_status: int
    outputs: dict[str, bytes]
    truncated: tuple[str, ...]
    seconds: float
    timed_out: bool


def execute(
    command: Sequence[str], *, folder: Path, seconds: float, limit: int, stop: threading.Event
) -> Finished:
    """Run a program to its end, without standard input, and return all it wrote.

    It runs in `folder`, which is its home too, so that nobody's settings change its output; it
    sees the C locale in UTF-8, the time zone UTC, and nothing else of the environment than the
    paths to programs and libraries: no key can leak into it.

    Args:
        command: the program and its arguments; no shell is involved.
        folder: where it runs.
        seconds: how long it may run.
        limit: bytes that each of its two outputs may have.
        stop: ends it when set.

    Raises:
        Stopped: when `stop` was set. As for any other exception, nothing of the group is left.
        DecloakError: when the program cannot be started.
    """
    begun = time.monotonic()
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        message = f"{command[0]} cannot be started: {error}"
        raise DecloakError(message) from error
    timed_out = False
    try:
        reader = _Reader(process, limit)
        while reader.more():
            if stop.is_set():
                raise Stopped
            timed_out = time.monotonic() - begun >= seconds
            if timed_out or reader.truncated:
                break
    finally:
        _end(process, gently=timed_out)
    names = tuple(sorted(reader.truncated))
    outputs = {name: bytes(data) for name, data in reader.data.items() if data}
    spent = time.monotonic() - begun
    return Finished(process.returncode, outputs, names, spent, timed_out)


class _Reader:
    """Collects both outputs until the limit, the end of both, or the end of the program."""

    def __init__(self, process: subprocess.Popen[bytes], limit: int) -> None:
        self.process, self.limit = process, limit
        self.data = {"stdout": bytearray(), "stderr": bytearray()}
        self.truncated: set[str] = set()
        self._selector = selectors.DefaultSelector()
        self._ended: float | None = None
        for name, pipe in (("stdout", process.stdout), ("stderr", process.stderr)):
            if pipe is not None:
                self._selector.register(pipe, selectors.EVENT_READ, name)

    def more(self) -> bool:
        """Take what has come within a moment; say whether more can come."""
        for key, _ in self._selector.select(_POLL):
            pipe, name = key.fileobj, key.data
            self._take(pipe, name)  # type: ignore[arg-type] # only pipes were registered
        if not self._selector.get_map():
            self._selector.close()
            return False
        if _has_ended(self.process.pid):
            # A child of its own may hold the pipes open for ever.
            self._ended = self._ended or time.monotonic()
            return time.monotonic() - self._ended < _GRACE
        return True

    def _take(self, pipe: IO[bytes], name: str) -> None:
        chunk = os.read(pipe.fileno(), 1 << 16)
        if not chunk:
            self._selector.unregister(pipe)
            return
        self._ended = None
        room = self.limit - len(self.data[name])
        self.data[name] += chunk[:room]
        if len(chunk) > room:
            self.truncated.add(name)


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {"HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _has_ended(pid: int) -> bool:
    """Say whether a child has ended, without taking away its process id."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end(process: subprocess.Popen[bytes], *, gently: bool) -> None:
    """End whatever is left of the group. The leader is reaped last: its id stays ours until then."""
    try:
        if gently and not _has_ended(process.pid):
            _signal(process.pid, signal.SIGTERM)
            end = time.monotonic() + _GRACE
            while time.monotonic() < end and not _has_ended(process.pid):
                time.sleep(_POLL / 2)
    finally:
        # Only a leader that ended by itself keeps its own exit status.
        _signal(process.pid, signal.SIGKILL)
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
        process.wait()


def _signal(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
