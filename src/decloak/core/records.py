"""Records: what belongs together in the output of a tool, as typed values, made when they are asked for.

Each class is one kind of `decloak.core.facts.RECORDS`, with an attribute for each of its fields: a `Field`
or None; a tuple of `Field` where there may be several; a tuple of the records inside this one. An attribute
is None, or empty, where the tool did not say it. (The grammars read the table, which costs nothing when a
process starts.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from decloak.core.lazy import Rows
from decloak.core.result import RecordRow

__all__ = [
    "RECORD_TYPES",
    "Answer",
    "Contact",
    "Domain",
    "Field",
    "Host",
    "Network",
    "Port",
    "Query",
    "Record",
    "Records",
    "Scan",
    "Script",
    "printed",
    "record_of",
]


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a record.

    Attributes:
        value: in canonical form, or as the tool wrote it where the field has none (a date).
        start, end: half-open code-point range in the raw text.
    """

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Record:
    """What all kinds of records have.

    Attributes:
        kind: the name of the kind, as it is printed (of the class).
        plural: the key under which a record keeps those of this kind; "" for top level only (of the class).
        others: records inside this one that its class has no attribute for.
    """

    kind: ClassVar[str] = ""
    plural: ClassVar[str] = ""

    others: tuple[Record, ...] = ()

    def __repr__(self) -> str:
        """Show what is there, and nothing else."""
        given = ((each.name, getattr(self, each.name)) for each in fields(self))
        shown = ", ".join(f"{name}={value!r}" for name, value in given if value)
        return f"{type(self).__name__}({shown})"

    def to_dict(self) -> RecordRow:
        """Return the record as it is printed in JSON: what is there, and nothing else."""
        row: RecordRow = {"kind": self.kind}
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, Field):
                row[printed(each.name)] = _field_row(value)
            elif value and each.name == "others":
                for other in value:
                    row.setdefault(other.plural, []).append(other.to_dict())
            elif value:
                row[each.name] = [
                    _field_row(one) if isinstance(one, Field) else one.to_dict() for one in value
                ]
        return row

    def walk(self) -> Iterator[Record]:
        """Yield this record and all inside it, each before what is inside it."""
        yield self
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, tuple):
                for one in value:
                    if isinstance(one, Record):
                        yield from one.walk()


def printed(name: str) -> str:
    """Return an attribute's name as it is printed: ``class``, which no attribute can be called, without ``_``."""
    return name.removesuffix("_")


