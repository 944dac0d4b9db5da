"""SpanSet: many spans, asked for one by one and as columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

__all__ = ["SpanSet"]


class SpanSet(Collection[tuple[int, int]]):
    """Distinct half-open spans, which cost no tuple each.

    Args:
        starts, ends: one of each per span, by start; the same span may come again.

    Attributes:
        starts, ends: the same.
    """

    __slots__ = ("_end_at", "_others", "ends", "starts")

    def __init__(self, starts: Sequence[int], ends: Sequence[int]) -> None:
        self.starts = starts
        self.ends = ends
        self._end_at = dict(zip(starts, ends, strict=True))
        # Of spans that begin at one place the dictionary holds the last.
        self._others: frozenset[tuple[int, int]] = frozenset()
        if len(self._end_at) < len(starts):
            end_at = self._end_at
            self._others = frozenset(
                (start, end)
                for start, end in zip(starts, ends, strict=True)
                if end_at[start] != end
            )

    def __contains__(self, span: object) -> bool:
        if not isinstance(span, tuple) or len(span) != 2:
            return False
        return self._end_at.get(span[0]) == span[1] or span in self._others

    def __iter__(self) -> Iterator[tuple[int, int]]:
        yield from self._end_at.items()
        yield from self._others

    def __len__(self) -> int:
        return len(self._end_at) + len(self._others)
