"""Frames: records that may hold any number of others, which are written apart from them.

A scan of a network is one record with all its hosts, a transfer of a zone one with all its answers: as one value
each would need the memory of the whole document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from decloak.core.facts import RECORDS
from decloak.core.result import RecordRow

__all__ = ["FRAMES", "Part", "Parted", "framed", "parts_of"]

FRAMES = {"scan": "hosts", "query": "answers"}
"""Kind of a frame -> the key of what it may hold any number of."""


class Part(NamedTuple):
    """A record that stands apart.

    Attributes:
        row: the record, without what stands apart of it.
        frame: which part holds it: how many parts are before that one; None for none.
    """

    row: RecordRow
    frame: int | None


@runtime_checkable
class Parted(Protocol):
    """Records that can be had in parts without being made whole first."""

    def parts(self) -> Iterator[Part]:
        """Yield what `parts_of` yields of the whole records."""
        ...


def parts_of(rows: Sequence[RecordRow]) -> Iterator[Part]:
    """Yield records in order, frames apart from what they hold, each frame before it."""
    if isinstance(rows, Parted):
        yield from rows.parts()
        return
    count = 0
    for row in rows:
        held = FRAMES.get(row["kind"], "")
        yield Part({key: value for key, value in row.items() if key != held}, None)
        frame = count
        count += 1
        for child in row.get(held, ()) if held else ():
            yield Part(child, frame)
            count += 1


def framed(kinds: Sequence[str], parents: Sequence[int]) -> list[int]:
    """Return the parents of records, with -1 for what stands apart of its frame."""
    return [
        -1
        if parent >= 0 and parents[parent] < 0 and FRAMES.get(kinds[parent]) == RECORDS[kind].plural
        else parent
        for kind, parent in zip(kinds, parents, strict=True)
    ]
