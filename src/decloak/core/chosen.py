"""Chosen and Mapped: views of a sequence that keep nothing of it but places."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from decloak.core.lazy import Rows

__all__ = ["Chosen", "Mapped"]

T = TypeVar("T")


class Chosen(Rows[T]):
    """The items of a sequence that are wanted, in its order; eight bytes are kept for each.

    Args:
        items: the sequence; it is read once, here.
        wanted: whether an item belongs.
    """

    __slots__ = ("_items", "_places")

    def __init__(self, items: Sequence[T], wanted: Callable[[T], bool]) -> None:
        self._items = items
        self._places = array("q", (place for place, item in enumerate(items) if wanted(item)))

    def __len__(self) -> int:
        return len(self._places)

    def span(self, start: int, stop: int) -> Iterator[T]:
        """Yield the items from `start` to `stop`; neighbours are asked for together."""
        places, items = self._places, self._items
        while start < stop:
            end = start + 1
            while end < stop and places[end] == places[end - 1] + 1:
                end += 1
            yield from items[places[start] : places[end - 1] + 1]
            start = end


class Mapped(Rows[T]):
    """The items of a sequence, each as a function makes it when it is asked for."""

    __slots__ = ("_items", "_make")

    def __init__(self, items: Sequence[T], make: Callable[[T], T]) -> None:
        self._items, self._make = items, make

    def __len__(self) -> int:
        return len(self._items)

    def span(self, start: int, stop: int) -> Iterator[T]:
        """Yield the items from `start` to `stop`."""
        return map(self._make, self._items[start:stop])
