"""Streamed: the items of a list within a JSON document of any size, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson

from decloak.core.errors import KnowledgeError

__all__ = ["MOST_EVENTS", "items", "top_values"]

MOST_EVENTS = 1 << 21
"""Parts of one item that are held at a time; the largest records that are published have a hundred thousand."""


def items(stream: BinaryIO, key: str, head: dict[str, Any] | None = None) -> Iterator[Any]:
    """Yield the items of the list under a key of the outermost object; everything is read to its end.

    Args:
        stream: UTF-8.
        key: of the outermost object.
        head: filled with the scalars of the outermost object.

    Raises:
        KnowledgeError: when the document is no JSON, or ends too early.
    """
    place, builder, depth, begun = f"{key}.item", None, 0, 0
    found = False
    try:
        for prefix, event, value in ijson.parse(stream, use_float=True):
            if builder is None:
                found |= event == "start_array" and prefix == key
                if prefix != place:
                    if head is not None and "." not in prefix and event in _SCALARS:
                        head[prefix] = value
                    continue
                if event in _SCALARS:
                    yield value
                    continue
                builder, depth, begun = ijson.ObjectBuilder(), 0, 0
            begun += 1
            if begun > MOST_EVENTS:
                message = f"one item of {key!r} has more than {MOST_EVENTS:,} parts; it is not read"
                raise KnowledgeError(message)
            builder.event(event, value)
            depth += (event in _OPENS) - (event in _CLOSES)
            if depth == 0:
                yield builder.value
                builder = None
    except ijson.JSONError as error:
        message = f"no whole JSON document: {str(error).splitlines()[0][:200]}"
        raise KnowledgeError(message) from error
    if not found:
        message = f"there is no list {key!r}"
        raise KnowledgeError(message)


def top_values(stream: BinaryIO, most: int = 64) -> Iterator[tuple[str, str, Any]]:
    """Yield (place, event, value) at depth one and of the first item of a list there; `most` of them at most."""
    seen = 0
    try:
        for prefix, event, value in ijson.parse(stream, use_float=True):
            if prefix.count(".") <= 2 and event != "map_key":
                yield prefix, event, value
                seen += 1
                if seen >= most:
                    return
    except ijson.JSONError as error:
        message = f"no whole JSON document: {str(error).splitlines()[0][:200]}"
        raise KnowledgeError(message) from error


_SCALARS = frozenset({"string", "number", "boolean", "null"})
_OPENS = frozenset({"start_map", "start_array"})
_CLOSES = frozenset({"end_map", "end_array"})
