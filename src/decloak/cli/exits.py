"""Exits: the exit codes, and how every command ends."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from decloak.cli.messages import say
from decloak.core.errors import DecloakError

__all__ = ["FAILED", "FINE", "INTERRUPTED", "PARTIAL", "UNUSABLE", "tidy"]

FINE = 0
"""Everything was processed, or whoever read the output has seen enough."""
FAILED = 1
"""A bug in decloak."""
UNUSABLE = 2
"""The command line is wrong, or nothing could be read."""
PARTIAL = 3
"""Some inputs failed; the results of the others were written."""
INTERRUPTED = 130
"""Ctrl-C."""
_TERMINATED = 143


@contextmanager
def tidy() -> Iterator[None]:
    """End a command with one line and an exit code instead of a traceback.

    A closed pipe (``| head``) is no error. A request to terminate unwinds like Ctrl-C does, so
    that no half-written file stays behind.
    """
    before = signal.signal(signal.SIGTERM, _terminate) if _in_main_thread() else None
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError as error:
        _swallow_output()
        raise typer.Exit(FINE) from error
    except KeyboardInterrupt as error:
        say("interrupted")
        raise typer.Exit(INTERRUPTED) from error
    except DecloakError as error:
        say(str(error))
        raise typer.Exit(error.exit_code) from error
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def _in_main_thread() -> bool:
    import threading  # noqa: PLC0415 - only here

    return threading.current_thread() is threading.main_thread()


def _terminate(_number: int, _frame: object) -> NoReturn:
    raise SystemExit(_TERMINATED)


def _swallow_output() -> None:
    """Point standard output nowhere, so that the interpreter's last flush cannot fail."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
