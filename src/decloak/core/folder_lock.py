"""Folder lock: one run at a time in a folder; the system lets go of it when the run ends, however it does."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from decloak.core.errors import OutputError

__all__ = ["folder_lock"]


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold a folder against other runs, on this machine and on others that share it.

    Raises:
        OutputError: when another run holds it.
        OSError: when it cannot be written.
    """
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()
            message = f"{folder}: another run works here ({holder}); wait for it, or end it"
            raise OutputError(message) from error
        with contextlib.suppress(OSError):  # whose lock it is only helps people
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode(), 0)
        yield
    finally:
        os.close(descriptor)
