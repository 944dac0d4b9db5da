"""ZIP: the files of an archive, one after the other, encrypted ones with the passwords that are given."""

from __future__ import annotations

import io
from binascii import crc32
from collections.abc import Iterator
from copy import copy
from typing import IO, TYPE_CHECKING, Any, cast

from decloak.core.document import Document
from decloak.core.errors import InputError, ToolError
from decloak.core.extras import need_extra
from decloak.core.result import Failure
from decloak.readers.base import Context
from decloak.readers.members import content_of, refuse_deeper
from decloak.readers.streams import read_all

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

__all__ = ["READER"]

_ENCRYPTED, _UTF8 = 0x1, 0x800
_AES = 99
"""The method that stands for AES, which the standard library does not undo."""
_BYTES_PER_MEMBER = 1 << 10
_OFFICE = "[Content_Types].xml"
_LINK, _KIND = 0o120000, 0o170000


class _Zip:
    """Reads every file of an archive in the order of its directory."""

    name = "zip"

    def knows(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the content tells
        """Whether it begins as archives do."""
        return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))

    def read(self, data: bytes, context: Context) -> Iterator[Document | Failure]:
        """Yield the documents of the members; see `unpack`."""
        yield from self.unpack(io.BytesIO(data), context)

    def unpack(self, stream: IO[bytes], context: Context) -> Iterator[Document | Failure]:
        """Yield the documents of the members; one that cannot be read is a Failure.

        Raises:
            InputError: when it is damaged, an Office document, or past a limit, which is named.
        """
        import zipfile  # noqa: PLC0415 - only where one is met

        refuse_deeper(context)
        if not stream.seekable():
            data = bytearray()
            read_all(stream, data)
            stream = io.BytesIO(data)
        limits = context.options.limits
        careful = _Careful(stream, _BYTES_PER_MEMBER * (limits.parts + 1))
        try:
            archive = zipfile.ZipFile(cast("IO[bytes]", careful))
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
            message = (
                f"the ZIP archive is damaged ({error}); fetch it again, or repair it with `zip -FF`"
            )
            raise InputError(message) from error
        careful.most = None
        members = archive.infolist()
        if context.options.reader != self.name and any(
            each.filename == _OFFICE for each in members
        ):
            message = "it is an Office document that no reader knows; save it as CSV, DOCX or PDF"
            raise InputError(message)
        files = [each for each in members if not each.filename.endswith("/") and not _is_link(each)]
        opener = _Opener(archive, stream, context.options.passwords)
        for number, member in enumerate(files, 1):
            yield from _member(opener, member, context)
            if context.budget.is_spent:
                if rest := len(files) - number:
                    message = f"{rest:,} more files of the archive were not read"
                    yield Failure(context.name, InputError.__name__, message)
                return


def _name(member: ZipInfo) -> str:
    """Return a member's name; many programs write UTF-8 without saying so."""
    if member.flag_bits & _UTF8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _is_link(member: ZipInfo) -> bool:
    return (member.external_attr >> 16) & _KIND == _LINK


def _member(opener: _Opener, member: ZipInfo, context: Context) -> Iterator[Document | Failure]:
    """Yield the documents of one member; what came before its damage is used."""
    name = _name(member)
    data, trouble = opener.content(member, context)
    if data or trouble is None:
        found = context.inside(name, data)
        del data
        yield from found
    if trouble is not None:
        yield Failure(context.part(name), InputError.__name__, trouble)


class _Opener:
    """Opens the members of one archive, the first password that fits before the others."""

    def __init__(self, archive: ZipFile, stream: IO[bytes], passwords: tuple[str, ...]) -> None:
        self._archive, self._stream = archive, stream
        self._passwords = list(passwords)
        self._other: Any = None
        self._by_place: dict[int, Any] = {}

    def content(self, member: ZipInfo, context: Context) -> tuple[bytes, str | None]:
        """Return what a member holds, and in words what is amiss with it."""
        if not member.flag_bits & _ENCRYPTED:
            return _told(*self._unchecked(member, context))
        for password in tuple(self._passwords):
            data, error = self._read(member, password, context)
            if error is None:
                self._passwords.remove(password)
                self._passwords.insert(0, password)
                return data, None
            if isinstance(error, NotImplementedError | ToolError | MemoryError):
                return _told(b"", error)
        return b"", "it is encrypted, and no password that was given fits"

    def _unchecked(self, member: ZipInfo, context: Context) -> tuple[bytes, Exception | None]:
        """Read a member without its checksum, so that a wrong one does not keep the content back."""
        plain = copy(member)
        del plain.CRC
        data, error = self._read(plain, None, context)
        past = len(data) > context.budget.unpacked
        if error is None and not past and crc32(data) != member.CRC:
            error = ValueError("its checksum is wrong")
        return data, error

    def _read(
        self, member: ZipInfo, password: str | None, context: Context
    ) -> tuple[bytes, Exception | None]:
        given = None if password is None else password.encode("utf-8", "surrogateescape")
        try:
            if member.compress_type == _AES:
                opened = self._aes().open(self._by_place[member.header_offset], pwd=given)
            else:
                opened = self._archive.open(member, pwd=given)
            with opened:
                return content_of(opened, context)
        except Exception as error:  # noqa: BLE001 - damage shows in every kind of error
            return b"", error

    def _aes(self) -> Any:
        """Open the archive with a library that undoes AES.

        Raises:
            ToolError: when the extra is not installed.
        """
        if self._other is None:
            with need_extra("documents"):
                import pyzipper  # noqa: PLC0415 - only where it is met
            self._other = pyzipper.AESZipFile(self._stream)
            self._by_place = {each.header_offset: each for each in self._other.infolist()}
        return self._other


def _told(data: bytes, error: Exception | None) -> tuple[bytes, str | None]:
    if error is None:
        return data, None
    if isinstance(error, NotImplementedError):
        return data, f"it is packed in a way that is not supported ({error}); unpack it with `7z x`"
    if isinstance(error, ToolError):
        return data, str(error)
    if isinstance(error, MemoryError):
        raise error
    return data, f"the member is damaged ({error}); what could be read before was used"


class _Careful:
    """A file of which at most so much is read at once, while the directory of the archive is."""

    def __init__(self, rest: IO[bytes], most: int) -> None:
        self._rest = rest
        self.most: int | None = most
        self.seek, self.tell, self.seekable = rest.seek, rest.tell, rest.seekable

    def read(self, count: int = -1) -> bytes:
        if self.most is not None and count > self.most:
            message = (
                f"its directory is longer than {self.most:,} bytes, the limit; unpack it first"
            )
            raise InputError(message)
        return self._rest.read(count)


READER = _Zip()
