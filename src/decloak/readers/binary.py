"""Binary: bytes that are no text are refused, with what they are and what to do instead."""

from __future__ import annotations

from decloak.core.errors import BinaryError

__all__ = ["refuse_binary"]

SAMPLE = 65_536
"""Bytes from the start that are looked at."""

_UNPACK = "unpack it first"
_EXTRACT = "extract its text first"
_STRINGS = "run `strings` on it first"

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\x7fELF", "an ELF program", _STRINGS),
    (b"\x89PNG\r\n\x1a\n", "a PNG image", _EXTRACT),
    (b"GIF87a", "a GIF image", _EXTRACT),
    (b"GIF89a", "a GIF image", _EXTRACT),
    (b"\xff\xd8\xff", "a JPEG image", _EXTRACT),
    (b"%PDF-", "a PDF document", "read it as one: --reader pdf, from decloak[documents]"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an OLE document", _EXTRACT),
    (b"PK\x03\x04", "a ZIP archive or an Office document", _UNPACK),
    (b"PK\x05\x06", "an empty ZIP archive", _UNPACK),
    (b"\x1f\x8b", "gzip data inside gzip data", "decompress it once first"),
    (b"BZh", "bzip2 data", _UNPACK),
    (b"\xfd7zXZ\x00", "xz data", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "zstd data", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"\xca\xfe\xba\xbe", "a Java class or a Mach-O program", _STRINGS),
    (b"\xcf\xfa\xed\xfe", "a Mach-O program", _STRINGS),
    (b"\xd4\xc3\xb2\xa1", "a packet capture", "print it first, for example with `tcpdump -r`"),
    (b"\xa1\xb2\xc3\xd4", "a packet capture", "print it first, for example with `tcpdump -r`"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture", "print it first, for example with `tcpdump -r`"),
    (b"SQLite format 3\x00", "an SQLite database", "dump its tables to text first"),
)
_BZIP2_BLOCKS = b"1AY&SY", b"\x17rE8P\x90"

_NUL = b"\x00"
# Control characters that text does not hold: not BS, TAB, LF, VT, FF, CR, nor ESC (colours).
_CONTROLS = bytes(range(0x01, 0x08)) + bytes(range(0x0E, 0x1B)) + bytes(range(0x1C, 0x20)) + b"\x7f"
_CONTROL_SHARE = 0.05
_WIDE_SHARE, _WIDE_LEAST = 0.3, 4


def refuse_binary(data: bytes | bytearray) -> None:
    """Raise when the start of a file says that it is no text. UTF-16 is told apart before.

    Binary is: a known magic number; NUL bytes together with other control bytes where both make
    up more than 5 % of the first 64 KiB; NUL bytes that make up more than 30 % (UTF-16 without a
    byte-order mark, or a sparse file). A text with a few NULs is text.

    Raises:
        BinaryError: names what the bytes are and what to do.
    """
    head = bytes(data[:SAMPLE])
    for magic, kind, advice in _MAGIC:
        if head.startswith(magic) and (magic != b"BZh" or head[4:10] in _BZIP2_BLOCKS):
            message = f"it is {kind}, not text; {advice}"
            raise BinaryError(message)
    nuls = head.count(_NUL)
    if not nuls:
        return
    if head.startswith(b"MZ"):
        message = f"it is a Windows program, not text; {_STRINGS}"
        raise BinaryError(message)
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls and nuls + controls > _CONTROL_SHARE * len(head):
        message = f"it holds NUL and other control bytes, so it is binary, not text; {_STRINGS}"
        raise BinaryError(message)
    if nuls >= _WIDE_LEAST and nuls > _WIDE_SHARE * len(head):
        message = (
            "most of it is NUL bytes: UTF-16 without a byte-order mark, or no text; "
            "convert it first, for example with `iconv -f UTF-16LE -t UTF-8`"
        )
        raise BinaryError(message)
