"""Tar: the files of an archive, read as a stream; a compressed one is never unpacked as a whole."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO, cast

from decloak.core.document import Document
from decloak.core.errors import InputError
from decloak.core.result import Failure
from decloak.readers.base import Context
from decloak.readers.members import content_of, refuse_deeper
from decloak.readers.unpack import DAMAGE

__all__ = ["READER"]

_BLOCK = 512
_CHECKSUM = slice(148, 156)
_MOST_HEADERS = 16 << 20
"""Bytes between two files: folders, links, and headers of headers."""
_READ_AHEAD = 1 << 16


class _Tar:
    """Reads every regular file; folders, links and devices hold nothing of their own."""

    name = "tar"

    def knows(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the content tells
        """Whether the first block holds its own checksum, which no text does."""
        block = head[:_BLOCK]
        try:
            told = int(block[_CHECKSUM].strip(b" \0"), 8)
        except ValueError:
            return False
        return len(block) == _BLOCK and told == sum(block) - sum(block[_CHECKSUM]) + 8 * ord(" ")

    def read(self, data: bytes, context: Context) -> Iterator[Document | Failure]:
        """Yield the documents of the members; see `unpack`."""
        yield from self.unpack(io.BytesIO(data), context)

    def unpack(self, stream: IO[bytes], context: Context) -> Iterator[Document | Failure]:
        """Yield the documents of the members.

        Raises:
            InputError: when nothing more can be read: it is damaged, or past a limit, which is named.
        """
        import tarfile  # noqa: PLC0415 - only where one is met

        refuse_deeper(context)
        source = _Source(stream)
        try:
            # As a stream: there is no going back, and so no loop.
            with tarfile.open(
                fileobj=cast("IO[bytes]", io.BufferedReader(source, _READ_AHEAD)), mode="r|"
            ) as archive:
                while True:
                    member = archive.next()
                    archive.members.clear()  # type: ignore[attr-defined] # else it remembers each
                    if member is None:
                        break
                    if not member.isreg():
                        continue
                    content = archive.extractfile(member)
                    if content is None:  # pragma: no cover - a regular file has content
                        continue
                    source.left = None
                    data, broken = content_of(content, context)
                    found = context.inside(member.name, data)
                    del data
                    yield from found
                    if broken is not None:
                        raise broken
                    if context.budget.is_spent:
                        return
                    source.left = _MOST_HEADERS
        except (tarfile.TarError, ValueError, OverflowError, AssertionError) as error:
            if source.broken is not None:
                raise source.broken from error
            message = f"the tar archive is damaged ({error}); what could be read before was used"
            raise InputError(message) from error
        if source.broken is not None:
            raise source.broken


class _Source(io.RawIOBase):
    """The archive's bytes, with an end to what goes on and on without a file, and an end where damage is.

    Attributes:
        left: bytes until the next file at most; None within one.
        broken: the damage of a compression, after what came before it was given.
    """

    def __init__(self, rest: IO[bytes]) -> None:
        super().__init__()
        self._read = getattr(rest, "read1", rest.read)
        self.left: int | None = _MOST_HEADERS
        self.broken: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # narrower than Buffer
        try:
            taken: bytes = b"" if self.broken else self._read(len(buffer))
        except DAMAGE as error:
            self.broken = error
            return 0
        if self.left is not None:
            self.left -= len(taken)
            if self.left < 0:
                message = f"more than {_MOST_HEADERS >> 20} MiB of the tar archive hold no file, the limit"
                raise InputError(message)
        buffer[: len(taken)] = taken
        return len(taken)


READER = _Tar()
