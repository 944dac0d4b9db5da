"""Parts: what the rows of a shard are written as."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, Protocol

from decloak.batch.recipe import Recipe
from decloak.core.extras import need_extra

__all__ = ["Part", "ending", "open_part", "rows_of"]

_FAILURE = re.compile(rb'\{"id": "(?:[^"\\]|\\.)*", "error": ')


class Part(Protocol):
    """Takes rows, each the pieces of one line of JSON, and has them all in its stream when it is closed."""

    def write(self, row: Iterable[str]) -> None:
        """Take one row."""
        ...

    def close(self) -> None:
        """Write what is left."""
        ...


def ending(recipe: Recipe) -> str:
    """Return how the names of parts end."""
    if recipe.form == "parquet":
        return ".parquet"
    return ".jsonl.zst" if recipe.compressed else ".jsonl"


def open_part(recipe: Recipe, stream: IO[bytes]) -> Part:
    """Return what writes a part.

    Raises:
        ToolError: when the extra that it needs is not installed.
    """
    return _Lines(stream, compressed=recipe.compressed)


class _Lines:
    """JSON lines, in a zstd stream or not."""

    def __init__(self, stream: IO[bytes], *, compressed: bool) -> None:
        self._stream: Any = stream
        self._compressed = compressed
        if compressed:
            with need_extra("batch"):
                import pyarrow as pa  # noqa: PLC0415 - only where it is asked

            self._stream = pa.CompressedOutputStream(pa.PythonFile(stream, mode="w"), "zstd")

    def write(self, row: Iterable[str]) -> None:
        for piece in row:
            self._stream.write(piece.encode("ascii"))

    def close(self) -> None:
        if self._compressed:
            self._stream.close()


def rows_of(path: Path) -> tuple[int, int]:
    """Count the documents and the failures of a part.

    Raises:
        ValueError: when it is damaged.
        ToolError: when the extra that it needs is not installed.
    """
    documents = failures = 0
    with path.open("rb") as file:
        lines: Any = file
        if path.suffix == ".zst":
            with need_extra("batch"):
                import pyarrow as pa  # noqa: PLC0415 - only where it is asked

            lines = io.BufferedReader(
                pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd")
            )
        for line in lines:
            failed = _FAILURE.match(line) is not None
            failures += failed
            documents += not failed
            if not line.endswith(b"}\n"):
                message = "a row has no end"
                raise ValueError(message)
    return documents, failures
