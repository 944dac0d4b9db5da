"""Output: standard output, or a file that appears whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from decloak.core.errors import OutputError
from decloak.core.partial import PARTIAL

__all__ = ["Target", "open_output"]

Target = tuple[TextIO, frozenset[tuple[int, int]]]
"""Where to write, and the files that are the output themselves and so are no input."""


@contextmanager
def open_output(path: str | None) -> Iterator[Target]:
    """Open standard output (None) or a file.

    A file is written under a temporary name beside it and renamed at the end: an error or Ctrl-C
    leaves the old one as it was. Pipes and devices are written directly.

    Raises:
        OutputError: when the file cannot be written, or has no room for all of it.
    """
    if path is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            # A terminal without Unicode shows an escape instead of ending the run.
            sys.stdout.reconfigure(errors="backslashreplace")
        yield sys.stdout, _keys(sys.stdout)
        return
    with _writing(path), _opened(Path(path)) as opened:
        yield opened


@contextmanager
def _opened(target: Path) -> Iterator[Target]:
    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8", newline="") as stream:
            yield stream, frozenset()
        return
    real = Path(os.path.realpath(target))
    with _renamed(real) as stream:
        keys = _keys(stream)
        yield stream, keys | {_key(real.stat())} if real.exists() else keys


@contextmanager
def _writing(path: str) -> Iterator[None]:
    """Name the file when the system refuses to write it; a closed pipe is no such case."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        message = f"{path}: {reason}; make room, or choose another --output"
        raise OutputError(message) from error


@contextmanager
def _renamed(real: Path) -> Iterator[TextIO]:
    """Write a temporary file beside another one; rename it when all went well, remove it when not."""
    descriptor, name = tempfile.mkstemp(PARTIAL, f".{real.name[:100]}.", real.parent)
    os.close(descriptor)
    temporary = Path(name)
    try:
        with temporary.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        temporary.chmod(_mode(real))
        temporary.replace(real)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()


def _mode(real: Path) -> int:
    """Return the permissions of the file that is replaced, else those of a new file."""
    if real.exists():
        return stat.S_IMODE(real.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _key(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _keys(stream: TextIO) -> frozenset[tuple[int, int]]:
    """Return the identity of an output that is a file, so that a folder's walk passes it over."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return frozenset()
    return frozenset({_key(status)}) if stat.S_ISREG(status.st_mode) else frozenset()
