"""Reader: knows a DOCX when it sees one, and loads what reads it only then."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from decloak.core.document import Document
from decloak.core.errors import InputError
from decloak.core.result import Failure
from decloak.readers.base import Context

__all__ = ["READER", "DocxReader"]

_MEMBER = b"PK\x03\x04"
_HEADER = 30
_FIRST = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"customXml/", b"mimetype")
"""What the first member of an Office document may be."""
_TYPE = b"wordprocessingml"
_MOST = 1 << 16
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument"
_NEAR = 256


@dataclass(frozen=True, slots=True)
class DocxReader:
    """Reads DOCX and its kin with macros and templates, with the files embedded in them."""

    name: str = "docx"

    def knows(self, head: bytes, name: str) -> bool:
        """Whether the content is an Office document of words; see `decloak.readers.base.Reader`."""
        if not head.startswith(_MEMBER):
            return False
        length = int.from_bytes(head[26:28], "little")
        first = head[_HEADER : _HEADER + length]
        if not first.startswith(_FIRST):
            return False
        if _OPEN_DOCUMENT in head[:_NEAR]:
            return True
        if first == _FIRST[0] and _TYPE in _content(head, length):
            return True
        return b"word/document" in head or name.lower().endswith(
            (".docx", ".docm", ".dotx", ".dotm")
        )

    def read(self, data: bytes, context: Context) -> Iterator[Document | Failure]:
        """Yield the document and those of its embedded files; see `decloak.readers.base.Reader`.

        Raises:
            InputError: when it is an OpenDocument file, damaged, or longer than a limit.
        """
        if _OPEN_DOCUMENT in data[:_NEAR]:
            message = (
                "it is an OpenDocument file, which no reader knows; save it as DOCX, PDF or CSV"
            )
            raise InputError(message)
        from decloak.readers.docx.document import read_docx  # noqa: PLC0415 - loads what reads XML

        document, parts = read_docx(bytes(data), context)
        yield document
        for name, part in parts:
            yield from context.inside(name, part)


def _content(head: bytes, length: int) -> bytes:
    """Return what the first member of a ZIP archive holds, as far as it is in sight."""
    start = _HEADER + length + int.from_bytes(head[28:30], "little")
    if head[8:10] == b"\0\0":
        return head[start : start + _MOST]
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(head[start:], _MOST)
    except zlib.error:
        return b""


READER = DocxReader()
