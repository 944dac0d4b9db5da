"""Unpack: compressed streams read as what they hold, known by their first bytes, in bounded memory."""

from __future__ import annotations

import gzip
import importlib
import io
import sys
import zlib
from collections.abc import Callable
from typing import IO, Any, Protocol, cast

from decloak.core.extras import need_extra

__all__ = [
    "DAMAGE",
    "MOST_LAYERS",
    "DamagedError",
    "Metered",
    "damage",
    "may_be_packed",
    "unpacked",
]

MOST_LAYERS = 4
"""Compressions one in the other."""

_CHUNK = 1 << 16
_XZ_MEMORY = 256 << 20
"""Bytes that unpacking xz may hold; ``xz -9`` needs 65 MiB, and a hostile header may ask for 4 GiB."""
_ZSTD_WINDOW = 27
"""Binary logarithm of the bytes that unpacking zstd may hold: what its own command allows."""


class DamagedError(Exception):
    """Compressed data that is truncated or damaged; the message says which."""


DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile, DamagedError)
"""What reading a damaged or truncated compressed stream raises."""


def damage(error: Exception) -> str:
    """Return in words what is amiss with compressed data, and what to do."""
    if isinstance(error, DamagedError):
        what = str(error)
    elif isinstance(error, EOFError):
        what = "the gzip data is truncated"
    else:
        what = f"the gzip data is damaged ({error})"
    return f"{what}; what could be read before was used, fetch the file again"


class _Unpacker(Protocol):
    """What the standard library calls a decompressor."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Unpacked(io.RawIOBase):
    """A compressed stream of any number of members, one behind the other, padded with NULs or not."""

    def __init__(self, kind: str, new: Callable[[], _Unpacker], rest: IO[bytes]) -> None:
        super().__init__()
        self._kind, self._new, self._rest = kind, new, rest
        self._unit = new()
        self._error: DamagedError | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # narrower than Buffer
        if self._error is not None:
            raise self._error
        try:
            return self._into(buffer)
        except DamagedError as error:
            self._error = error
            raise

    def _into(self, buffer: memoryview) -> int:
        while True:
            given = b""
            if self._unit.eof:
                given = self._unit.unused_data.lstrip(b"\0") or self._behind()
                if not given:
                    return 0
                self._unit = self._new()
            elif self._unit.needs_input and not (given := self._rest.read(_CHUNK)):
                message = f"the {self._kind} data is truncated"
                raise DamagedError(message)
            try:
                made = self._unit.decompress(given, len(buffer))
            except Exception as error:
                # OSError, LZMAError, ZstdError: each library has its own.
                message = f"the {self._kind} data is damaged ({error})"
                raise DamagedError(message) from error
            if made:
                buffer[: len(made)] = made
                return len(made)

    def _behind(self) -> bytes:
        """Return what stands behind a member and its padding."""
        while more := self._rest.read(_CHUNK):
            if stripped := more.lstrip(b"\0"):
                return stripped
        return b""


class Metered(io.RawIOBase):
    """A stream that counts what it gives.

    Args:
        rest: what is read.
        spend: told how many bytes were taken; raises when it is enough.
    """

    def __init__(self, rest: IO[bytes], spend: Callable[[int], None]) -> None:
        super().__init__()
        self._rest, self._spend = rest, spend

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # narrower than Buffer
        """Fill some of the buffer and return how much."""
        read = getattr(self._rest, "read1", self._rest.read)
        taken: bytes = read(len(buffer))
        self._spend(len(taken))
        buffer[: len(taken)] = taken
        return len(taken)


def _gzip(stream: IO[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", gzip.GzipFile(fileobj=stream, mode="rb"))


def _bzip2(stream: IO[bytes]) -> IO[bytes]:
    import bz2  # noqa: PLC0415 - only where it is met

    return _buffered(_Unpacked("bzip2", bz2.BZ2Decompressor, stream))


def _xz(stream: IO[bytes]) -> IO[bytes]:
    import lzma  # noqa: PLC0415 - only where it is met

    def new() -> _Unpacker:
        return lzma.LZMADecompressor(memlimit=_XZ_MEMORY)

    return _buffered(_Unpacked("xz", new, stream))


def _zstd(stream: IO[bytes]) -> IO[bytes]:
    with need_extra("documents"):
        name = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
        zstd: Any = importlib.import_module(name)
    options = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW}

    def new() -> _Unpacker:
        made: _Unpacker = zstd.ZstdDecompressor(options=options)
        return made

    return _buffered(_Unpacked("zstd", new, stream))


def _buffered(raw: io.RawIOBase) -> IO[bytes]:
    return cast("IO[bytes]", io.BufferedReader(raw, _CHUNK))


_FORMATS: tuple[tuple[bytes, Callable[[IO[bytes]], IO[bytes]]], ...] = (
    (b"\x1f\x8b\x08", _gzip),
    (b"\xfd7zXZ\x00", _xz),
    (b"\x28\xb5\x2f\xfd", _zstd),
    (b"BZh", _bzip2),
)
_BZIP2_BLOCKS = b"1AY&SY", b"\x17rE8P\x90"


def may_be_packed(head: bytes) -> bool:
    """Whether more bytes behind these could make them the start of compressed data."""
    return any(magic.startswith(head[: len(magic)]) for magic, _ in _FORMATS)


def unpacked(head: bytes, stream: IO[bytes]) -> IO[bytes] | None:
    """Return the stream decompressed; None where its first bytes are of no compression.

    Args:
        head: the first ten bytes, or all where there is less; they are still in the stream.
        stream: what is read.

    Raises:
        ToolError: for zstd, when the extra is not installed.
    """
    for magic, opened in _FORMATS:
        if head.startswith(magic) and (magic != b"BZh" or head[4:10] in _BZIP2_BLOCKS):
            return opened(stream)
    return None
