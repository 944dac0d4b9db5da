"""Table: sorted rows of tab-separated cells, looked up where they lie.

Nothing is parsed when a table is opened: a look-up is a binary search over bytes, some twenty steps, and
only the rows that are found become strings. So a pack of tens of thousands of rows opens in the time that
unpacking it takes.
"""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["Row", "Table"]

Row = tuple[str, ...]
"""The cells of one row, the key first."""


class Table:
    """Rows in UTF-8, one a line, each with the key as its first cell, sorted by the bytes of the key.

    Args:
        data: the lines, each ended by LF. Several rows may share a key.
    """

    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __len__(self) -> int:
        return self._data.count(b"\n")

    def __iter__(self) -> Iterator[Row]:
        for line in self._data.splitlines():
            yield tuple(line.decode("utf-8").split("\t"))

    def having(self, cell: str) -> Iterator[Row]:
        """Yield the rows with this cell, neither the first nor the last, in the order of the table."""
        wanted, at = f"\t{cell}\t".encode(), -1
        while (at := self._data.find(wanted, at + 1)) >= 0:
            start, at = self._data.rfind(b"\n", 0, at) + 1, self._data.index(b"\n", at)
            yield tuple(self._data[start:at].decode("utf-8").split("\t"))

    def rows(self, key: str) -> tuple[Row, ...]:
        """Return the rows of a key, in the order of the table; none for a key that it lacks."""
        wanted = key.encode("utf-8", "surrogatepass")
        found: list[Row] = []
        start = self._first(wanted)
        while start < len(self._data) and self._key(start) == wanted:
            end = self._data.index(b"\n", start)
            found.append(tuple(self._data[start:end].decode("utf-8").split("\t")))
            start = end + 1
        return tuple(found)

    def before(self, key: str) -> Row | None:
        """Return the last row whose key is at most `key`; None where all are greater.

        With the starts of disjoint ranges as keys, that is the only range that can hold `key`.
        """
        start = self._first(key.encode("utf-8", "surrogatepass") + b"\x00")
        if start == 0:
            return None
        line = self._data.rfind(b"\n", 0, start - 1) + 1
        return tuple(self._data[line : start - 1].decode("utf-8").split("\t"))

    def _first(self, wanted: bytes) -> int:
        """Return where the first row begins whose key is at least `wanted`."""
        low, high = 0, len(self._data)
        while low < high:
            start = self._data.rfind(b"\n", low, (low + high) // 2) + 1 or low
            if self._key(start) < wanted:
                low = self._data.index(b"\n", start) + 1
            else:
                high = start
        return low

    def _key(self, start: int) -> bytes:
        end = self._data.index(b"\n", start)
        return self._data[start:end].partition(b"\t")[0]
