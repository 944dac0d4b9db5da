"""Encoding: bytes to text, with every byte that was not text accounted for."""

from __future__ import annotations

import codecs
import threading
from dataclasses import dataclass

from decloak.core.errors import InputError, SettingsError

__all__ = ["MAX_BROKEN", "Text", "decode_bytes", "known_encoding"]

MAX_BROKEN = 4_000_000
"""Most broken places that are recorded; more means that the file is in another encoding."""

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Text:
    """A text and how it was read.

    Attributes:
        text: what the bytes say.
        encoding: ``utf-8``, what the byte-order mark says, or what was insisted on.
        bom: bytes of the byte-order mark, which is not part of `text`.
        broken: (code-point position, bytes it stands for) of every U+FFFD that was put in.
        warnings: one line when anything was broken.
    """

    text: str
    encoding: str = "utf-8"
    bom: int = 0
    broken: tuple[tuple[int, int], ...] = ()
    warnings: tuple[str, ...] = ()


_places = threading.local()


def _record(error: UnicodeError) -> tuple[str, int]:
    """Replace one maximal subpart by U+FFFD, as ``replace`` does, and note its byte range."""
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - only ever called by a decoder
    found: list[tuple[int, int]] = _places.found
    found.append((error.start, error.end))
    if len(found) > MAX_BROKEN:
        message = (
            f"more than {MAX_BROKEN} byte sequences are not {error.encoding.upper()}; it is in "
            "another encoding; convert it first, for example with `iconv -t UTF-8`"
        )
        raise InputError(message)
    return "\ufffd", error.end


codecs.register_error("decloak.record", _record)


def mark_of(data: bytes | bytearray) -> tuple[int, str]:
    """Return the length of the byte-order mark and the encoding it names; UTF-8 without one."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return len(mark), encoding
    return 0, "utf-8"


_PROBE = "\u65e5\u672ca"


def known_encoding(name: str) -> str:
    """Return the plain name of an encoding that can be insisted on.

    Raises:
        SettingsError: when Python does not know it, or its bytes mean nothing without those before them.
    """
    plain = name.strip().lower().replace("_", "-")
    if plain in {"utf-16", "utf-32"}:
        plain += "-le"  # what has no byte-order mark is mostly that
    plain = plain.removesuffix("-sig")
    try:
        parts = [char.encode(plain, "replace") for char in _PROBE]
        # Escapes and shifts: there a code point's bytes depend on those around it.
        if b"".join(parts) == _PROBE.encode(plain, "replace") and "escape" not in plain:
            return codecs.lookup(plain).name
    except (LookupError, UnicodeError, ValueError, TypeError):
        pass
    message = f"{name!r} is no encoding that can be read; convert it first, for example with `iconv -t UTF-8`"
    raise SettingsError(message)


def decode_bytes(data: bytes | bytearray, insisted: str | None = None) -> Text:
    """Read bytes as UTF-8, or as UTF-16 or UTF-32 when a byte-order mark says so.

    Args:
        data: the bytes.
        insisted: what they are read as where no byte-order mark says otherwise (`known_encoding`).

    Invalid sequences become U+FFFD, one per maximal subpart (Unicode 15, section 3.9), exactly as
    ``bytes.decode(..., "replace")`` does it.

    Raises:
        InputError: when more than `MAX_BROKEN` sequences are invalid.
    """
    bom, encoding = mark_of(data)
    if insisted is not None and not bom:
        encoding = insisted
    body = data if not bom else memoryview(data)[bom:]
    found: list[tuple[int, int]] = []
    _places.found = found
    try:
        text = codecs.decode(body, encoding, "decloak.record")
    finally:
        _places.found = []
    if not found:
        return Text(text, encoding, bom)
    count = len(found)
    noun = "sequence" if count == 1 else "sequences"
    warning = (
        f"{count} invalid {encoding.upper()} byte {noun} read as U+FFFD; "
        f"the first at byte {found[0][0] + bom}"
    )
    return Text(text, encoding, bom, _positions(body, encoding, found), (warning,))


def _positions(
    body: bytes | bytearray | memoryview, encoding: str, found: list[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """Turn byte ranges into code-point positions: what stands between two ranges is valid."""
    view = memoryview(body)
    broken: list[tuple[int, int]] = []
    position = done = 0
    for start, end in found:
        if done < start:
            position += len(str(view[done:start], encoding))
        broken.append((position, end - start))
        position += 1
        done = end
    return tuple(broken)
