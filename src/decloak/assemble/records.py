"""Records: the facts that belong together, nested as the tool wrote them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import pairwise

from decloak.core.document import Decoded
from decloak.core.facts import RECORDS, Fact, Facts
from decloak.core.lazy import Rows
from decloak.core.result import Record

__all__ = ["Records", "assemble"]

_PLURALS = frozenset(kind.plural for kind in RECORDS.values() if kind.plural)
_MANY = {name: frozenset(kind.many) for name, kind in RECORDS.items()}


def assemble(decoded: Decoded, facts: Facts, values: list[str | None]) -> tuple[Record, ...]:
    """Build all nested records at once; see `Records`."""
    return tuple(Records(decoded, facts, values))


class Records(Rows[Record]):
    """Nested records, built when asked for; a field is ``{"value", "start", "end"}`` in raw offsets.

    Args:
        decoded: the text the facts' offsets point into.
        facts: fields and the records they belong to, sorted.
        values: the canonical value of every fact; None for what stands in the text as it is.

    Only records without a parent are items, in the order of the text; their children are inside.
    Records without any field or child are left out.
    """

    __slots__ = ("_bounds", "_children", "_decoded", "_facts", "_first", "_order", "_values")

    def __init__(self, decoded: Decoded, facts: Facts, values: list[str | None]) -> None:
        self._decoded = decoded
        self._facts = facts
        self._values = values
        self._first = _first_roots(facts.parents)
        self._order, self._bounds = self._by_root()

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def _by_root(self) -> tuple[array[int], array[int]]:
        """Return fact indices grouped by root record, and where each group begins.

        A grammar writes one record after another, so the indices are mostly in order already.
        """
        first = self._first
        roots = array("i")
        step = 1 << 16
        for start in range(0, len(self._facts), step):
            roots.extend(
                [
                    first[fact[2]] if fact[2] >= 0 else -1
                    for fact in self._facts.span(start, start + step)
                ]
            )
        order = array("I", [index for index, root in enumerate(roots) if root >= 0])
        if any(roots[a] > roots[b] for a, b in pairwise(order)):
            order = array("I", sorted(order, key=roots.__getitem__))
        bounds = array("I")
        last = -1
        for place, index in enumerate(order):
            if roots[index] != last:
                bounds.append(place)
                last = roots[index]
        bounds.append(len(order))
        return order, bounds

    def span(self, start: int, stop: int) -> Iterator[Record]:
        """Yield the records from `start` to `stop`."""
        for group in range(start, stop):
            yield self._built(self._order[self._bounds[group] : self._bounds[group + 1]])

    def _built(self, indices: array[int]) -> Record:
        facts, kinds, parents = self._facts, self._facts.kinds, self._facts.parents
        low, high = indices[0], indices[-1]
        if high - low + 1 == len(indices):
            rows: list[Fact] = facts.span(low, high + 1)
        else:
            rows = [facts.span(index, index + 1)[0] for index in indices]
        records: dict[int, Record] = {}
        text = self._decoded.view.text
        identity = self._decoded.alignment.is_identity
        to_raw = self._decoded.alignment.to_raw
        for place, (start, end, number, field, _, _, _) in zip(indices, rows, strict=True):
            record = records.get(number)
            if record is None:
                record = self._opened(number, records)
            value = self._values[place]
            a, b = (start, end) if identity else to_raw(start, end)
            entry = {"value": text[start:end] if value is None else value, "start": a, "end": b}
            if field in _MANY[kinds[number]]:
                record.setdefault(field, []).append(entry)
            else:
                record.setdefault(field, entry)
        ordered = sorted(records)
        for number in ordered[1:]:
            plural = RECORDS[kinds[number]].plural
            records[parents[number]].setdefault(plural, []).append(records[number])
        return records[ordered[0]]

    def _opened(self, number: int, records: dict[int, Record]) -> Record:
        """Open a record, and those above it; a parent is always opened before its children."""
        chain = number
        while chain >= 0 and chain not in records:
            records[chain] = {"kind": self._facts.kinds[chain]}
            chain = self._facts.parents[chain]
        return records[number]


def _first_roots(parents: list[int]) -> array[int]:
    """Return the top-level record above each record."""
    roots = array("i")
    for index, parent in enumerate(parents):
        roots.append(index if parent < 0 else roots[parent])
    return roots
