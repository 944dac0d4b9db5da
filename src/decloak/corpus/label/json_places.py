"""JSON with places: every scalar of a document with the path of keys to it and where it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Leaf", "leaves"]

_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null'
)


class Leaf(NamedTuple):
    """A scalar: keys to it without list positions, its value as text, its place inside quotes."""

    path: tuple[str, ...]
    value: str
    start: int
    end: int
    is_text: bool


def leaves(text: str, base: int = 0) -> Iterator[Leaf]:
    """Yield the scalars in order; stops quietly where the text is no JSON any longer.

    Args:
        text: one JSON document, whole or cut short.
        base: what to add to every offset.
    """
    path: list[str] = []
    kinds: list[str] = []
    key: str | None = None
    for found in _TOKEN.finditer(text):
        token = found[0]
        if token in "[{":
            kinds.append(token)
            path.append(key if key is not None else "")
            key = None
        elif token in "]}":
            if not kinds:
                return
            kinds.pop()
            path.pop()
            key = None
        elif token == ",":
            key = None
        elif token != ":":
            is_text = token[0] == '"'
            if is_text and kinds and kinds[-1] == "{" and key is None:
                key = json.loads(token, strict=False)
                continue
            value = str(json.loads(token, strict=False)) if is_text else token
            keys = tuple(each for each in (*path, key or "") if each)
            low, high = found.span()
            yield Leaf(keys, value, base + low + is_text, base + high - is_text, is_text)
