"""Streams: opened inputs, decompressed, read no further than needed."""

from __future__ import annotations

import gzip
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, cast

from decloak.core.errors import InputError, UnreadableError
from decloak.readers.files import Input
from decloak.readers.unpack import DAMAGE, MOST_LAYERS, Metered, may_be_packed, unpacked

__all__ = ["MAX_DOCUMENT", "behind", "decompressed", "open_input", "opening_bytes", "read_all"]

MAX_DOCUMENT = 1 << 30
"""Longest document in bytes, decompressed: a small compressed file can hold any amount."""

_MAGIC = 10
"""Bytes by which a compression is known."""
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
def open_input(item: Input) -> Iterator[IO[bytes]]:
    """Open an input for reading, as it lies there.

    Raises:
        UnreadableError: when it cannot be opened.
    """
    stream = _standard_input() if item.path is None else _file(item.path)
    try:
        yield stream
    finally:
        if item.path is not None:
            stream.close()


def decompressed(
    stream: IO[bytes], metered: Callable[[int], None] | None = None
) -> tuple[IO[bytes], bool]:
    """Return a stream without its compressions, known by their first bytes, and whether there were any.

    Args:
        stream: what is read.
        metered: told how many bytes each compression unpacked to; raises when it is enough.

    Raises:
        InputError: when there are more than `MOST_LAYERS` compressions one in the other.
    """
    for layer in range(MOST_LAYERS + 1):
        head, stream = opening_bytes(stream, _MAGIC)
        inner = unpacked(head, stream)
        if inner is None:
            return stream, layer > 0
        if metered is not None:
            inner = cast("IO[bytes]", io.BufferedReader(Metered(inner, metered)))
        stream = inner
    message = f"it is compressed more than {MOST_LAYERS} times over; decompress it once first"
    raise InputError(message)


def opening_bytes(stream: IO[bytes], count: int) -> tuple[bytes, IO[bytes]]:
    """Return the first bytes of a stream, and a stream that has them still.

    Args:
        stream: what is read.
        count: how many; fewer where the stream ends, or where no more are needed to know that nothing is
            compressed: a pipe may hold one short line for now.
    """
    if (peek := getattr(stream, "peek", None)) is not None:
        with suppress(*DAMAGE):  # told by what follows
            head = peek(count)[:count]
            if len(head) == count or (head and not may_be_packed(head)):
                return head, stream
    head, take = b"", getattr(stream, "read1", stream.read)
    while len(head) < count and may_be_packed(head):
        try:
            more = take(count - len(head))
        except DAMAGE:  # whoever reads on is told again
            if not head:
                raise
            break
        if not more:
            break
        head += more
    if stream.seekable() and not isinstance(stream, gzip.GzipFile):
        stream.seek(-len(head), os.SEEK_CUR)
        return head, stream
    return head, behind(head, stream)


def behind(head: bytes, rest: IO[bytes]) -> IO[bytes]:
    """Return a stream of bytes that were taken from another one, and of what is left in that."""
    return cast("IO[bytes]", io.BufferedReader(_Replay(head, rest)))


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
    # read1: what a damaged stream gave before the damage is kept.
    take = getattr(stream, "read1", stream.read)
    while chunk := take(_CHUNK if most is None else max(0, most - len(data))):
        data += chunk
        if len(data) > MAX_DOCUMENT:
            message = f"it is longer than {MAX_DOCUMENT >> 20} MiB; split it first"
            raise InputError(message)
