"""What a daemon of Debian is: how it is started, what it serves, how it tells its version."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

__all__ = ["Daemon", "Listener", "run_quietly", "write"]


class Listener(NamedTuple):
    """One port of a daemon, and what a scanner calls it there."""

    port: int
    transport: str
    service: str
    product: str


@dataclass(frozen=True, slots=True)
class Daemon:
    """How to start one.

    Attributes:
        name: of the program.
        command: folder and address -> arguments; files it needs are written into the folder.
        listeners: where it listens; it is ready when it does so on all of them.
        version: arguments that print its version; empty for those that tell clients none.
        pattern: of the version in what is printed.
        form: how the server tells it, with ``{}`` for what was printed.
    """

    name: str
    command: Callable[[Path, str], list[str]]
    listeners: tuple[Listener, ...]
    version: tuple[str, ...] = ()
    pattern: str = r"(\d+\.\d[\w.]*)"
    form: str = "{}"


def write(folder: Path, name: str, text: str) -> str:
    """Write a file of a daemon; return its path."""
    path = folder / name
    path.write_text(text)
    return str(path)


def run_quietly(command: list[str]) -> None:
    """Run a command that prepares a daemon.

    Raises:
        ValueError: with what it said, when it fails or takes a minute.
    """
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=60, errors="replace"
        )
    except subprocess.TimeoutExpired as error:
        message = f"{command[0]} takes more than a minute"
        raise ValueError(message) from error
    if done.returncode:
        message = f"{command[0]}: {(done.stderr or done.stdout)[-300:].strip()}"
        raise ValueError(message)
