"""Opened: the streams within a file that is added: plain, gzip, a zip of many, a zip in a zip, a folder."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from decloak.core.errors import KnowledgeError, UnreadableError

__all__ = ["Peeked", "readable", "streams"]

_HEAD = 1 << 18
_BOM = b"\xef\xbb\xbf"
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_SUFFIXES = (".json", ".xml", ".csv", ".tsv", ".yaml", ".yml", ".zip")


class Peeked(io.RawIOBase):
    """A stream whose first bytes are known before it is read; a byte-order mark is passed over.

    Attributes:
        head: up to 256 KiB.
    """

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        head = b""
        while len(head) < _HEAD and (piece := stream.read(_HEAD - len(head))):
            head += piece
        self.head = head.removeprefix(_BOM)
        self._left, self._stream = self.head, stream

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what io passes
        """Fill a buffer; return how many bytes."""
        piece = self._left[: len(buffer)] or self._stream.read(len(buffer))
        self._left = self._left[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)


def streams(path: Path) -> Iterator[tuple[str, Peeked]]:
    """Yield the name and the stream of every file within; each has to be read before the next.

    Raises:
        UnreadableError: when there is no such file, or it may not be read.
    """
    try:
        if path.is_dir():
            for each in sorted(path.rglob("*.json")):
                with each.open("rb") as stream:
                    yield each.name, Peeked(stream)
            return
        with path.open("rb") as stream:
            yield from _within(path.name, stream)
    except (FileNotFoundError, PermissionError) as error:
        message = f"{error.filename or path}: {(error.strerror or '').lower()}"
        raise UnreadableError(message) from error


def _within(name: str, stream: BinaryIO, depth: int = 0) -> Iterator[tuple[str, Peeked]]:
    start = stream.read(4)
    stream.seek(0)
    if start.startswith(_GZIP):
        with gzip.open(stream) as unpacked:
            yield name.removesuffix(".gz"), Peeked(cast("BinaryIO", unpacked))
    elif start == _ZIP and depth < 2:
        with zipfile.ZipFile(stream) as archive:
            for entry in sorted(archive.infolist(), key=_by_name):
                if not entry.is_dir() and entry.filename.lower().endswith(_SUFFIXES):
                    with archive.open(entry) as member:
                        yield from _member(entry.filename, cast("BinaryIO", member), depth)
    else:
        yield name, Peeked(stream)


def _member(name: str, member: BinaryIO, depth: int) -> Iterator[tuple[str, Peeked]]:
    if not name.lower().endswith(".zip"):
        yield name, Peeked(member)
        return
    with TemporaryFile() as spooled:  # a zip is read from its end
        while piece := member.read(1 << 20):
            spooled.write(piece)
        spooled.seek(0)
        yield from _within(name, spooled, depth + 1)


def _by_name(entry: zipfile.ZipInfo) -> str:
    return entry.filename


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Name what is wrong with a file that cannot be unpacked.

    Raises:
        KnowledgeError: when it is damaged, cut short, or encrypted.
    """
    try:
        yield
    except (
        EOFError,
        gzip.BadGzipFile,
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
    ) as error:
        message = f"{path}: damaged or cut short ({error}); get it again"
        raise KnowledgeError(message) from error
    except UnicodeDecodeError as error:
        message = f"{path}: not UTF-8 at byte {error.start}; get it again"
        raise KnowledgeError(message) from error
    except RuntimeError as error:  # what zipfile says of an encrypted member
        message = f"{path}: {error}"
        raise KnowledgeError(message) from error
