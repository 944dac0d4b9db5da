"""Records: the facts that belong together, nested as the tool wrote them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from types import ModuleType

from decloak.core import native
from decloak.core.document import Decoded
from decloak.core.facts import RECORDS, Fact, Facts
from decloak.core.lazy import Rows
from decloak.core.result import RecordRow

__all__ = ["Records", "assemble"]

_BATCH = 1 << 14
_MANY = {name: frozenset(kind.many) for name, kind in RECORDS.items()}
_PLURALS = {name: kind.plural for name, kind in RECORDS.items()}


def assemble(decoded: Decoded, facts: Facts, values: list[str | None]) -> tuple[RecordRow, ...]:
    """Build all nested records at once; see `Records`."""
    return tuple(Records(decoded, facts, values))


class Records(Rows[RecordRow]):
    """Nested records, built when asked for; a field is ``{"value", "start", "end"}`` in raw offsets.

    Args:
        decoded: the text the facts' offsets point into.
        facts: fields and the records they belong to, sorted.
        values: the canonical value of every fact; None for what stands in the text as it is.

    Only records without a parent are items, in the order of the text; their children are inside.
    Records without any field or child are left out.
    """

    __slots__ = ("_bounds", "_decoded", "_facts", "_order", "_values")

    def __init__(self, decoded: Decoded, facts: Facts, values: list[str | None]) -> None:
        self._decoded = decoded
        self._facts = facts
        self._values = values
        self._order: array[int] | None = None  # fact indices by root, where that is not their order
        self._bounds = self._grouped()

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def _grouped(self) -> array[int]:
        """Return where the facts of each root record begin, and where the last ones end.

        A grammar writes one record after another, so the facts are mostly grouped already; notes,
        which belong to no record, may stand between them.
        """
        first = _first_roots(self._facts.parents)
        bounds = array("I")
        last = -1
        for index, number in enumerate(self._facts.records()):
            if number >= 0 and first[number] != last:
                if first[number] < last:
                    return self._regrouped(first)
                last = first[number]
                bounds.append(index)
        bounds.append(len(self._facts))
        return bounds

    def _regrouped(self, first: array[int]) -> array[int]:
        """Group facts whose records are interleaved; `_order` keeps the way back."""
        numbers = list(self._facts.records())
        order = [index for index, number in enumerate(numbers) if number >= 0]
        order.sort(key=lambda index: first[numbers[index]])
        bounds = array("I")
        last = -1
        for place, index in enumerate(order):
            if first[numbers[index]] != last:
                last = first[numbers[index]]
                bounds.append(place)
        bounds.append(len(order))
        self._order = array("I", order)
        return bounds

    def span(self, start: int, stop: int) -> Iterator[RecordRow]:
        """Yield the records from `start` to `stop`."""
        if self._order is None and native.extension is not None:
            runs = self._decoded.alignment.runs
            if not runs.turned:
                yield from self._batches(native.extension, start, stop)
                return
        low = high = 0
        rows: list[Fact] = []
        for group in range(start, stop):
            first, last = self._bounds[group], self._bounds[group + 1]
            if self._order is not None:
                indices = self._order[first:last]
                facts = [self._facts.span(index, index + 1)[0] for index in indices]
                yield self._built(zip(facts, [self._values[i] for i in indices], strict=True))
                continue
            if last > high:  # facts are fetched by the batch: one fetch per record would cost more
                low, high = first, max(last, first + _BATCH)
                rows = self._facts.span(low, high)
            yield self._built(
                zip(rows[first - low : last - low], self._values[first:last], strict=True)
            )

    def _batches(self, extension: ModuleType, start: int, stop: int) -> Iterator[RecordRow]:
        """Yield the same, made by the extension."""
        make = extension.Recorder(
            self._decoded.text,
            self._decoded.alignment.runs.columns,
            self._facts.kinds,
            self._facts.parents,
            _MANY,
            _PLURALS,
        ).record
        low = high = 0
        rows: list[Fact] = []
        values: list[str | None] = []
        for group in range(start, stop):
            first, last = self._bounds[group], self._bounds[group + 1]
            if last > high:
                low, high = first, max(last, first + _BATCH)
                rows = self._facts.span(low, high)
                values = self._values[low:high]
            yield make(rows, values, first - low, last - low)

    def _built(self, rows: Iterable[tuple[Fact, str | None]]) -> RecordRow:
        kinds, parents = self._facts.kinds, self._facts.parents
        records: dict[int, RecordRow] = {}
        text = self._decoded.view.text
        identity = self._decoded.alignment.is_identity
        to_raw = self._decoded.alignment.to_raw
        for (start, end, number, field, _, _, _), value in rows:
            if number < 0:
                continue
            record = records.get(number)
            if record is None:
                record = self._opened(number, records)
            a, b = (start, end) if identity else to_raw(start, end)
            entry = {"value": text[start:end] if value is None else value, "start": a, "end": b}
            if field in _MANY[kinds[number]]:
                record.setdefault(field, []).append(entry)
            elif field not in record:
                record[field] = entry
        ordered = sorted(records)
        for number in ordered[1:]:
            plural = RECORDS[kinds[number]].plural
            records[parents[number]].setdefault(plural, []).append(records[number])
        return records[ordered[0]]

    def _opened(self, number: int, records: dict[int, RecordRow]) -> RecordRow:
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
