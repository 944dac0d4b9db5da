"""Parts: what the rows of a shard are written as."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Protocol

from decloak.batch.recipe import Recipe
from decloak.batch.schema import flat_rows, flat_schema, nested_row, nested_schema
from decloak.core.extras import need_extra

__all__ = ["Part", "ending", "open_part", "rows_of"]

_GROUP = 16 << 20
"""Characters of JSON that become one row group, about."""
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
    if recipe.form == "parquet":
        return _Table(stream, flat=recipe.flat)
    return _Lines(stream, compressed=recipe.compressed)


class _Unclosed:
    """A stream that outlives who writes to it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.write, self.flush = stream.write, stream.flush
        self.closed = False

    def close(self) -> None:
        self.closed = True


class _Lines:
    """JSON lines, in a zstd stream or not."""

    def __init__(self, stream: IO[bytes], *, compressed: bool) -> None:
        self._stream: Any = stream
        self._compressed = compressed
        if compressed:
            with need_extra("batch"):
                import pyarrow as pa  # noqa: PLC0415 - only where it is asked

            self._stream = pa.CompressedOutputStream(
                pa.PythonFile(_Unclosed(stream), mode="w"), "zstd"
            )

    def write(self, row: Iterable[str]) -> None:
        for piece in row:
            self._stream.write(piece.encode("ascii"))

    def close(self) -> None:
        if self._compressed:
            self._stream.close()


class _Table:
    """Parquet, in row groups of a bounded size."""

    def __init__(self, stream: IO[bytes], *, flat: bool) -> None:
        with need_extra("batch"):
            import pyarrow as pa  # noqa: PLC0415 - only where it is asked
            import pyarrow.parquet as pq  # noqa: PLC0415 - likewise

        self._rows_of = flat_rows if flat else _nested_rows
        self._table, self._schema = pa.Table, flat_schema() if flat else nested_schema()
        self._writer = pq.ParquetWriter(stream, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []
        self._held = 0

    def write(self, row: Iterable[str]) -> None:
        text = "".join(row)
        self._rows += self._rows_of(json.loads(text))
        self._held += len(text)
        if self._held >= _GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(self._table.from_pylist(self._rows, self._schema))
        self._rows, self._held = [], 0

    def close(self) -> None:
        self._flush()
        self._writer.close()


def _nested_rows(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield nested_row(row)


def rows_of(path: Path) -> tuple[int, int]:
    """Count the documents and the failures of a part.

    Raises:
        ValueError: when it is damaged.
        ToolError: when the extra that it needs is not installed.
    """
    return _table_rows(path) if path.suffix == ".parquet" else _line_rows(path)


def _table_rows(path: Path) -> tuple[int, int]:
    with need_extra("batch"):
        import pyarrow.parquet as pq  # noqa: PLC0415 - only where it is asked

    file = pq.ParquetFile(path)
    flat = "row" in file.schema_arrow.names
    kinds = Counter(
        (each if flat else each is not None)
        for batch in file.iter_batches(columns=["row" if flat else "error"])
        for each in batch.column(0).to_pylist()
    )
    return (kinds["document"], kinds["failure"]) if flat else (kinds[False], kinds[True])


def _line_rows(path: Path) -> tuple[int, int]:
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
