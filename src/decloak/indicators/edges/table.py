"""Table: what ``markup.toml`` says that languages for documents write, and where a token stands alone."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

__all__ = ["LONGEST", "is_apart", "markup_table", "one_of"]

LONGEST = 512
"""Code points of a literal between two marks."""
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\x80")
_JOINTS = frozenset(b".-/@_")


@cache
def markup_table() -> dict[str, list[str]]:
    """Return the table by the names of its rows."""
    text = files("decloak.indicators.edges").joinpath("markup.toml").read_text("utf-8")
    return tomllib.loads(text)


def one_of(words: Iterable[str]) -> bytes:
    """Return a pattern of any of some words."""
    escaped = ("".join(char if char.isalnum() else "\\" + char for char in word) for word in words)
    return b"|".join(word.encode() for word in escaped)


def is_apart(shadow: bytes, start: int, end: int) -> bool:
    """Whether a range is a token of its own, and not inside one that markup breaks up."""
    if start and (shadow[start - 1] in _WORD or shadow[start - 1] in _JOINTS):
        return False
    after = shadow[end : end + 2]
    if not after or after[0] not in _WORD:
        return len(after) < 2 or after[0] not in _JOINTS or after[1] not in _WORD
    return False
