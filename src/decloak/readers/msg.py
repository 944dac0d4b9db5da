"""MSG: a message that Outlook saved (MS-OXMSG): its header, its texts, and what is attached to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.parser import HeaderParser
from email.policy import compat32
from typing import TYPE_CHECKING

from decloak.core.document import Document
from decloak.core.errors import InputError
from decloak.core.extras import need_extra
from decloak.core.result import Failure
from decloak.readers.base import Context

if TYPE_CHECKING:
    from oxmsg.storage import Storage

    from decloak.readers.mail.headers import Field
    from decloak.readers.mail.message import Letter

__all__ = ["READER"]

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNS = ("__substg1.0_".encode("utf-16-le"), "__properties_version1.0".encode("utf-16-le"))
_MOST_ENTRIES = 20_000
"""Streams and storages of a file; Outlook writes at most 2,048 attachments."""
_ROOT_HEADER, _INNER_HEADER, _RECIPIENT_HEADER = 32, 24, 8
"""Bytes before the properties of a message, of one within it, and of a recipient."""

# Numbers of properties (MS-OXPROPS).
_CLASS, _SUBJECT, _HEADERS, _SENT = 0x001A, 0x0037, 0x007D, 0x0039
_SENDER, _SENDER_ADDRESS, _SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_BODY, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_KIND, _NAME, _ADDRESS, _SMTP = 0x0C15, 0x3001, 0x3003, 0x39FE
_FILE_LONG, _FILE, _MIME, _DATA = 0x3707, 0x3704, 0x370E, 0x3701
_MESSAGE_CODEPAGE, _INTERNET_CODEPAGE = 0x3FFD, 0x3FDE
_KINDS = {1: "To", 2: "Cc", 3: "Bcc"}
_INNER = f"__substg1.0_{_DATA:04X}000D"


class _Msg:
    """The reader of MSG; see `decloak.readers.base.Reader`."""

    name = "msg"

    def knows(self, head: bytes, name: str) -> bool:
        """Whether it is an OLE file that holds a message; its directory may lie behind the head."""
        if not head.startswith(_MAGIC):
            return False
        return any(sign in head for sign in _SIGNS) or name.lower().endswith(".msg")

    def read(self, data: bytes, context: Context) -> Iterator[Document | Failure]:
        """Yield the message, then what is attached to it, each by its content.

        Raises:
            InputError: when it is damaged, or past a limit, which is named.
            ToolError: when the library is missing.
        """
        yield from _message(_storage(data), context, _ROOT_HEADER)


def _storage(data: bytes) -> Storage:
    """Return all that an OLE file holds.

    Raises:
        InputError: when it is damaged or holds too much.
        ToolError: when the library is missing.
    """
    with need_extra("documents"):
        from olefile import OleFileIO  # noqa: PLC0415 - only where a message is read
        from oxmsg.storage import Storage  # noqa: PLC0415 - only where a message is read

    try:
        with OleFileIO(data) as ole:
            _check([entry.size for entry in ole.direntries if entry is not None], len(data))
            return Storage.from_ole(ole)
    except InputError:
        raise
    except Exception as error:
        message = (
            f"the Outlook message is damaged ({type(error).__name__}); save it again, or as EML"
        )
        raise InputError(message) from error


def _check(sizes: list[int], size: int) -> None:
    """Refuse a file that would cost more than it is long.

    Args:
        sizes: of its streams, as it states them.
        size: of the file.

    Raises:
        InputError: names what is wrong.
    """
    if len(sizes) > _MOST_ENTRIES:
        message = f"it holds more than {_MOST_ENTRIES:,} streams, the limit"
        raise InputError(message)
    if sum(sizes) > 2 * size:  # many on the same bytes
        message = "the Outlook message is damaged: its streams are longer than the file"
        raise InputError(message)


class _Properties:
    """The properties of a message, a recipient or an attachment; what is broken in them is missing."""

    def __init__(self, storage: Storage, header: int, codec: str = "cp1252") -> None:
        self.streams = {stream.name: stream.bytes_ for stream in storage.streams}
        self._table = self.streams.get("__properties_version1.0", b"")[header:]
        self.codec = codec

    def number(self, pid: int) -> int | None:
        """Return a 32-bit number from the table of 16-byte rows (MS-OXMSG, 2.4.2)."""
        for place in range(0, len(self._table) - 15, 16):
            if int.from_bytes(self._table[place + 2 : place + 4], "little") == pid:
                return int.from_bytes(self._table[place + 8 : place + 12], "little")
        return None

    def time(self, pid: int) -> str:
        """Return a time of the table as RFC 3339 writes it; empty where there is none."""
        from datetime import UTC, datetime, timedelta  # noqa: PLC0415 - where a message has no header

        for place in range(0, len(self._table) - 15, 16):
            if int.from_bytes(self._table[place + 2 : place + 4], "little") == pid:
                ticks = int.from_bytes(self._table[place + 8 : place + 16], "little")
                if ticks < 10_000_000 * 86_400 * 365 * 2_000:
                    start = datetime(1601, 1, 1, tzinfo=UTC)
                    return (start + timedelta(seconds=ticks // 10_000_000)).isoformat()
        return ""

    def binary(self, pid: int) -> bytes:
        """Return the bytes of a property; empty where there are none."""
        return self.streams.get(f"__substg1.0_{pid:04X}0102", b"")

    def text(self, pid: int) -> str:
        """Return the text of a property; empty where there is none."""
        data = self.streams.get(f"__substg1.0_{pid:04X}001F")
        if data is not None:
            return data.decode("utf-16-le", "replace").rstrip("\0")
        return (
            self.streams.get(f"__substg1.0_{pid:04X}001E", b"")
            .decode(self.codec, "replace")
            .rstrip("\0")
        )

    def codec_of(self, pid: int) -> str:
        """Return the codec that the property names by the number of a code page."""
        from oxmsg.domain.encodings import encoding_from_codepage  # noqa: PLC0415 - with a message

        from decloak.readers.html.encoding import codec_of  # noqa: PLC0415 - with a message

        try:
            return codec_of(encoding_from_codepage(self.number(pid) or 0)) or ""
        except Exception:  # noqa: BLE001 - the library has errors of its own for numbers it does not know
            return ""


def _message(storage: Storage, context: Context, header: int) -> Iterator[Document | Failure]:
    """Yield one message and what is attached to it."""
    from decloak.readers.mail.headers import fields_of  # noqa: PLC0415 - when a message is read
    from decloak.readers.mail.message import Letter  # noqa: PLC0415 - when a message is read

    own = _Properties(storage, header)
    own.codec = own.codec_of(_MESSAGE_CODEPAGE) or own.codec
    letter = Letter(context)
    headers = HeaderParser(policy=compat32).parsestr(own.text(_HEADERS).lstrip("\r\n"))
    fields = list(fields_of(headers.raw_items()))
    known = {field.name.lower() for field in fields}
    letter.header(
        [*fields, *(each for each in _fields(storage, own) if each.name.lower() not in known)]
    )
    if own.text(_BODY):
        letter.text(own.text(_BODY), {"part": "body"}, "")
    html = own.binary(_HTML)
    if html:
        letter.html(html, own.codec_of(_INTERNET_CODEPAGE), "html", "")
    elif own.text(_HTML):
        letter.page(own.text(_HTML), {"part": "html"}, "")
    elif own.binary(_RTF) and not own.text(_BODY):
        letter.warn(
            "its text is there as RTF only and was not read; save the message as EML or HTML"
        )
    kind = own.text(_CLASS).lower()
    if kind.startswith("ipm.note.smime") and "multipartsigned" not in kind:
        letter.warn(
            "the message is encrypted or signed in one piece (S/MIME): open and save it first"
        )
    inner = list(_attached(storage, letter, own.codec, whole="multipartsigned" in kind))
    yield from letter.done()
    for name, message_storage in inner:
        yield from _within(name, message_storage, context)


def _fields(storage: Storage, own: _Properties) -> Iterator[Field]:
    """Yield the fields that Outlook keeps apart: all there are of a message that was never sent."""
    from decloak.readers.mail.headers import Field  # noqa: PLC0415 - when a message is read

    address = own.text(_SENDER_SMTP) or own.text(_SENDER_ADDRESS)
    yield from _field("From", 1, own.text(_SENDER), address)
    counts = dict.fromkeys(_KINDS.values(), 0)
    for each in storage.storages:
        if each.name.startswith("__recip_version1.0_#"):
            recipient = _Properties(each, _RECIPIENT_HEADER, own.codec)
            name = _KINDS.get(recipient.number(_KIND) or 1, "To")
            counts[name] += 1
            address = recipient.text(_SMTP) or recipient.text(_ADDRESS)
            yield from _field(name, counts[name], recipient.text(_NAME), address)
    if subject := own.text(_SUBJECT):
        yield Field("Subject", 1, subject)
    if sent := own.time(_SENT):
        yield Field("Date", 1, sent)


def _field(name: str, number: int, person: str, address: str) -> Iterator[Field]:
    from decloak.readers.mail.headers import Field  # noqa: PLC0415 - when a message is read

    if person or address:
        shown = f'"{person}" ' if person and person != address else ""
        yield Field(name, number, f"{shown}<{address}>" if address else person)


def _attached(
    storage: Storage, letter: Letter, codec: str, *, whole: bool
) -> Iterator[tuple[str, Storage | bytes]]:
    """Give what is attached to the letter; yield the messages among it, as storages or as EML.

    Args:
        storage: of the message.
        letter: of the message.
        codec: of its texts.
        whole: whether the message is signed: what is attached is the message itself, as it was sent.
    """
    from decloak.readers.mail.message import Attached  # noqa: PLC0415 - when a message is read

    number = 0
    for each in storage.storages:
        if not each.name.startswith("__attach_version1.0_#"):
            continue
        number += 1
        own = _Properties(each, _RECIPIENT_HEADER, codec)
        name = own.text(_FILE_LONG) or own.text(_FILE) or own.text(_NAME)
        data = own.binary(_DATA)
        inner = next((held for held in each.storages if held.name == _INNER), None)
        if data.strip() and whole:
            yield name or f"part-{number}", data
        elif data.strip():
            if name.lower().endswith(".rpmsg"):
                letter.warn(f"{name} is encrypted (rights management): open and save it first")
            else:
                kind = own.text(_MIME).lower()
                letter.attached.append(Attached.of(str(number), name, kind, data))
        elif inner is not None and any(
            held.name.startswith("__properties") for held in inner.streams
        ):
            yield name or f"part-{number}", inner
        else:
            letter.warn(
                f"attachment {number} ({name or 'without a name'}) holds no file and was not read"
            )


def _within(name: str, held: Storage | bytes, context: Context) -> Iterator[Document | Failure]:
    """Yield a message that is attached to another, within the limits."""
    from decloak.readers.eml import READER as EML  # noqa: PLC0415 - where a message is signed

    most = context.options.limits.depth
    if context.depth >= most:
        message = f"it lies {context.depth + 1} containers deep, the limit is {most}; save it apart"
        yield Failure(context.part(name), InputError.__name__, message)
        return
    inner = replace(context, name=context.part(name), depth=context.depth + 1)
    try:
        if isinstance(held, bytes):
            context.budget.spend(len(held))
            yield from EML.read(held, inner)
        else:
            context.budget.spend(sum(len(stream.bytes_) for stream in held.streams))
            yield from _message(held, inner, _INNER_HEADER)
    except InputError as error:
        yield Failure.of(inner.name, error)


READER = _Msg()
