"""Replay: tool output repeats itself, so a grammar reads the first line of a shape and the extension all others.

The key of a line is the memory of its reader, which records that memory refers to, and the line's shape: its
fixed text with slots for numbers, addresses and names (`native/shapes.hpp`). What the reader added for the
first line of a key is a template, if all places in it stand at edges of slots. The grammar stays the only
definition of what lines mean, and the twin that tests hold the replay to. Without the extension it reads all.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, Protocol

from decloak.core import native
from decloak.core.facts import Fact, Facts
from decloak.core.remember import Memory, remember

__all__ = ["LineReader", "Shaped", "replayed"]

_MORE, _ASKED, _NEW = range(3)
"""Why the extension stopped: to pack what it made, at a line that is asked about each time, at a new key."""
_FEWEST = 64
"""Lines that the grammar reads in any case; from then on it stops asking where most lines are new."""


class LineReader(Protocol):
    """A grammar that reads line after line, and remembers of the lines before no more than it can say."""

    def memory(self) -> tuple[Hashable, list[int]]:
        """Return all that the next line's meaning depends on: a small value, and records, -1 for none."""
        ...

    def recall(self, state: Hashable, records: list[int]) -> None:
        """Go on as if the lines before had left this memory."""
        ...

    def read_line(self, start: int, stop: int) -> int:
        """Read one line, without its line end; return the offset from which reading goes on."""
        ...

    def is_exact(self, line: bytes) -> bool:
        """Whether what it made of a line depends on more than the line's shape."""
        ...


class Shaped(Protocol):
    """What the extension has to know of a layout.

    Attributes:
        name: of the layout; those of one name share what is learned.
        first: bytes of a line before which no slot begins, because they tell what line it is.
        ports: whether a line that begins with a digit is a port line.
    """

    name: str
    first: int
    ports: bool


def replayed(
    reader: LineReader, layout: Shaped, shadow: bytes, start: int, end: int, facts: Facts
) -> int:
    """Read lines of a range; return the start of the first one that is left for the grammar alone.

    The same facts as if `read_line` had been called for each line. Linear.
    """
    if native.extension is None:
        return start
    shapes = _shapes(layout.name, layout.first, layout.ports)
    slow = fast = 0
    while start < end and (slow < _FEWEST or slow < fast):
        state, records = reader.memory()
        start, state, records, lines, why = shapes.run(
            shadow, start, end, state, records, facts.items, facts.kinds, facts.parents
        )
        fast += lines
        reader.recall(state, records)
        facts.settle()
        if why != _MORE and start < end:
            start = _read(reader, shapes, shadow, (start, end), facts, teach=why == _NEW)
            slow += 1
    return start


def _read(
    reader: LineReader,
    shapes: Any,
    shadow: bytes,
    place: tuple[int, int],
    facts: Facts,
    *,
    teach: bool,
) -> int:
    """Let the grammar read the first line of a range, and teach its shape; return where the next one starts."""
    start, end = place
    found = shadow.find(b"\n", start, end)
    stop = found if found >= 0 else end
    state, records = reader.memory()
    items, kinds = len(facts.items), len(facts.kinds)
    onward = reader.read_line(start, stop)
    if teach and onward <= stop and items <= len(facts.items):
        exact = reader.is_exact(shadow[start:stop])
        shapes.learn(
            shadow, start, stop, state, records,
            facts.items, items, facts.kinds, facts.parents, kinds,
            *reader.memory(), exact,
        )  # fmt: skip
    following = stop + 1
    while following < onward:  # what it has read lies lines below
        found = shadow.find(b"\n", following, end)
        following = found + 1 if found >= 0 else end
    return min(following, end)


@cache
def _shapes(_name: str, first: int, ports: bool) -> Any:  # noqa: FBT001 - a key of the cache
    assert native.extension is not None  # noqa: S101 - whoever asks has looked
    shapes = native.extension.Shapes(Fact, first, ports)
    remember(Memory(shapes.__len__, shapes.clear))
    return shapes
