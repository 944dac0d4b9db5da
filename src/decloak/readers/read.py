"""Read: from inputs to documents, one at a time. A failure is a value in the stream."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from os import SEEK_CUR
from typing import IO

from decloak.core.document import Document
from decloak.core.errors import DecloakError
from decloak.core.extras import need_extra
from decloak.core.result import Failure
from decloak.readers.base import Budget, Container, Context, Mapped, ReadOptions
from decloak.readers.binary import refuse_binary
from decloak.readers.encoding import decode_bytes, known_encoding, mark_of
from decloak.readers.files import Choice, FileKey, Input, failure, walk
from decloak.readers.registry import SAMPLE, SIGNED, Entry, detect, holds_container, insisted
from decloak.readers.rows import begins_rows, lines, opening, rows
from decloak.readers.streams import MAX_DOCUMENT, behind, decompressed, open_input, read_all
from decloak.readers.unpack import DAMAGE, damage

__all__ = ["documents_in", "documents_of", "holds_many", "read", "text_document"]

DEFAULT = ReadOptions()
"""Everything by content."""


def read(
    paths: Iterable[str],
    skip: Iterable[FileKey] = (),
    options: ReadOptions = DEFAULT,
    choice: Choice | None = None,
) -> Iterator[Document | Failure]:
    """Yield every document that the paths name, or the Failure of what cannot be read.

    Nothing is read before it is asked for, and no error ends the stream.

    Args:
        paths: as on the command line; see `walk`.
        skip: files that are passed over inside folders.
        options: what the user insists on.
        choice: counts what is passed over; of the options when None.
    """
    choice = choice or Choice(options.exclude, hidden=options.hidden)
    for item in walk(paths, frozenset(skip), choice):
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
    found = _guarded(name, _documents(io.BytesIO(data), inside))
    del data
    yield from found


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
    name, reader, field = context.name, context.options.reader, context.options.json_field
    entry = insisted(reader)
    stream, compressed = decompressed(given, context.budget.unpack if context.depth else None)
    if reader == "lines":
        yield from lines(name, stream, context.options)
        return
    head = [b""]
    if reader == "jsonl":
        head = [stream.readline(MAX_DOCUMENT)]
    elif reader is None:
        head = opening(stream, name, field)
    if reader == "jsonl" or (reader is None and begins_rows(head, name, field)):
        yield from rows(name, head, stream, context.options)
        return
    data = bytearray(b"".join(head))
    broken = _fill(data, stream, SAMPLE, compressed=compressed)
    if reader is None:
        entry = detect(bytes(data[:SAMPLE]), name)
    if entry is not None and entry.container:
        yield from _members(entry, context, given, data, stream, compressed=compressed)
        return
    broken = broken or _fill(data, stream, None, compressed=compressed)
    if context.depth:
        given.close()  # the part in memory; a file is closed by who opened it
    known = None if entry is None else entry.load()
    if known is None or isinstance(known, Mapped):
        document = text_document(name, data, context.options.encoding)
        del data
        yield document if known is None else known.mapped(document)
    else:
        content = bytes(data)
        del data
        with need_extra((entry and entry.extra) or "documents"):
            yield from known.read(content, context)
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
    if options.reader == "lines":
        return True
    if options.reader not in {None, "jsonl"}:
        entry = insisted(options.reader)
        return entry is not None and entry.container
    try:
        with open_input(item) as given:
            stream, _ = decompressed(given)
            head = opening(stream, item.id, options.json_field)
            if options.reader == "jsonl" or begins_rows(head, item.id, options.json_field):
                return True
            data = bytearray(b"".join(head))
            read_all(stream, data, SIGNED)
            return holds_container(bytes(data), item.id)
    except (OSError, DecloakError, *DAMAGE):
        return False


def text_document(name: str, data: bytes | bytearray, encoding: str | None = None) -> Document:
    """Make a document of the bytes of one text.

    Args:
        name: its id.
        data: its bytes.
        encoding: what they are read as where no byte-order mark says otherwise; None for UTF-8.

    Raises:
        BinaryError: when the bytes are no text.
        InputError: when most of the text is in another encoding.
        SettingsError: when the encoding cannot be insisted on.
    """
    insisted_on = None if encoding is None else known_encoding(encoding)
    if mark_of(data)[1] == "utf-8" and not (insisted_on or "").startswith(("utf-16", "utf-32")):
        refuse_binary(data)
    read = decode_bytes(data, insisted_on)
    return Document(
        id=name,
        text=read.text,
        warnings=read.warnings,
        broken=read.broken,
        bom=read.bom,
        encoding=read.encoding,
    )
