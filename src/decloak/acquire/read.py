"""Read: from inputs to documents, one at a time. A failure is a value in the stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO

from decloak.acquire.binary import refuse_binary
from decloak.acquire.encoding import decode_bytes, mark_of
from decloak.acquire.files import FileKey, Input, failure, walk
from decloak.acquire.json_lines import is_document_line, parse_line
from decloak.acquire.streams import GZIP_ERRORS, MAX_DOCUMENT, open_input, read_all
from decloak.core.document import Document
from decloak.core.errors import DecloakError, InputError
from decloak.core.result import Failure

__all__ = ["documents_of", "holds_json_lines", "read", "text_document"]

_JSON_NAMES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")


def read(paths: Iterable[str], skip: Iterable[FileKey] = ()) -> Iterator[Document | Failure]:
    """Yield every document that the paths name, or the Failure of what cannot be read.

    Nothing is read before it is asked for, and no error ends the stream.
    """
    for item in walk(paths, frozenset(skip)):
        if isinstance(item, Failure):
            yield item
        else:
            yield from documents_of(item)


def documents_of(item: Input) -> Iterator[Document | Failure]:
    """Yield the documents of one input: one, or one per line of a JSON-lines file.

    JSON lines are yielded as they arrive. A truncated gzip stream gives what could be read and
    then a Failure.
    """
    try:
        with open_input(item) as (stream, compressed):
            first = _first_line(stream)
            if _begins_json_lines(first, item):
                yield from _lines(item, first, stream)
            else:
                yield from _whole(item, first, stream, compressed=compressed)
    except GZIP_ERRORS as error:
        yield failure(item.id, _damaged(error))
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        yield failure(item.id, f"{reason}; reading stopped there")
    except Exception as error:  # noqa: BLE001 - one input costs no other one
        yield Failure.of(item.id, error)


def holds_json_lines(item: Input) -> bool:
    """Whether a file is JSON lines; False for what cannot be read, which `documents_of` names."""
    try:
        with open_input(item) as (stream, _):
            return _begins_json_lines(_first_line(stream), item)
    except (OSError, DecloakError, *GZIP_ERRORS):
        return False


def text_document(name: str, data: bytes | bytearray) -> Document:
    """Make a document of the bytes of one text.

    Raises:
        BinaryError: when the bytes are no text.
        InputError: when most of the text is in another encoding.
    """
    if mark_of(data)[1] == "utf-8":
        refuse_binary(data)
    read = decode_bytes(data)
    return Document(
        id=name,
        text=read.text,
        warnings=read.warnings,
        broken=read.broken,
        bom=read.bom,
        encoding=read.encoding,
    )


def _first_line(stream: IO[bytes]) -> bytes:
    """Take the first line that is not blank, if it could begin JSON lines; else a few bytes."""
    head = b""
    while not head.strip(b" \t\r\n\xef\xbb\xbf"):
        byte = stream.read(1)
        if not byte:
            return head
        head += byte
        if len(head) > len(b"\xef\xbb\xbf") + 64:
            return head
    if not head.endswith(b"{"):
        return head
    return head + stream.readline(MAX_DOCUMENT)


def _begins_json_lines(first: bytes, item: Input) -> bool:
    """Decide by the first line; a broken one is held to be JSON lines when the name says so."""
    if is_document_line(first):
        return True
    return (
        item.id.lower().endswith(_JSON_NAMES)
        and first.lstrip(b" \t\r\n\xef\xbb\xbf").startswith(b"{")
        and b'"text"' in first
        and first.endswith(b"\n")
        and not first.rstrip().endswith(b"}")
    )


def _lines(item: Input, first: bytes, stream: IO[bytes]) -> Iterator[Document | Failure]:
    """Yield the document of every line; a broken line is a Failure and the rest goes on."""
    number = first.rstrip(b"\n").count(b"\n")
    line = first.removeprefix(b"\xef\xbb\xbf").lstrip()
    while line:
        number += 1
        if line.strip():
            try:
                if len(line) >= MAX_DOCUMENT:
                    _skip_line(line, stream)
                yield parse_line(line, number, item.id)
            except (InputError, MemoryError) as error:
                yield Failure.of(f"{item.id}:{number}", error)
        line = stream.readline(MAX_DOCUMENT)


def _skip_line(line: bytes, stream: IO[bytes]) -> None:
    """Pass over the rest of a line that is too long.

    Raises:
        InputError: always, when there was a rest.
    """
    while line and not line.endswith(b"\n"):
        line = stream.readline(1 << 20)
    message = f"the line is longer than {MAX_DOCUMENT >> 20} MiB; split its text first"
    raise InputError(message)


def _whole(
    item: Input, first: bytes, stream: IO[bytes], *, compressed: bool
) -> Iterator[Document | Failure]:
    """Yield the one document of a plain text, and a Failure when its gzip stream is damaged."""
    data = bytearray(first)
    damage: Exception | None = None
    try:
        read_all(stream, data)
    except GZIP_ERRORS as error:
        if not compressed or not data:
            raise
        damage = error
    document = text_document(item.id, data)
    del data
    yield document
    if damage is not None:
        yield failure(item.id, _damaged(damage))


def _damaged(error: Exception) -> str:
    what = "truncated" if isinstance(error, EOFError) else f"damaged ({error})"
    return f"the gzip data is {what}; what could be read before was used, fetch the file again"
