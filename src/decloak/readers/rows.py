"""Rows: files in which every line is a document of its own, known by their first lines, read as they arrive."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from itertools import chain
from typing import IO

from decloak.core.document import Document
from decloak.core.errors import InputError
from decloak.core.result import Failure
from decloak.core.source_map import Anchors
from decloak.readers.base import ReadOptions
from decloak.readers.binary import refuse_binary
from decloak.readers.encoding import decode_bytes, known_encoding, mark_of
from decloak.readers.json_lines import Kind, kind_of, parse_line
from decloak.readers.run import run_documents
from decloak.readers.streams import MAX_DOCUMENT
from decloak.readers.unpack import DAMAGE

__all__ = ["begins_rows", "lines", "opening", "rows"]

_JSON_NAMES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
_BLANK = b" \t\r\n\xef\xbb\xbf"
_MOST_SPOILED = 8
"""Lines that are looked through for the first that is a document."""


def opening(stream: IO[bytes], name: str, field: str | None = None) -> list[bytes]:
    """Take the lines by which JSON lines are known: the first one that is not blank, mostly.

    A few bytes where that cannot begin them. Where it may be a spoiled one, as many more as are
    spoiled as well, and the one behind them.

    Args:
        stream: at its start.
        name: of the input.
        field: where the text of a line stands; None for ``text``.
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
    while _is_spoiled(lines[-1], field, named=named) and spoiled < _MOST_SPOILED:
        spoiled += bool(lines[-1].strip(_BLANK))
        try:
            line = stream.readline(MAX_DOCUMENT) if lines[-1].endswith(b"\n") else b""
        except DAMAGE:  # whoever reads on is told again
            break
        if not line:
            break
        lines.append(line)
    return lines


def _is_spoiled(line: bytes, field: str | None, *, named: bool) -> bool:
    """Whether a line, blank ones among them, leaves open whether JSON lines begin with it."""
    if not line.strip(_BLANK):
        return True
    kind = kind_of(line, field)
    return kind is Kind.SPOILED or (named and kind is Kind.OTHER)


def begins_rows(head: list[bytes], name: str, field: str | None = None) -> bool:
    """Decide by what `opening` took; a first line cut short is one of them when the name says so."""
    if kind_of(head[-1], field) in {Kind.DOCUMENT, Kind.RUN}:
        return True
    first = head[0]
    return (
        name.lower().endswith(_JSON_NAMES)
        and first.lstrip(_BLANK).startswith(b"{")
        and b'"text"' in first
        and first.endswith(b"\n")
        and not first.rstrip().endswith(b"}")
    )


def rows(
    name: str, head: list[bytes], stream: IO[bytes], options: ReadOptions
) -> Iterator[Document | Failure]:
    """Yield what every line holds; a broken line is a Failure and the rest goes on.

    Args:
        name: of the input.
        head: what `opening` took.
        stream: behind that.
        options: what the user insists on.
    """
    number = head[0].rstrip(b"\n").count(b"\n")  # blank ones before the first
    first = head[0].removeprefix(b"\xef\xbb\xbf").lstrip()
    field, encoding = options.json_field, options.encoding
    are_runs = kind_of(head[-1], field) is Kind.RUN
    for line in chain([first], head[1:], iter(lambda: stream.readline(MAX_DOCUMENT), b"")):
        number += 1
        if not line.strip():
            continue
        try:
            if len(line) >= MAX_DOCUMENT:
                _skip_line(line, stream)
            if are_runs:
                yield from run_documents(line, number)
            else:
                yield parse_line(line, number, name, field, encoding)
        except (InputError, MemoryError) as error:
            yield Failure.of(f"{name}:{number}", error)


def lines(name: str, stream: IO[bytes], options: ReadOptions) -> Iterator[Document | Failure]:
    """Yield every line that is not blank as a text of its own, as it arrives; its place is its number.

    Args:
        name: of the input.
        stream: at its start.
        options: what the user insists on.

    Raises:
        BinaryError: when the first line says that it is no text.
    """
    mark, _ = mark_of(first := stream.readline(MAX_DOCUMENT))
    if mark and not first.startswith(BOM_UTF8):
        message = "lines are read in UTF-8 or what --encoding says; convert it first, with `iconv`"
        raise InputError(message)
    refuse_binary(first)
    encoding = None if options.encoding is None else known_encoding(options.encoding)
    for number, line in enumerate(
        chain([first], iter(lambda: stream.readline(MAX_DOCUMENT), b"")), 1
    ):
        if not line.strip():
            continue
        try:
            if len(line) >= MAX_DOCUMENT:
                _skip_line(line, stream)
            read = decode_bytes(line.rstrip(b"\r\n"), encoding)
        except (InputError, MemoryError) as error:
            yield Failure.of(f"{name}:{number}", error)
            continue
        yield Document(
            id=f"{name}:{number}",
            text=read.text,
            warnings=read.warnings,
            broken=read.broken,
            bom=read.bom,
            encoding=read.encoding,
            source_map=Anchors([0], [{"line": number}]),
        )


def _skip_line(line: bytes, stream: IO[bytes]) -> None:
    """Pass over the rest of a line that is too long.

    Raises:
        InputError: always, when there was a rest.
    """
    while line and not line.endswith(b"\n"):
        line = stream.readline(1 << 20)
    message = f"the line is longer than {MAX_DOCUMENT >> 20} MiB; split its text first"
    raise InputError(message)
