"""Package: the parts of an Office document and the relations between them, within limits."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from typing import Any, NamedTuple

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from decloak.core.errors import InputError
from decloak.readers.base import Context

__all__ = ["DAMAGE", "Package", "Relation", "feed", "local"]

MOST_XML = 1 << 27
"""Bytes of XML that are read of one part."""

DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, OSError, ValueError,
    ParseError, DefusedXmlException,
)  # fmt: skip
"""What reading a damaged or hostile part raises."""

_DIRECTORY = b"PK\x01\x02"
_CHUNK = 1 << 16


class Relation(NamedTuple):
    """What one part says of another, or of something outside.

    Attributes:
        kind: the last word of its type: ``hyperlink``, ``footnotes``, ``attachedTemplate`` ...
        target: the name of a part, or an address outside.
        external: whether it is an address.
    """

    kind: str
    target: str
    external: bool


class Package:
    """The parts of one document; each is read once, and counts against the limits of the input.

    Raises:
        InputError: when it is no ZIP archive, or holds more members than the limit.
    """

    def __init__(self, data: bytes, context: Context) -> None:
        self._context = context
        most = context.options.limits.parts
        if data.count(_DIRECTORY) > most:
            message = f"it holds more than {most:,} parts, the limit; unpack it first"
            raise InputError(message)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except DAMAGE as error:
            message = (
                f"the document is damaged ({error}); open it in an office program and save it again"
            )
            raise InputError(message) from error
        self.names = frozenset(self._archive.namelist())

    def read(self, name: str, most: int = MOST_XML) -> bytes:
        """Return a part.

        Raises:
            InputError: when it is longer than `most`, or a limit of the input is passed.
            Exception: one of `DAMAGE`.
        """
        most = min(most, self._context.budget.unpacked)
        data = bytearray()
        with self._archive.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                data += chunk
                if len(data) > most:
                    message = f"a part of it ({name}) is longer than {most:,} bytes, the limit"
                    raise InputError(message)
        self._context.budget.spend(len(data))
        return bytes(data)

    def relations(self, name: str) -> dict[str, Relation]:
        """Return the relations of a part by their ids; ``""`` is the document as a whole."""
        folder, file = posixpath.split(name)
        rels = posixpath.join(folder, "_rels", f"{file}.rels")
        if rels not in self.names:
            return {}
        target = _Relations(folder)
        feed(self.read(rels), target)
        return target.found


class _Relations:
    """Takes relations from XML."""

    def __init__(self, folder: str) -> None:
        self.found: dict[str, Relation] = {}
        self._folder = folder

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if local(tag) != "Relationship":
            return
        target = attributes.get("Target", "")
        external = attributes.get("TargetMode") == "External"
        if not external:
            target = posixpath.normpath(posixpath.join("/", self._folder, target)).lstrip("/")
        kind = attributes.get("Type", "").rpartition("/")[2]
        self.found[attributes.get("Id", "")] = Relation(kind, target, external)

    def end(self, tag: str) -> None:
        pass

    def data(self, text: str) -> None:
        pass

    def close(self) -> None:
        pass


def feed(data: bytes, target: Any) -> None:
    """Parse XML event by event; no tree is built, nothing is declared, nothing is fetched.

    Args:
        data: the XML.
        target: has ``start``, ``end``, ``data`` and ``close`` as the standard library's tree builder.

    Raises:
        Exception: one of `DAMAGE`.
    """
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    for at in range(0, len(data), _CHUNK):
        parser.feed(data[at : at + _CHUNK])
    parser.close()


def local(tag: str) -> str:
    """Return a name without its namespace."""
    return tag.rpartition("}")[2]
