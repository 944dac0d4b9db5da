"""JSON lines: files in which every line is a document of its own, ``{"id", "text", "source"?}``."""

from __future__ import annotations

import json
from typing import Any

from decloak.acquire.encoding import decode_bytes
from decloak.core.document import Document
from decloak.core.errors import InputError

__all__ = ["is_document_line", "parse_line"]

_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"


def is_document_line(line: bytes) -> bool:
    """Whether a line is a JSON object with a ``text`` string that is no banner of a scanner."""
    stripped = line.removeprefix(_BOM).strip(_SPACE)
    # The cheap check first: most JSON is no document, and parsing 100 MB of it costs gigabytes.
    if not stripped.startswith(b"{") or b'"text"' not in stripped:
        return False
    try:
        row = json.loads(decode_bytes(stripped).text)
    except (ValueError, RecursionError, InputError):
        return False
    return isinstance(row, dict) and isinstance(row.get("text"), str) and not _is_banner(row)


def _is_banner(row: dict[str, Any]) -> bool:
    """Whether it is a Shodan banner: those carry an address and a port beside whatever else."""
    return "port" in row and ("ip_str" in row or "ip" in row)


def parse_line(line: bytes, number: int, name: str) -> Document:
    """Read one line as a document.

    Args:
        line: the bytes, with or without the line end.
        number: its line number, from 1; the id of a document without one is ``name:number``.
        name: the id of the file.

    Raises:
        InputError: when it is not an object with a ``text`` string; says why.
    """
    read = decode_bytes(line.strip(_SPACE))
    try:
        row = json.loads(read.text)
    except RecursionError:
        raise InputError(_message(number, "it is nested too deeply")) from None
    except ValueError as error:
        raise InputError(_message(number, f"it is not JSON ({error})")) from error
    if not isinstance(row, dict):
        raise InputError(_message(number, "it is not an object"))
    text, given, source = row.get("text"), row.get("id"), row.get("source")
    if not isinstance(text, str):
        raise InputError(_message(number, 'it has no "text" string'))
    warnings = [f"line {number}: {warning}" for warning in read.warnings]
    if source is not None and not isinstance(source, str):
        warnings.append(f'line {number}: "source" is not a string and was ignored')
        source = None
    has_id = isinstance(given, str | int) and not isinstance(given, bool)
    return Document(
        id=str(given) if has_id else f"{name}:{number}",
        text=text,
        source=source or None,
        warnings=tuple(warnings),
    )


def _message(number: int, reason: str) -> str:
    return f"line {number}: {reason}; it was left out, the other lines were read"
