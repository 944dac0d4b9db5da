"""Read: from inputs to documents, one at a time. A failure is a value in the stream."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from os import SEEK_CUR
from typing import IO

from decloak.core.document import Document
from decloak.core.errors import DecloakError, InputError
from decloak.core.extras import need_extra
from decloak.core.result import Failure
from decloak.readers.base import Budget, Container, Context, ReadOptions
from decloak.readers.binary import refuse_binary
from decloak.readers.encoding import decode_bytes, mark_of
from decloak.readers.files import FileKey, Input, failure, walk
from decloak.readers.json_lines import Kind, kind_of, parse_line
from decloak.readers.registry import SAMPLE, SIGNED, Entry, detect, holds_container, insisted
from decloak.readers.streams import MAX_DOCUMENT, behind, decompressed, open_input, read_all
from decloak.readers.unpack import DAMAGE, damage

__all__ = ["documents_in", "documents_of", "holds_many", "read", "text_document"]

DEFAULT = ReadOptions()
"""Everything by content."""

_JSON_NAMES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
_BLANK = b" \t\r\n\xef\xbb\xbf"
_MOST_SPOILED = 8
"""Lines that are looked through for the first that is a document."""


def read(
    paths: Iterable[str], skip: Iterable[FileKey] = (), options: ReadOptions = DEFAULT
) -> Iterator[Document | Failure]:
    """Yield every document that the paths name, or the Failure of what cannot be read.

    Nothing is read before it is asked for, and no error ends the stream.
    """
    for item in walk(paths, frozenset(skip)):
        if isinstance(item, Failure):
            yield item
        else:
            yield from documents_of(item, options)


def documents_of(item: Input, options: ReadOptions = DEFAULT) -> Iterator[Document | Failure]:
    """Yield the documents of one input: one text, one per line of JSON lines, or what a reader makes of it.

    JSON lines are yielded as they arrive. A truncated gzip stream gives what could be read and
    then a Failure.
    """
    context = Context(item.id, options, Budget.of(options.limits), _nested)
    yield from _guarded(item.id, _opened(item, context))


def documents_in(
    name: str, data: bytes, options: ReadOptions = DEFAULT
) -> Iterator[Document | Failure]:
    """Yield the documents of an input that is in memory; what it unpacks to counts against its limits."""
    context = Context(name, options, Budget.of(options.limits), _nested, depth=1)
    yield from _guarded(name, _documents(io.BytesIO(data), context))


def _opened(item: Input, context: Context) -> Iterator[Document | Failure]:
    with open_input(item) as stream:
        yield from _documents(stream, context)


def _nested(name: str, data: bytes, context: Context) -> Iterator[Document | Failure]:
    """Read a part by its content: what a user insists on is said of the input, not of its parts."""
    inside = replace(context, options=replace(context.options, reader=None, encoding=None))
    yield from _guarded(name, _documents(io.BytesIO(data), inside))


def _guarded(name: str, found: Iterator[Document | Failure]) -> Iterator[Document | Failure]:
    """Yield what is found; an error ends it with a Failure, so that it costs nothing else."""
    try:
        yield from found
    except DAMAGE as error:
        yield failure(name, damage(error))
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        yield failure(name, f"{reason}; reading stopped there")
    except Exception as error:  # noqa: BLE001 - one input costs no other one
        yield Failure.of(name, error)


def _documents(given: IO[bytes], context: Context) -> Iterator[Document | Failure]:
    """Yield the documents of one stream, compressed or not.

    Raises:
        DecloakError: when it cannot be read, or nobody knows the reader that a user insists on.
    """
    name, reader = context.name, context.options.reader
    entry = insisted(reader)
    stream, compressed = decompressed(given, context.budget.unpack if context.depth else None)
    head = [b""]
    if reader == "jsonl":
        head = [stream.readline(MAX_DOCUMENT)]
    elif reader is None:
        head = _opening(stream, name)
    if reader == "jsonl" or (reader is None and _begins_json_lines(head, name)):
        yield from _lines(name, head, stream)
        return
    data = bytearray(b"".join(head))
    broken = _fill(data, stream, SAMPLE, compressed=compressed)
    if reader is None:
        entry = detect(bytes(data[:SAMPLE]), name)
    if entry is not None and entry.container:
        yield from _members(entry, context, given, data, stream, compressed=compressed)
        return
    broken = broken or _fill(data, stream, None, compressed=compressed)
    if entry is None:
        document = text_document(name, data)
        del data
        yield document
    else:
        content = bytes(data)
        del data
        with need_extra(entry.extra or "documents"):
            yield from entry.load().read(content, context)
    if broken is not None:
        yield failure(name, damage(broken))


def _fill(
    data: bytearray, stream: IO[bytes], most: int | None, *, compressed: bool
) -> Exception | None:
    """Append a stream to what was read of it; return the damage that ended it, where anything came before."""
    try:
        read_all(stream, data, most)
    except DAMAGE as error:
        if not compressed or not data:
            raise
        return error
    return None


def _members(
    entry: Entry,
    context: Context,
    given: IO[bytes],
    data: bytearray,
    stream: IO[bytes],
    *,
    compressed: bool,
) -> Iterator[Document | Failure]:
    """Yield what a container holds, from the file itself where that can be."""
    if not compressed and given.seekable():
        given.seek(-len(data), SEEK_CUR)
    else:
        given = behind(bytes(data), stream)
    reader = entry.load()
    if isinstance(reader, Container):
        with need_extra(entry.extra or "documents"):
            yield from reader.unpack(given, context)


def holds_many(item: Input, options: ReadOptions = DEFAULT) -> bool:
    """Whether a file is JSON lines or a container; False for what cannot be read, which `documents_of` names."""
    if options.reader not in {None, "jsonl"}:
        entry = insisted(options.reader)
        return entry is not None and entry.container
    try:
        with open_input(item) as given:
            stream, _ = decompressed(given)
            head = _opening(stream, item.id)
            if options.reader == "jsonl" or _begins_json_lines(head, item.id):
                return True
            data = bytearray(b"".join(head))
            read_all(stream, data, SIGNED)
            return holds_container(bytes(data), item.id)
    except (OSError, DecloakError, *DAMAGE):
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


def _opening(stream: IO[bytes], name: str) -> list[bytes]:
    """Take the lines by which JSON lines are known: the first one that is not blank, mostly.

    A few bytes where that cannot begin them. Where it may be a spoiled one, as many more as are
    spoiled as well, and the one behind them.
    """
    head = b""
    while not head.strip(_BLANK):
        byte = stream.read(1)
        if not byte:
            return [head]
        head += byte
        if len(head) > len(b"\xef\xbb\xbf") + 64:
            return [head]
    named = name.lower().endswith(_JSON_NAMES)
    if not head.endswith((b"{", b"[")) and not named:
        return [head]
    lines = [head + stream.readline(MAX_DOCUMENT)]
    spoiled = 0
    while _is_spoiled(lines[-1], named=named) and spoiled < _MOST_SPOILED:
        spoiled += bool(lines[-1].strip(_BLANK))
        try:
            line = stream.readline(MAX_DOCUMENT) if lines[-1].endswith(b"\n") else b""
        except DAMAGE:  # whoever reads on is told again
            break
        if not line:
            break
        lines.append(line)
    return lines


def _is_spoiled(line: bytes, *, named: bool) -> bool:
    """Whether a line, blank ones among them, leaves open whether JSON lines begin with it."""
    if not line.strip(_BLANK):
        return True
    kind = kind_of(line)
    return kind is Kind.SPOILED or (named and kind is Kind.OTHER)


def _begins_json_lines(head: list[bytes], name: str) -> bool:
    """Decide by what `_opening` took; a first line cut short is one of them when the name says so."""
    if kind_of(head[-1]) is Kind.DOCUMENT:
        return True
    first = head[0]
    return (
        name.lower().endswith(_JSON_NAMES)
        and first.lstrip(_BLANK).startswith(b"{")
        and b'"text"' in first
        and first.endswith(b"\n")
        and not first.rstrip().endswith(b"}")
    )


def _lines(name: str, head: list[bytes], stream: IO[bytes]) -> Iterator[Document | Failure]:
    """Yield the document of every line; a broken line is a Failure and the rest goes on."""
    number = head[0].rstrip(b"\n").count(b"\n")  # blank ones before the first
    first = head[0].removeprefix(b"\xef\xbb\xbf").lstrip()
    for line in chain([first], head[1:], iter(lambda: stream.readline(MAX_DOCUMENT), b"")):
        number += 1
        if not line.strip():
            continue
        try:
            if len(line) >= MAX_DOCUMENT:
                _skip_line(line, stream)
            yield parse_line(line, number, name)
        except (InputError, MemoryError) as error:
            yield Failure.of(f"{name}:{number}", error)


def _skip_line(line: bytes, stream: IO[bytes]) -> None:
    """Pass over the rest of a line that is too long.

    Raises:
        InputError: always, when there was a rest.
    """
    while line and not line.endswith(b"\n"):
        line = stream.readline(1 << 20)
    message = f"the line is longer than {MAX_DOCUMENT >> 20} MiB; split its text first"
    raise InputError(message)
