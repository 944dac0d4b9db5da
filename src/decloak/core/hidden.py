"""Hidden: the code points that Unicode says are shown as nothing (Default_Ignorable_Code_Point)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["as_class", "default_ignorable"]


@cache
def default_ignorable() -> tuple[tuple[int, int], ...]:
    """Return the first and last code point of each run of them, in order."""
    table = (files("decloak.core") / "data" / "default_ignorable.txt").read_text("ascii")
    rows = (line.split("..") for line in table.splitlines() if not line.startswith("#"))
    return tuple((int(low, 16), int(high, 16)) for low, high in rows)


def as_class(ranges: tuple[tuple[int, int], ...]) -> str:
    """Return ranges of code points as the inside of a character class of `re`."""
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)
