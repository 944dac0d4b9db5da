"""Segment and Facts: which tool wrote a stretch of text, and the fields it wrote.

A source parser fills one `Facts` per document. Offsets are decoded offsets. A record is opened
before its fields are added; a child record names its parent:

    host = facts.open("host")
    facts.add(host, "address", "IP_ADDRESS", 21, 31)
    port = facts.open("port", host)
    facts.add(port, "number", "PORT", 60, 62)

Kinds and field names are those of `RECORDS`; `assemble` turns them into nested records.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import repeat
from operator import itemgetter
from typing import NamedTuple

from decloak.core.errors import RegistryError

__all__ = ["RECORDS", "Fact", "Facts", "RecordKind", "Segment"]


class Segment(NamedTuple):
    """A stretch of decoded text that one tool wrote.

    Attributes:
        start, end: half-open decoded range.
        source: name of the source (``nmap``, ``dig``, ``whois``, ``shodan``, ``rdap``, ``prose``).
        layout: which of its layouts (``normal``, ``xml``, ``grepable`` ...).
        confidence: in [0, 1], how sure detection is.
    """

    start: int
    end: int
    source: str
    layout: str
    confidence: float


class Fact(NamedTuple):
    """One field of a record.

    Attributes:
        start, end: half-open decoded range of the value.
        record: index of the record it belongs to.
        field: a field name of that record's kind.
        label: the entity label, or "" when the field is no entity (a date, a TTL).
        origin: ``source.kind.field``, the key of its measured precision.
        value: the unescaped value where the text has escapes; None when it is the text.
    """

    start: int
    end: int
    record: int
    field: str
    label: str
    origin: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class RecordKind:
    """The shape of one kind of record.

    Attributes:
        name: the ``kind`` of the record in the output.
        one: fields with one value.
        many: fields with a list of values.
        plural: key under which a parent keeps its children of this kind; "" for top level only.
    """

    name: str
    one: tuple[str, ...]
    many: tuple[str, ...] = ()
    plural: str = ""


RECORDS: dict[str, RecordKind] = {
    kind.name: kind
    for kind in (
        RecordKind(
            "scan",
            ("scanner", "version", "arguments", "started", "finished"),
        ),
        RecordKind(
            "host",
            ("address", "name", "status", "latency", "os", "mac", "vendor", "organization",
             "isp", "asn", "country", "city", "updated", "cloud_provider", "cloud_region",
             "cloud_service"),
            ("addresses", "names", "oses", "cpes", "vulnerabilities", "hops", "tags"),
            "hosts",
        ),
        RecordKind(
            "port",
            ("number", "protocol", "state", "service", "software", "version", "os", "hostname",
             "info", "banner", "timestamp", "tunnel", "device", "title", "favicon_hash"),
            ("cpes", "vulnerabilities"),
            "ports",
        ),
        RecordKind("script", ("id", "output"), (), "scripts"),
        RecordKind(
            "domain",
            ("name", "id", "registrar", "registrar_id", "registrar_url", "whois_server", "created",
             "updated", "expires", "dnssec", "registrant", "registrant_organization",
             "abuse_email", "reseller", "reseller_url", "url"),
            ("name_servers", "statuses", "emails", "addresses"),
            "domains",
        ),
        RecordKind("contact", ("role", "id", "name", "organization", "email", "phone", "country",
                               "street", "city", "url"), (), "contacts"),
        RecordKind(
            "network",
            ("range", "cidr", "name", "handle", "organization", "country", "asn", "created",
             "updated", "parent", "description"),
            ("emails", "cidrs", "statuses"),
            "networks",
        ),
        RecordKind("query", ("name", "type", "class", "server", "port", "status", "time",
                             "software", "version", "id", "protocol"), (), "queries"),
        RecordKind("answer", ("name", "ttl", "class", "type", "data", "section", "address",
                              "target", "email", "text", "port"), ("targets",), "answers"),
    )
}  # fmt: skip


_new = tuple.__new__  # half the cost of calling the class, for what is made most often
_ORIGINS: dict[tuple[str, str, str], str] = {}
_START = itemgetter(0)
_FIRST_PACK_AT, _PACK_AT = 1 << 20, 1 << 18  # a text of so many facts has many more
_MAX_ORIGINS = 4096  # notes may carry names from the text, such as that of a script


def _origin(source: str, kind: str, field: str) -> str:
    """Return ``source.kind.field``, without the kind for a note; one string for all of a kind."""
    if len(_ORIGINS) >= _MAX_ORIGINS:
        _ORIGINS.clear()
    origin = f"{source}.{kind}.{field}" if kind else f"{source}.{field}"
    return _ORIGINS.setdefault((source, kind, field), origin)


class _Numbers(dict[tuple[str, str, str], int]):
    """Field, label and origin -> the number of this kind of fact, from 0 in the order of their first use."""

    def __missing__(self, kind: tuple[str, str, str]) -> int:
        number = self[kind] = len(self)
        return number


class Columns:
    """Facts as columns: 14 bytes and what their values take, instead of 170."""

    __slots__ = ("_ids", "ends", "kinds", "records", "starts", "values")

    def __init__(self) -> None:
        self.starts = array("I")
        self.ends = array("I")
        self.records = array("i")
        self.kinds = array("I")
        self.values: dict[int, str] = {}
        self._ids = _Numbers()

    def __len__(self) -> int:
        return len(self.starts)

    def take(self, items: list[Fact]) -> None:
        """Move facts to the end of the columns; the list is empty afterwards."""
        if not items:
            return
        base = len(self.starts)
        starts, ends, records, *kinds, values = zip(*items, strict=True)
        self.starts.extend(starts)
        self.ends.extend(ends)
        self.records.extend(records)
        self.kinds.extend(map(self._ids.__getitem__, zip(*kinds, strict=True)))
        self.values.update(
            (index, value) for index, value in enumerate(values, base) if value is not None
        )
        items.clear()

    def span(self, start: int, stop: int) -> list[Fact]:
        """Return the facts of an index range as tuples."""
        kinds = self.kinds[start:stop]
        columns = [[kind[which] for kind in self._ids] for which in range(3)]
        rows = zip(
            self.starts[start:stop],
            self.ends[start:stop],
            self.records[start:stop],
            *(map(column.__getitem__, kinds) for column in columns),
            map(self.values.get, range(start, stop)),
            strict=True,
        )
        return list(map(_new, repeat(Fact), rows))

    def labelled(self, label: str) -> Iterator[tuple[int, int, str | None]]:
        """Yield start, end and unescaped value of every fact with a label."""
        wanted = {number for kind, number in self._ids.items() if kind[1] == label}
        for index, kind in enumerate(self.kinds):
            if kind in wanted:
                yield self.starts[index], self.ends[index], self.values.get(index)

    def sort(self) -> None:
        """Order all columns by start; cheap when they are in order already, as they mostly are."""
        starts = self.starts.tolist()
        if starts == sorted(starts):
            return
        order = sorted(range(len(starts)), key=starts.__getitem__)
        self.values = {new: self.values[old] for new, old in enumerate(order) if old in self.values}
        for name in ("starts", "ends", "records", "kinds"):
            column: array[int] = getattr(self, name)
            setattr(self, name, array(column.typecode, map(column.__getitem__, order)))


class Facts:
    """All facts of a document, with the records they belong to.

    New facts are tuples in `items`. Past a million they are packed into columns, a fifth of the size;
    readers use `span`, `start_of` and `len`, which know of both.
    """

    __slots__ = ("_full", "_packed", "items", "kinds", "parents", "source", "warnings")

    def __init__(self, source: str = "") -> None:
        self.source = source
        self.items: list[Fact] = []
        self.kinds: list[str] = []
        self.parents: list[int] = []
        self.warnings: list[str] = []
        self._packed = Columns()
        self._full = _FIRST_PACK_AT

    def __len__(self) -> int:
        return len(self._packed) + len(self.items)

    def span(self, start: int, stop: int) -> list[Fact]:
        """Return the facts of an index range."""
        packed = len(self._packed)
        if not packed:
            return self.items[start:stop]
        head = self._packed.span(start, min(stop, packed)) if start < packed else []
        return head + self.items[max(start - packed, 0) : max(stop - packed, 0)]

    def records(self) -> Iterator[int]:
        """Yield the record of every fact, in their order."""
        yield from self._packed.records
        for fact in self.items:
            yield fact[2]

    def labelled(self, label: str) -> Iterator[tuple[int, int, str | None]]:
        """Yield start, end and unescaped value of every fact with a label."""
        yield from self._packed.labelled(label)
        for fact in self.items:
            if fact[4] == label:
                yield fact[0], fact[1], fact[6]

    def start_of(self, index: int) -> int:
        """Return where a fact starts."""
        packed = len(self._packed)
        return self._packed.starts[index] if index < packed else self.items[index - packed].start

    def sort(self) -> None:
        """Put the facts in the order of the text; those of one place keep theirs."""
        if len(self._packed):
            self._pack()
            self._packed.sort()
        else:
            self.items.sort(key=_START)

    def moved(self, place_of: Callable[[Fact], Fact]) -> Facts:
        """Return the same facts of the same records where `place_of` puts each of them."""
        made = Facts(self.source)
        made.kinds, made.parents, made.warnings = self.kinds, self.parents, self.warnings
        for first in range(0, len(self), _PACK_AT):
            made.items += map(place_of, self.span(first, first + _PACK_AT))
            if len(self._packed):
                made._pack()
        return made

    def _pack(self) -> None:
        self.items.sort(key=_START)  # nearly in order already; all columns together cost more
        self._packed.take(self.items)
        self._full = _PACK_AT

    def open(self, kind: str, parent: int = -1) -> int:
        """Open a record and return its index.

        Raises:
            RegistryError: when the kind is not in `RECORDS`.
        """
        if kind not in RECORDS:
            message = f"no record kind named {kind!r}; known: {', '.join(RECORDS)}"
            raise RegistryError(message)
        if kind != "port":
            self.settle()  # never within a host: its grammar may look back
        self.kinds.append(kind)
        self.parents.append(parent)
        return len(self.kinds) - 1

    def settle(self) -> None:
        """Pack what has come together, once that is much; for those who add without `open`."""
        if len(self.items) >= self._full:
            self._pack()

    def add(
        self, record: int, field: str, label: str, start: int, end: int, value: str | None = None
    ) -> None:
        """Add one field; an empty range is ignored, because an empty field says nothing."""
        if start < end:
            key = self.source, self.kinds[record], field
            origin = _ORIGINS.get(key) or _origin(*key)
            self.items.append(_new(Fact, (start, end, record, field, label, origin, value)))

    def note(self, label: str, start: int, end: int, detail: str, value: str | None = None) -> None:
        """Add an entity that belongs to no record (a name in a script's output)."""
        if start < end:
            key = self.source, "", detail
            origin = _ORIGINS.get(key) or _origin(*key)
            self.items.append(_new(Fact, (start, end, -1, detail, label, origin, value)))

    def warn(self, message: str) -> None:
        """Add a warning for the user, once."""
        if message not in self.warnings:
            self.warnings.append(message)
