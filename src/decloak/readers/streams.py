"""Streams: opened inputs, decompressed by their content, read no further than needed."""

from __future__ import annotations

import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from decloak.core.errors import InputError, UnreadableError
from decloak.readers.files import Input

__all__ = ["GZIP_ERRORS", "MAX_DOCUMENT", "open_input", "read_all"]

MAX_DOCUMENT = 1 << 30
"""Longest document in bytes, decompressed: a small gzip file can hold any amount."""

GZIP_ERRORS = (EOFError, zlib.error, gzip.BadGzipFile)
"""What reading a damaged or truncated gzip stream raises."""

_GZIP_MAGIC = b"\x1f\x8b\x08"
_CHUNK = 1 << 20


class _Replay(io.RawIOBase):
    """A stream whose first bytes were already taken: gives them again, then the rest."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        super().__init__()
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # narrower than Buffer
        if self._head:
            taken = self._head[: len(buffer)]
            self._head = self._head[len(taken) :]
        else:
            # One read of what is there: a stream hands on each line as soon as it has come.
            read = getattr(self._rest, "read1", self._rest.read)
            taken = read(len(buffer))
        buffer[: len(taken)] = taken
        return len(taken)


@contextmanager
def open_input(item: Input) -> Iterator[tuple[IO[bytes], bool]]:
    """Open an input for reading; gzip is recognised by its magic number, not by its name.

    Yields:
        The decompressed stream, and whether it was compressed.

    Raises:
        UnreadableError: when it cannot be opened.
    """
    stream = _standard_input() if item.path is None else _file(item.path)
    try:
        head = b""
        while len(head) < len(_GZIP_MAGIC):
            more = stream.read(len(_GZIP_MAGIC) - len(head))
            if not more:
                break
            head += more
        if stream.seekable():
            stream.seek(-len(head), os.SEEK_CUR)
            whole = stream
        else:
            whole = cast("IO[bytes]", io.BufferedReader(_Replay(head, stream)))
        if head == _GZIP_MAGIC:
            yield cast("IO[bytes]", gzip.GzipFile(fileobj=whole, mode="rb")), True
        else:
            yield whole, False
    finally:
        if item.path is not None:
            stream.close()


def _file(path: str) -> IO[bytes]:
    try:
        return open(path, "rb")  # noqa: PTH123 - closed by open_input; Path adds nothing
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        message = f"{reason}; check the path and its permissions"
        raise UnreadableError(message) from error


def _standard_input() -> IO[bytes]:
    """Open standard input anew where it is a real file, so that nobody else's buffer is in the way.

    Raises:
        UnreadableError: when it is closed.
    """
    if sys.stdin is None:
        message = "standard input is closed; name a file, or pipe something in"
        raise UnreadableError(message)
    try:
        return open(sys.stdin.fileno(), "rb", closefd=False)
    except (OSError, ValueError, AttributeError):
        # Not a file: a test or a notebook put an object in its place.
        return sys.stdin.buffer


def read_all(stream: IO[bytes], data: bytearray, most: int | None = None) -> None:
    """Append the rest of a stream to `data`; what was read stays there when an error is raised.

    Args:
        stream: what is read.
        data: what it is appended to.
        most: bytes in `data` that are enough; None for all there is.

    Raises:
        InputError: when it is longer than `MAX_DOCUMENT`.
    """
    # read1: what a damaged gzip stream gave before the damage is kept.
    take = getattr(stream, "read1", stream.read)
    while chunk := take(_CHUNK if most is None else max(0, most - len(data))):
        data += chunk
        if len(data) > MAX_DOCUMENT:
            message = f"it is longer than {MAX_DOCUMENT >> 20} MiB; split it first"
            raise InputError(message)
