"""Daemons: start in the foreground in a process group of their own, wait until ready, stop."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

__all__ = ["LabError", "daemon", "find_tool", "free_port", "loopback_address"]

_FOLDERS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_READY_SECONDS = 15.0


class LabError(RuntimeError):
    """A daemon did not start; the message holds what it said."""


def find_tool(name: str) -> str | None:
    """Return the path of a program, also one that only root has on its path."""
    return shutil.which(name) or shutil.which(name, path=_FOLDERS)


def loopback_address(rng: random.Random) -> str:
    """Return a random address of 127.0.0.0/8, away from 127.0.0.x."""
    return f"127.{rng.randint(1, 254)}.{rng.randint(1, 254)}.{rng.randint(2, 254)}"


def free_port(address: str) -> int:
    """Return a port that nobody listens on there at the moment."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def daemon(command: Sequence[str], address: str, port: int, log: Path) -> Iterator[None]:
    """Run a daemon until the block ends.

    Raises:
        LabError: when it ends early or does not listen in time.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(process, address, port, command[0], log)
        yield
    finally:
        _stop(process)


def _wait(process: subprocess.Popen[bytes], address: str, port: int, name: str, log: Path) -> None:
    end = time.monotonic() + _READY_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection((address, port), 0.5):
            return
        time.sleep(0.05)
    message = f"{name} does not listen on {address}:{port}: {log.read_text('utf-8', 'replace')}"
    raise LabError(message)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the whole group: nginx and sshd leave children behind otherwise."""
    for sign, seconds in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            break
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
