"""Exits: the exit codes, and how every command ends."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from decloak.cli.messages import say, swallow
from decloak.core.errors import DecloakError

__all__ = ["EXIT_CODES", "FAILED", "FINE", "INTERRUPTED", "PARTIAL", "UNUSABLE", "ended", "tidy"]

EXIT_CODES = (
    "Exit codes: 0 everything was processed; 1 a bug in decloak; 2 wrong usage, or nothing could be "
    "read; 3 some inputs failed and the others were written; 130 Ctrl-C. A closed pipe ends with 0."
)
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

    A closed pipe (``| head``) is no error; a full disk is one, without a trace. A request to terminate
    unwinds like Ctrl-C does, so that no half-written file stays behind.
    """
    before = signal.signal(signal.SIGTERM, _terminate) if _in_main_thread() else None
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError as error:
        swallow(sys.stdout)
        raise typer.Exit(FINE) from error
    except KeyboardInterrupt as error:
        say("interrupted", level="error")
        raise typer.Exit(INTERRUPTED) from error
    except DecloakError as error:
        say(str(error), level="error")
        raise typer.Exit(error.exit_code) from error
    except OSError as error:
        raise typer.Exit(_refused(error)) from error
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def ended(run: Callable[[], object]) -> int | str | None:
    """Run the whole command line and return its exit code; what it prints by itself may fail as well."""
    code: int | str | None = FINE
    if (
        sys.stdout is None
    ):  # closed by who started us: what is written there has to fail, here as well
        sys.stdout = open(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")  # noqa: PTH123, SIM115 - by its number, to the end
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - to the end
    try:
        run()
    except SystemExit as end:
        code = end.code
    except OSError as error:
        return _refused(error)
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        swallow(sys.stdout)
    except OSError as error:
        return _refused(error)
    return code


def _refused(error: OSError) -> int:
    """Say that the system refused something, most likely to write; return the exit code."""
    swallow(sys.stdout)
    where = "the output" if error.filename is None else str(error.filename)
    reason = (error.strerror or type(error).__name__).lower()
    say(f"{where}: {reason}; make room, or choose another place", level="error")
    return UNUSABLE


def _in_main_thread() -> bool:
    import threading  # noqa: PLC0415 - only here

    return threading.current_thread() is threading.main_thread()


def _terminate(_number: int, _frame: object) -> NoReturn:
    raise SystemExit(_TERMINATED)
