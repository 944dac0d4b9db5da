"""Model files: what every model's folder is read with: bytes, and the record that speaks of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from decloak.core.errors import ModelFileError

__all__ = ["bytes_of", "record_of"]

_MOST_RECORD = 1 << 22
"""Bytes; a record says what a model is and holds none of it."""


def bytes_of(path: Path) -> bytes:
    """Read a file of a model's folder.

    Raises:
        ModelFileError: when it is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        message = f"{path} is missing; the folder is no complete model"
        raise ModelFileError(message) from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}"
        raise ModelFileError(message) from error


def record_of(path: Path, form: int) -> dict[str, Any]:
    """Read a model's record.

    Args:
        path: of the JSON file.
        form: the number of the format that is expected under ``format``.

    Raises:
        ModelFileError: when it is missing, too long, truncated, no JSON or of another format.
    """
    data = bytes_of(path)
    if len(data) > _MOST_RECORD:
        message = f"{path} is no model record: {len(data)} bytes"
        raise ModelFileError(message)
    try:
        record = json.loads(data)
    except (ValueError, RecursionError) as error:
        message = f"{path} is truncated or no JSON: {error}"
        raise ModelFileError(message) from error
    if not isinstance(record, dict) or record.get("format") != form:
        message = f"{path} is no model record of format {form}"
        raise ModelFileError(message)
    return record
