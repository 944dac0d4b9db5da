"""HTML encoding: the bytes of a page to text, by its mark, its declaration, or what they can be."""

from __future__ import annotations

import codecs
import re

from decloak.core.errors import InputError
from decloak.readers.encoding import decode_bytes, mark_of

__all__ = ["codec_of", "decode_page", "decode_part"]

_DECLARED = re.compile(
    rb"""<meta[^>]{1,500}?charset\s*=\s*["']?\s*([\w.:-]{1,40})|<\?xml[^>]{1,200}?encoding\s*=\s*["']([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_SCANNED = 4_096
"""Bytes that are searched for a declaration; browsers search 1,024."""

# Only encodings of text that pages are written in: Python knows others that would run through a page twice.
_KNOWN = re.compile(
    r"ascii|utf-8|utf-16(?:-[lb]e)?|cp\d{3,4}|iso8859-\d{1,2}|koi8-[rtu]|gb(?:2312|k|18030)|big5(?:hkscs)?|euc_\w+|shift_jis\w*|iso2022_(?:jp|kr)\w*|hz|mac-\w+|tis-620"
)
# What the Encoding Standard reads under these names.
_READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}


def codec_of(label: str) -> str | None:
    """Return the Python codec for the name of an encoding; None for one that no page is written in."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    return _READ_AS.get(name, name) if _KNOWN.fullmatch(name) else None


def decode_page(data: bytes, given: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Return the text of a page and what went wrong.

    Args:
        data: its bytes.
        given: an encoding that the user insists on.

    Raises:
        InputError: when the given encoding is none.
    """
    if given is not None:
        codec = codec_of(given)
        if codec is None:
            message = f"{given!r} is no known encoding of text; try utf-8, or leave it out"
            raise InputError(message)
        return decode_part(data, codec)
    if mark_of(data)[0]:
        read = decode_bytes(data)
        return read.text, read.warnings
    match = _DECLARED.search(data, 0, _SCANNED)
    declared = codec_of((match[1] or match[2]).decode("ascii")) if match else None
    if declared is not None and not declared.startswith("utf"):
        return decode_part(data, declared)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        return decode_part(data, "utf-8" if declared else "cp1252")


def decode_part(data: bytes, codec: str) -> tuple[str, tuple[str, ...]]:
    """Return the text of bytes in an encoding and a warning where some are not in it."""
    try:
        return data.decode(codec), ()
    except UnicodeDecodeError as error:
        text = data.decode(codec, "replace")
        return text, (
            f"some bytes are not {codec} and were read as U+FFFD; the first is byte {error.start}",
        )
