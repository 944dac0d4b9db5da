"""Parquet: the corpus on disk, one file per part, read back by anything that reads Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from decloak.core.errors import InputError
from decloak.corpus.extras import need
from decloak.corpus.sample import Sample, from_row, to_row

__all__ = ["Writer", "read_corpus", "read_parquet"]

_ROWS = 1000
"""Rows of a row group: small enough to stream, large enough to compress."""


def _schema() -> Any:
    arrow = need("pyarrow")
    entity = arrow.struct(
        [
            ("start", arrow.int32()),
            ("end", arrow.int32()),
            ("label", arrow.string()),
            ("value", arrow.string()),
            ("provenance", arrow.string()),
        ]
    )
    texts = [
        (n, arrow.string()) for n in ("id", "text", "source", "layout", "group", "split", "license")
    ]
    lists = [("entities", arrow.list_(entity)), ("perturbed", arrow.list_(arrow.string()))]
    return arrow.schema(texts + lists)


class Writer:
    """Writes samples to one file, a row group at a time.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._arrow = need("pyarrow")
        self._schema = _schema()
        self._file = need("pyarrow.parquet").ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []

    def add(self, sample: Sample) -> None:
        """Write one sample, with the next of its row group."""
        self._rows.append({**to_row(sample), "perturbed": list(sample.perturbed)})
        if len(self._rows) == _ROWS:
            self._flush()

    def close(self) -> None:
        """Write what is left and the end of the file."""
        if self._rows:
            self._flush()
        self._file.close()

    def _flush(self) -> None:
        self._file.write_table(self._arrow.Table.from_pylist(self._rows, schema=self._schema))
        self._rows.clear()


def read_parquet(path: Path) -> Iterator[Sample]:
    """Yield the samples of one file.

    Raises:
        InputError: when it is no such file.
    """
    arrow, parquet = need("pyarrow"), need("pyarrow.parquet")
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_ROWS):
                for row in batch.to_pylist():
                    yield from_row(row)
    except (arrow.ArrowException, OSError) as error:
        message = f"{path}: no Parquet file of a corpus: {type(error).__name__}"
        raise InputError(message) from error


def read_corpus(path: Path, *, extra: bool = False) -> Iterator[Sample]:
    """Yield the samples of a corpus: a folder made by `build`, or a file of JSON lines.

    Args:
        path: the folder, or that of an exported slice, or the file.
        extra: the rows by others too.

    Raises:
        InputError: when it is neither.
    """
    if path.is_dir():
        names = ["train", "validation", "test", *(["extra"] if extra else [])]
        files = [path / "data" / f"{name}.parquet" for name in names]
        there = [file for file in files if file.exists()]
        lines = sorted(path.glob("*.jsonl"))
        if not there and len(lines) == 1:
            yield from _read_lines(lines[0])
            return
        if not there:
            message = f"{path}: no corpus (no data/*.parquet, nor one *.jsonl); make one with `decloak corpus build`"
            raise InputError(message)
        for file in there:
            yield from read_parquet(file)
        return
    yield from _read_lines(path)


def _read_lines(path: Path) -> Iterator[Sample]:
    import json  # noqa: PLC0415 - only for files of lines

    try:
        with path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, 1):
                try:
                    yield from_row(json.loads(line))
                except (ValueError, InputError) as error:
                    message = f"{path}:{number}: {error}"
                    raise InputError(message) from error
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: {getattr(error, 'strerror', None) or 'not UTF-8'}"
        raise InputError(message) from error
