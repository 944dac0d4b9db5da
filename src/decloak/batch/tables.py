"""Tables: documents from the rows of Parquet files: a column ``text``; ``id`` and ``source`` where there are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from decloak.core.document import Document
from decloak.core.errors import InputError
from decloak.core.extras import need_extra
from decloak.core.result import Failure
from decloak.readers.files import failure

__all__ = ["read_rows", "row_groups"]

_COLUMNS = ("text", "id", "source")
_BATCH = 256
"""Rows that are held at a time."""


def row_groups(stream: IO[bytes]) -> list[tuple[int, int]]:
    """Return rows and bytes of every row group of a file.

    Raises:
        InputError: when it is no Parquet, or has no column ``text``.
        ToolError: when pyarrow is not installed.
    """
    with need_extra("batch"):
        import pyarrow as pa  # noqa: PLC0415 - only where there is Parquet
        import pyarrow.parquet as pq  # noqa: PLC0415 - likewise
    try:
        told = pq.ParquetFile(stream)
    except (pa.ArrowException, ValueError) as error:
        message = f"it is damaged or no Parquet: {error}"
        raise InputError(message) from error
    if "text" not in told.schema_arrow.names:
        message = f"it has no column 'text', but {', '.join(told.schema_arrow.names[:20])}"
        raise InputError(message)
    groups = [told.metadata.row_group(index) for index in range(told.num_row_groups)]
    return [(group.num_rows, group.total_byte_size) for group in groups]


def read_rows(path: Path, name: str, groups: range, first: int) -> Iterator[Document | Failure]:
    """Yield the document of every row of some row groups.

    Args:
        path: of the file.
        name: its id; the id of a row without one is ``name:number``, from 1.
        groups: which row groups.
        first: rows before them.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 - only where there is Parquet

    file = pq.ParquetFile(path)
    columns = [each for each in _COLUMNS if each in file.schema_arrow.names]
    number = first
    for batch in file.iter_batches(_BATCH, list(groups), columns):
        for row in batch.to_pylist():
            number += 1
            yield _document(row, f"{name}:{number}")


def _document(row: dict[str, Any], name: str) -> Document | Failure:
    text, given, source = row.get("text"), row.get("id"), row.get("source")
    if not isinstance(text, str):
        return failure(name, "its text is no string; it was left out, the other rows were read")
    warnings: tuple[str, ...] = ()
    if source is not None and not isinstance(source, str):
        source, warnings = None, ('"source" is not a string and was ignored',)
    has_id = isinstance(given, str | int) and not isinstance(given, bool)
    return Document(str(given) if has_id else name, text, source or None, warnings)
