"""Pieces: what one shard is made of, and the documents that are read from it.

What is read has to be what was planned: a file that vanished, changed or grew is a failure by name.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from decloak.batch.places import local_copy, opened, stamp_of
from decloak.batch.tables import read_rows
from decloak.core.document import Document
from decloak.core.errors import DecloakError
from decloak.core.result import Failure
from decloak.readers import Input, ReadOptions, documents_of
from decloak.readers.encoding import decode_bytes
from decloak.readers.files import failure
from decloak.readers.json_lines import parse_line
from decloak.readers.run import run_documents

__all__ = ["Piece", "Placed", "documents", "pieces_of", "to_line"]

Placed = tuple[Document | Failure, int]
"""What was read, and how many code points of its text stand before it."""

_CHANGED = "it changed after it was planned; plan a new run to read what it is now"


class Piece(NamedTuple):
    """One thing to read.

    Attributes:
        kind: ``file`` (whole), ``text`` (a stretch of one text), ``lines`` (of JSON lines), ``runs`` (lines
            of a store), ``rows`` (row groups of Parquet), or ``failure``.
        id: the name under which its results are reported.
        path: of a local file, or a URI.
        size: bytes to read.
        stamp: what the whole file looked like when it was planned.
        start, end: half-open: bytes, or row groups.
        first: code points, lines or rows before it.
        digest: of these bytes; "" where the stamp has to do.
        message: of a failure.
    """

    kind: str
    id: str
    path: str
    size: int = 0
    stamp: str = ""
    start: int = 0
    end: int = 0
    first: int = 0
    digest: str = ""
    message: str = ""


def to_line(shard: int, pieces: list[Piece]) -> str:
    """Write a shard as one line of the plan."""
    return json.dumps({"shard": shard, "pieces": pieces}, separators=(",", ":")) + "\n"


def pieces_of(line: str) -> tuple[int, list[Piece]]:
    """Read a line that `to_line` wrote."""
    state = json.loads(line)
    return state["shard"], [Piece(*each) for each in state["pieces"]]


def documents(piece: Piece, options: ReadOptions) -> Iterator[Placed]:
    """Yield the documents of a piece; what cannot be read is a Failure, and ends nothing."""
    read = {"file": _file, "text": _text, "lines": _lines, "runs": _lines, "rows": _rows}
    if piece.kind == "failure":
        yield failure(piece.id, piece.message), 0
        return
    try:
        yield from read[piece.kind](piece, options)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        yield failure(piece.id, f"{reason}; reading stopped there"), 0
    except Exception as error:  # noqa: BLE001 - one input costs no other one
        yield Failure.of(piece.id, error), 0


def _file(piece: Piece, options: ReadOptions) -> Iterator[Placed]:
    if not _as_planned(piece):
        yield failure(piece.id, _CHANGED), 0
        return
    with local_copy(piece.path) as path:
        for document in documents_of(Input(piece.id, path, piece.size), options):
            if not _as_planned(piece):
                yield failure(piece.id, _CHANGED), 0
                return
            yield document, 0


def _as_planned(piece: Piece) -> bool:
    return stamp_of(piece.path) == piece.stamp


def _bytes(piece: Piece) -> bytes | None:
    """Read the bytes of a stretch; None when they are not those that were planned."""
    with opened(piece.path) as stream:
        stream.seek(piece.start)
        data = _taken(stream, piece.end - piece.start)
    same = hashlib.blake2b(data, digest_size=16).hexdigest() == piece.digest
    return data if same else None


def _taken(stream: IO[bytes], size: int) -> bytes:
    taken = io.BytesIO()
    while size and (chunk := stream.read(size)):
        taken.write(chunk)
        size -= len(chunk)
    return taken.getvalue()


def _text(piece: Piece, _options: ReadOptions) -> Iterator[Placed]:
    data = _bytes(piece)
    if data is None:
        yield failure(piece.id, _CHANGED), 0
    else:
        read = decode_bytes(data)  # what binary files look like was asked of the whole
        yield (
            Document(
                piece.id, read.text, None, read.warnings, read.broken, read.bom, read.encoding
            ),
            piece.first,
        )


def _lines(piece: Piece, options: ReadOptions) -> Iterator[Placed]:
    data = _bytes(piece)
    if data is None:
        yield failure(piece.id, _CHANGED), 0
        return
    for number, line in enumerate(io.BytesIO(data), piece.first + 1):
        if not line.strip():
            continue
        try:
            if piece.kind == "lines":
                yield parse_line(line, number, piece.id, options.json_field, options.encoding), 0
            else:
                for each in run_documents(line, number):
                    yield each, 0
        except DecloakError as error:
            yield Failure.of(f"{piece.id}:{number}", error), 0


def _rows(piece: Piece, _options: ReadOptions) -> Iterator[Placed]:
    if not _as_planned(piece):
        yield failure(piece.id, _CHANGED), 0
        return
    with local_copy(piece.path) as path:
        groups = range(piece.start, piece.end)
        for document in read_rows(Path(path), piece.id, groups, piece.first):
            yield document, 0
