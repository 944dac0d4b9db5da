"""Rows: a read-only sequence whose items are made when they are asked for.

A document of 100 MB has millions of entities. Kept as objects they weigh gigabytes; kept as
columns, and made one by one while they are written, they weigh next to nothing.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, overload

__all__ = ["Rows"]

_SHOWN = 20
"""Items of a sequence's representation."""

T = TypeVar("T")


class Rows(Sequence[T]):
    """A sequence that equals the tuple of its items, and is pickled as that tuple."""

    __slots__ = ()

    @abstractmethod
    def span(self, start: int, stop: int) -> Iterator[T]:
        """Yield the items from `start` to `stop`, which lie within the sequence."""

    def __iter__(self) -> Iterator[T]:
        return self.span(0, len(self))

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step == 1:
                return tuple(self.span(start, max(start, stop)))
            return tuple(self)[index]
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            message = f"index {index} of {len(self)} rows"
            raise IndexError(message)
        return next(self.span(place, place + 1))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        shown = ", ".join(map(repr, self[:_SHOWN]))
        return f"[{shown}{', ...' if len(self) > _SHOWN else ''}]"

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (tuple(self),)
