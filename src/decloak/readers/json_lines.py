"""JSON lines: files in which every line is a document of its own, ``{"id", "text", "source"?}``."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

from decloak.core.document import Document
from decloak.core.errors import InputError
from decloak.readers.encoding import decode_bytes

__all__ = ["Kind", "kind_of", "parse_line"]

_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_MOST_PARSED = 1 << 20
"""Bytes of a line without a ``text`` that are parsed to find out whether it is JSON at all."""
_MOST_DIGITS = 640
"""Of a whole number; the least that Python can be told to read."""


class Kind(Enum):
    """What a line is where JSON lines may begin."""

    DOCUMENT = "an object with a text that is no banner of a scanner"
    SPOILED = (
        "what may stand there in place of one: broken, too deep, with a text that is no string"
    )
    OTHER = "anything else"


def kind_of(line: bytes) -> Kind:
    """Say what a line is, without parsing more of other JSON than a megabyte."""
    stripped = line.removeprefix(_BOM).strip(_SPACE)
    if not stripped.startswith(b"{"):
        is_array = stripped.startswith(b"[") and stripped.endswith(b"]")
        return Kind.SPOILED if is_array else Kind.OTHER
    # The cheap check first: most JSON is no document, and parsing 100 MB of it costs gigabytes.
    named = b'"text"' in stripped
    if not named and len(stripped) > _MOST_PARSED:
        return Kind.OTHER
    try:
        row = _parsed(decode_bytes(stripped).text)
    except (ValueError, RecursionError, InputError):
        return Kind.SPOILED if named or stripped.endswith(b"}") else Kind.OTHER
    if not isinstance(row, dict) or "text" not in row:
        return Kind.OTHER
    return Kind.DOCUMENT if isinstance(row["text"], str) and not _is_banner(row) else Kind.SPOILED


def _parsed(text: str) -> Any:
    """Parse JSON; a number of more digits than Python reads is kept as they stand."""
    return json.loads(text, parse_int=_number)


def _number(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


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
        row = _parsed(read.text)
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