def _field_row(field: Field) -> dict[str, Any]:
    return {"value": field.value, "start": field.start, "end": field.end}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Script(Record):
    """What a scanner's script said."""

    kind: ClassVar[str] = "script"
    plural: ClassVar[str] = "scripts"

    id: Field | None = None
    output: Field | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Port(Record):
    """One port of a host, and what answers there."""

    kind: ClassVar[str] = "port"
    plural: ClassVar[str] = "ports"

    number: Field | None = None
    protocol: Field | None = None
    state: Field | None = None
    service: Field | None = None
    software: Field | None = None
    version: Field | None = None
    os: Field | None = None
    hostname: Field | None = None
    info: Field | None = None
    banner: Field | None = None
    timestamp: Field | None = None
    tunnel: Field | None = None
    device: Field | None = None
    title: Field | None = None
    favicon_hash: Field | None = None
    cpes: tuple[Field, ...] = ()
    vulnerabilities: tuple[Field, ...] = ()
    scripts: tuple[Script, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Host(Record):
    """One host that a scanner or a search engine saw; nested: host, ports, what answers there."""

    kind: ClassVar[str] = "host"
    plural: ClassVar[str] = "hosts"

    address: Field | None = None
    name: Field | None = None
    status: Field | None = None
    latency: Field | None = None
    os: Field | None = None
    mac: Field | None = None
    vendor: Field | None = None
    organization: Field | None = None
    isp: Field | None = None
    asn: Field | None = None
    country: Field | None = None
    city: Field | None = None
    updated: Field | None = None
    cloud_provider: Field | None = None
    cloud_region: Field | None = None
    cloud_service: Field | None = None
    addresses: tuple[Field, ...] = ()
    names: tuple[Field, ...] = ()
    oses: tuple[Field, ...] = ()
    cpes: tuple[Field, ...] = ()
    vulnerabilities: tuple[Field, ...] = ()
    hops: tuple[Field, ...] = ()
    tags: tuple[Field, ...] = ()
    ports: tuple[Port, ...] = ()
    scripts: tuple[Script, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Scan(Record):
    """One run of a scanner, around its hosts."""

    kind: ClassVar[str] = "scan"

    scanner: Field | None = None
    version: Field | None = None
    arguments: Field | None = None
    started: Field | None = None
    finished: Field | None = None
    hosts: tuple[Host, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Contact(Record):
    """A person or body behind a domain or a network, in one role."""

    kind: ClassVar[str] = "contact"
    plural: ClassVar[str] = "contacts"

    role: Field | None = None
    id: Field | None = None
    name: Field | None = None
    organization: Field | None = None
    email: Field | None = None
    phone: Field | None = None
    country: Field | None = None
    street: Field | None = None
    city: Field | None = None
    url: Field | None = None
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Domain(Record):
    """The registration of a domain."""

    kind: ClassVar[str] = "domain"
    plural: ClassVar[str] = "domains"

    name: Field | None = None
    id: Field | None = None
    registrar: Field | None = None
    registrar_id: Field | None = None
    registrar_url: Field | None = None
    whois_server: Field | None = None
    created: Field | None = None
    updated: Field | None = None
    expires: Field | None = None
    dnssec: Field | None = None
    registrant: Field | None = None
    registrant_organization: Field | None = None
    abuse_email: Field | None = None
    reseller: Field | None = None
    reseller_url: Field | None = None
    url: Field | None = None
    name_servers: tuple[Field, ...] = ()
    statuses: tuple[Field, ...] = ()
    emails: tuple[Field, ...] = ()
    addresses: tuple[Field, ...] = ()
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Network(Record):
    """The registration of a range of addresses or of an autonomous system."""

    kind: ClassVar[str] = "network"
    plural: ClassVar[str] = "networks"

    range: Field | None = None
    cidr: Field | None = None
    name: Field | None = None
    handle: Field | None = None
    organization: Field | None = None
    country: Field | None = None
    asn: Field | None = None
    created: Field | None = None
    updated: Field | None = None
    parent: Field | None = None
    description: Field | None = None
    emails: tuple[Field, ...] = ()
    cidrs: tuple[Field, ...] = ()
    statuses: tuple[Field, ...] = ()
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Answer(Record):
    """One resource record that a name server gave; ``class_`` is printed as ``class``."""

    kind: ClassVar[str] = "answer"
    plural: ClassVar[str] = "answers"

    name: Field | None = None
    ttl: Field | None = None
    class_: Field | None = None
    type: Field | None = None
    data: Field | None = None
    section: Field | None = None
    address: Field | None = None
    target: Field | None = None
    email: Field | None = None
    text: Field | None = None
    port: Field | None = None
    targets: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Query(Record):
    """One question to a name server, around its answers; ``class_`` is printed as ``class``."""

    kind: ClassVar[str] = "query"
    plural: ClassVar[str] = "queries"

    name: Field | None = None
    type: Field | None = None
    class_: Field | None = None
    server: Field | None = None
    port: Field | None = None
    status: Field | None = None
    time: Field | None = None
    software: Field | None = None
    version: Field | None = None
    id: Field | None = None
    protocol: Field | None = None
    answers: tuple[Answer, ...] = ()


RECORD_TYPES: dict[str, type[Record]] = {
    each.kind: each for each in (Scan, Host, Port, Script, Domain, Contact, Network, Query, Answer)
}
"""Kind, as it is printed -> its class."""


def record_of(row: RecordRow) -> Record:
    """Return a record as a typed value.

    Args:
        row: as it is printed.

    Raises:
        KeyError: for a kind that is not in `RECORD_TYPES`.
        TypeError: for a field that its kind does not have.
    """
    made = RECORD_TYPES[row["kind"]]
    names = _ATTRIBUTES[made]
    given: dict[str, Any] = {}
    others: list[Record] = []
    for key, value in row.items():
        if key == "kind":
            continue
        name = names.get(key, key)
        if isinstance(value, dict):
            given[name] = Field(**value)
        elif name in names or not value or "kind" not in value[0]:
            given[name] = tuple(record_of(one) if "kind" in one else Field(**one) for one in value)
        else:
            others += map(record_of, value)
    return made(**given, others=tuple(others))


_ATTRIBUTES = {
    each: {printed(one.name): one.name for one in fields(each)} for each in RECORD_TYPES.values()
}


class Records(Rows[Record]):
    """Records as they are printed, as typed values made when they are asked for."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Sequence[RecordRow]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def span(self, start: int, stop: int) -> Iterator[Record]:
        """Yield the records from `start` to `stop`."""
        return map(record_of, self._rows[start:stop])
