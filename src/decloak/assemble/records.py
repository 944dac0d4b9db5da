"""Records: the facts that belong together, nested as the tool wrote them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from types import ModuleType

from decloak.core import native
from decloak.core.document import Decoded
from decloak.core.facts import RECORDS, Fact, Facts
from decloak.core.frames import FRAMES, Part, framed
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
        parents: the record above each record, -1 for none; None for those of the facts.

    Only records without a parent are items, in the order of the text; their children are inside.
    Records without any field or child are left out.
    """

    __slots__ = ("_bounds", "_decoded", "_facts", "_order", "_parents", "_values")

    def __init__(
        self,
        decoded: Decoded,
        facts: Facts,
        values: list[str | None],
        parents: list[int] | None = None,
    ) -> None:
        self._decoded = decoded
        self._facts = facts
        self._parents = facts.parents if parents is None else parents
        self._values = values
        self._order: array[int] | None = None  # fact indices by root, where that is not their order
        self._bounds = self._grouped()

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def parts(self) -> Iterator[Part]:
        """Yield frames apart from what they hold; see `decloak.core.frames.parts_of`."""
        kinds, above = self._facts.kinds, self._facts.parents
        parents = framed(kinds, above)
        apart = Records(self._decoded, self._facts, self._values, parents)
        first = _first_roots(parents)
        numbers = array("i", self._facts.records())
        frames: dict[int, int] = {}
        count = 0
        for group, row in enumerate(apart):
            place = apart._bounds[group]
            order = apart._order
            number = first[numbers[place if order is None else order[place]]]
            frame = above[number]
            if frame >= 0 and frame not in frames:  # without a field of its own
                frames[frame] = count
                count += 1
                yield Part({"kind": kinds[frame]}, None)
            if kinds[number] in FRAMES:
                frames[number] = count
            count += 1
            yield Part(row, frames[frame] if frame >= 0 else None)

    def _grouped(self) -> array[int]:
        """Return where the facts of each root record begin, and where the last ones end.

        A grammar writes one record after another, so the facts are mostly grouped already; notes,
        which belong to no record, may stand between them.
        """
        first = _first_roots(self._parents)
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
        counts = array("I", bytes(4 * len(first)))
        for number in self._facts.records():
            if number >= 0:
                counts[first[number]] += 1
        bounds = array("I", [0])
        places = array("I", counts)  # where the next fact of a root goes
        total = 0
        for root, count in enumerate(counts):
            places[root] = total
            total += count
            if count:
                bounds.append(total)
        order = array("I", bytes(4 * total))
        for index, number in enumerate(self._facts.records()):
            if number >= 0:
                root = first[number]
                order[places[root]] = index
                places[root] += 1
        self._order = order
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
                facts: list[Fact] = []
                for index in self._order[first:last]:
                    if not low <= index < high:
                        low, high = index, index + _BATCH
                        rows = self._facts.span(low, high)
                    facts.append(rows[index - low])
                values = [self._values[index] for index in self._order[first:last]]
                yield self._built(zip(facts, values, strict=True))
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
            self._parents,
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
        kinds, parents = self._facts.kinds, self._parents
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
            chain = self._parents[chain]
        return records[number]


def _first_roots(parents: list[int]) -> array[int]:
    """Return the top-level record above each record."""
    roots = array("i")
    for index, parent in enumerate(parents):
        roots.append(index if parent < 0 else roots[parent])
    return roots
