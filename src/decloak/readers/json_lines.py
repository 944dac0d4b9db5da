"""JSON lines: files in which every line is a document of its own, ``{"id", "text", "source"?}``."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

from decloak.core.document import Document
from decloak.core.errors import InputError
from decloak.core.source_map import Anchors
from decloak.readers.encoding import decode_bytes
from decloak.readers.run import is_run

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
    RUN = "a run of a tool, as `decloak acquire` stores it"
    OTHER = "anything else"


def kind_of(line: bytes, field: str | None = None) -> Kind:
    """Say what a line is, without parsing more of other JSON than a megabyte.

    Args:
        line: the bytes.
        field: where the text stands (`text_of`); None for ``text``.
    """
    stripped = line.removeprefix(_BOM).strip(_SPACE)
    if not stripped.startswith(b"{"):
        is_array = stripped.startswith(b"[") and stripped.endswith(b"]")
        return Kind.SPOILED if is_array else Kind.OTHER
    # The cheap check first: most JSON is no document, and parsing 100 MB of it costs gigabytes.
    named = field is not None or b'"text"' in stripped
    if not named and len(stripped) > _MOST_PARSED:
        return Kind.OTHER
    try:
        row = _parsed(decode_bytes(stripped).text)
    except (ValueError, RecursionError, InputError):
        return Kind.SPOILED if named or stripped.endswith(b"}") else Kind.OTHER
    if isinstance(row, dict) and field is not None:
        return Kind.DOCUMENT if isinstance(text_of(row, field), str) else Kind.SPOILED
    if not isinstance(row, dict) or "text" not in row:
        return Kind.RUN if isinstance(row, dict) and is_run(row) else Kind.OTHER
    return Kind.DOCUMENT if isinstance(row["text"], str) and not _is_banner(row) else Kind.SPOILED


def _parsed(text: str) -> Any:
    """Parse JSON; a number of more digits than Python reads is kept as they stand."""
    return json.loads(text, parse_int=_number)


def _number(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _is_banner(row: dict[str, Any]) -> bool:
    """Whether it is a Shodan banner: those carry an address and a port beside whatever else."""
    return "port" in row and ("ip_str" in row or "ip" in row)


def text_of(row: dict[str, Any], field: str) -> Any:
    """Return what stands at a dotted path; None where nothing does.

    A key that holds the dots itself comes first; a number is the place in a list, from 0.
    """
    if field in row:
        return row[field]
    value: Any = row
    for part in field.split("."):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isascii() and part.isdecimal():
            value = value[int(part)] if len(part) < 10 and int(part) < len(value) else None
        else:
            return None
    return value


def parse_line(
    line: bytes, number: int, name: str, field: str | None = None, encoding: str | None = None
) -> Document:
    """Read one line as a document.

    Args:
        line: the bytes, with or without the line end.
        number: its line number, from 1; the id of a document without one is ``name:number``.
        name: the id of the file.
        field: where the text stands (`text_of`); None for ``text``. With one, the text has its line and its
            field as its place.
        encoding: of the bytes; None for UTF-8.

    Raises:
        InputError: when it is not an object with a text; says why.
    """
    read = decode_bytes(line.strip(_SPACE), encoding)
    try:
        row = _parsed(read.text)
    except RecursionError:
        raise InputError(_message(number, "it is nested too deeply")) from None
    except ValueError as error:
        raise InputError(_message(number, f"it is not JSON ({error})")) from error
    if not isinstance(row, dict):
        raise InputError(_message(number, "it is not an object"))
    text, given, source = text_of(row, field or "text"), row.get("id"), row.get("source")
    if not isinstance(text, str):
        raise InputError(_message(number, f'it has no "{field or "text"}" string'))
    if field is not None:
        source = None  # of others' rows, which name their own files and sensors
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
        source_map=None if field is None else Anchors([0], [{"line": number, "field": field}]),
    )


def _message(number: int, reason: str) -> str:
    return f"line {number}: {reason}; it was left out, the other lines were read"
