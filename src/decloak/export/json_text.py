"""JSON: one object per result, as JSON lines or as one array.

Everything outside ASCII is escaped, so that no control character, no bidirectional control and no
lone surrogate of a hostile text reaches the terminal or breaks a strict reader.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from decloak.core.result import Failure, Result
from decloak.core.serialise import entity_output, failure_output, record_output
from decloak.export.base import Shape

__all__ = ["JSON", "JSONL", "dumps"]

_BATCH = 512
"""Entities or records that become one piece of text."""

Item = TypeVar("Item")
_encode = json.JSONEncoder(ensure_ascii=True, check_circular=False).encode


def dumps(value: Any) -> str:
    """Return a JSON value on one line, in ASCII; DEL is escaped too, as terminals act on it."""
    text = _encode(value)
    return text.replace("\x7f", "\\u007f") if "\x7f" in text else text


@dataclass(frozen=True, slots=True)
class _Json:
    """The output object of every result, written piece by piece."""

    name: str
    description: str
    head: str
    between: str
    tail: str
    end: str

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield the object of `decloak.core.serialise.result_output`, a batch at a time."""
        yield f'{{"id": {dumps(result.id)}, "source": {dumps(result.source)}, "entities": ['
        convert = shape.convert
        yield from _array(shape.entities(result), lambda item: entity_output(item, convert))
        yield '], "records": ['
        yield from _array(result.records, lambda item: record_output(item, convert))
        warnings, unit = dumps(list(result.warnings)), dumps(shape.unit)
        yield f'], "warnings": {warnings}, "offsets": {unit}}}{self.end}'

    def render_failure(self, failure: Failure) -> str:
        """Return the object that names the failure."""
        return dumps(failure_output(failure)) + self.end


def _array(items: Sequence[Item], to_value: Callable[[Item], Any]) -> Iterator[str]:
    """Yield the inside of an array, a batch at a time."""
    for start in range(0, len(items), _BATCH):
        text = dumps([to_value(item) for item in items[start : start + _BATCH]])
        yield (", " if start else "") + text[1:-1]


JSONL = _Json("jsonl", "JSON lines: one object per document", "", "", "", end="\n")
JSON = _Json("json", "one JSON array with an object per document", "[\n", ",\n", "\n]\n", end="")
