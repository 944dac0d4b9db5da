"""Plan: from what a user names to shards of about the same size, in a fixed order, streamed.

Small files are packed together; large ones are split where that changes nothing.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import IO

from decloak.batch.cut_lines import line_pieces
from decloak.batch.cut_text import text_pieces
from decloak.batch.pieces import Piece
from decloak.batch.places import is_uri, listed, opened, stamp_of
from decloak.batch.recipe import Recipe
from decloak.batch.tables import row_groups
from decloak.core.errors import DecloakError, StoreError
from decloak.core.result import Failure
from decloak.readers import STDIN, Choice, Input, ReadOptions, walk
from decloak.readers.binary import refuse_binary
from decloak.readers.encoding import mark_of
from decloak.readers.files import failure
from decloak.readers.json_lines import Kind, kind_of
from decloak.readers.registry import SAMPLE, detect
from decloak.readers.run import TOOLS, from_line
from decloak.readers.unpack import unpacked

__all__ = ["plan"]

_MOST_PIECES = 4096
_EACH = 1024
"""What a document costs beside its text, as bytes of text."""
_LINES = (".jsonl", ".ndjson")
_TABLES = (".parquet", ".pq")
_HEAD = 1 << 16


def plan(inputs: Iterable[str], recipe: Recipe, out: Path) -> Iterator[list[Piece]]:
    """Yield the pieces of every shard.

    Args:
        inputs: files, folders, globs and URIs, in the user's order.
        recipe: how large a shard is, about, and how inputs are read.
        out: the folder of the run, which is no input.
    """
    shard_bytes = recipe.shard_bytes
    shard: list[Piece] = []
    weight = 0
    for piece in _pieces(inputs, recipe, out):
        if shard and weight + piece.size > 2 * shard_bytes:
            yield shard
            shard, weight = [], 0
        shard.append(piece)
        weight += piece.size + _EACH
        if weight >= shard_bytes or len(shard) >= _MOST_PIECES:
            yield shard
            shard, weight = [], 0
    if shard:
        yield shard


def _pieces(inputs: Iterable[str], recipe: Recipe, out: Path) -> Iterator[Piece]:
    split, choice = _Splitter(recipe), recipe.choice()
    below = os.path.realpath(out) + os.sep
    for name in inputs:
        around = not is_uri(name) and below.startswith(
            os.path.realpath(name).rstrip(os.sep) + os.sep
        )
        for item in _walked(name, choice):
            if isinstance(item, Failure):
                yield Piece("failure", item.id, "", message=item.message)
            elif not (around and os.path.realpath(item.path or "").startswith(below)):
                yield from split(item)


def _walked(name: str, choice: Choice) -> Iterator[Input | Failure]:
    if name == STDIN:
        yield failure(name, "a batch run reads its inputs more than once: write it to a file first")
    elif is_uri(name):
        yield from listed(name)
    else:
        yield from walk([name], choice=choice)


class _Splitter:
    """Makes pieces of files.

    Args:
        recipe: of the run.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._least, self._options = recipe.shard_bytes, recipe.reading()
        self._cutter = cache(recipe.cutter)  # made when a large text is met

    def __call__(self, item: Input) -> Iterator[Piece]:
        """Yield the pieces of one file: itself, or stretches of it."""
        path = item.path or ""
        stamp = stamp_of(path)
        if not stamp:
            message = "it is no regular file, or it is gone; name files that stay"
            yield Piece("failure", item.id, path, message=message)
            return
        try:
            yield from self._of(Piece("file", item.id, path, item.size, stamp))
        except OSError as error:
            yield Piece("failure", item.id, path, message=(error.strerror or str(error)).lower())
        except DecloakError as error:
            yield Piece("failure", item.id, path, message=str(error))

    def _of(self, whole: Piece) -> Iterator[Piece]:
        if whole.path.endswith(_TABLES):
            yield from _tables(whole, self._least)
            return
        kind = self._kind(whole)
        if kind == "file":
            yield whole
            return
        with opened(whole.path) as stream:
            if kind == "text":
                yield from text_pieces(whole, stream, self._least, self._cutter())
            else:
                yield from line_pieces(whole._replace(kind=kind), stream, self._least)

    def _kind(self, whole: Piece) -> str:
        """Say how a file is read; small ones are not opened unless their name says that they are a store."""
        name = whole.path.rpartition("/")[2]
        store = name.removesuffix(".jsonl") in TOOLS and name.endswith(".jsonl")
        large = whole.size > self._least * 3 // 2
        if not (store or large):
            return "file"
        with opened(whole.path) as stream:
            if store and self._options.reader is None and _is_run(stream):
                return "runs"
            if not large:
                return "file"
            stream.seek(0)
            if _is_json_lines(stream, whole.path, self._options):
                return "lines"
            stream.seek(0)
            return "text" if _is_text(stream.read(SAMPLE), whole.id, self._options) else "file"


def _is_text(head: bytes, name: str, options: ReadOptions) -> bool:
    """Whether a file is one text in UTF-8, and nothing that a reader unpacks."""
    if options.encoding is not None or options.reader not in {None, "text"}:
        return False
    if mark_of(head)[1] != "utf-8" or detect(head, name):
        return False
    try:
        if unpacked(head, io.BytesIO(head)) is not None:
            return False
        refuse_binary(head)
    except DecloakError:
        return False
    return True


def _is_run(stream: IO[bytes]) -> bool:
    try:
        from_line(stream.readline())
    except StoreError:
        return False
    return True


def _is_json_lines(stream: IO[bytes], path: str, options: ReadOptions) -> bool:
    """Whether a file holds documents as JSON lines, by its first line that is not blank."""
    if options.reader is not None:
        return options.reader == "jsonl"
    line = b"\n"
    while line and not line.strip():
        line = stream.readline(_HEAD)
    while line.startswith(b"{") and not line.endswith(b"\n") and len(line) < (1 << 30):
        more = stream.readline(1 << 24)
        if not more:
            break
        line += more
    return kind_of(line, options.json_field) is Kind.DOCUMENT or (
        path.lower().endswith(_LINES) and kind_of(line, options.json_field) is Kind.SPOILED
    )


def _tables(whole: Piece, shard_bytes: int) -> Iterator[Piece]:
    """Yield row groups, several of them where they are small."""
    with opened(whole.path) as stream:
        groups = row_groups(stream)
    start = first = rows = size = 0
    for index, (count, weight) in enumerate(groups, 1):
        rows += count
        size += weight
        if size >= shard_bytes or index == len(groups):
            yield whole._replace(kind="rows", size=size, start=start, end=index, first=first)
            start, first, size = index, rows, 0
