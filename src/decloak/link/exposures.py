"""Exposures: the services of hosts with their platforms, and the vulnerabilities that match them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from decloak.core.result import RecordRow
from decloak.kb.store import Store, the_store
from decloak.link.cpe import cpe_links
from decloak.link.vulnerabilities import Match, matches

__all__ = ["Exposure", "exposures"]


@dataclass(frozen=True, slots=True)
class Exposure:
    """One service of one host.

    Attributes:
        host: address or name; "" where the record has none.
        port: ``22/tcp``; "" where it has none.
        product, version: as the tool names them; canonical where the name is known.
        cpe: the likeliest platform, "" where none is known.
        matches: vulnerabilities that affect it, the most urgent first; none without data added.
        reported: vulnerabilities that the tool itself names for it.
    """

    host: str
    port: str
    product: str
    version: str
    cpe: str
    matches: tuple[Match, ...]
    reported: tuple[str, ...]


def exposures(records: Sequence[RecordRow], kb: Path | None = None) -> Iterator[Exposure]:
    """Yield the services with a product of all hosts, in the order of the records.

    Args:
        records: of a result: `Result.record_rows`.
        kb: the store; None for the user's own.
    """
    store = the_store(kb)
    for record in records:
        yield from _of(store, record, "")


def _of(store: Store | None, record: RecordRow, host: str) -> Iterator[Exposure]:
    if record.get("kind") == "host":
        host = (
            _value(record, "address")
            or _first(record, "addresses")
            or _value(record, "name")
            or host
        )
    if record.get("kind") == "port" and (product := _value(record, "software")):
        yield _exposure(store, record, host, product)
    for children in record.values():
        if isinstance(children, list):
            for child in children:
                if isinstance(child, dict) and "kind" in child:
                    yield from _of(store, child, host)


def _exposure(store: Store | None, record: RecordRow, host: str, product: str) -> Exposure:
    version = _value(record, "version")
    number, protocol = _value(record, "number"), _value(record, "protocol")
    links = cpe_links(store, "SOFTWARE", product, version)
    return Exposure(
        host,
        "/".join(filter(None, (number, protocol))),
        product,
        version,
        links[0].target if links else "",
        matches(store, "SOFTWARE", product, version),
        tuple(each["value"] for each in record.get("vulnerabilities", ())),
    )


def _value(record: RecordRow, field: str) -> str:
    entry: Any = record.get(field)
    return str(entry["value"]) if isinstance(entry, dict) else ""


def _first(record: RecordRow, field: str) -> str:
    entries: Any = record.get(field)
    return str(entries[0]["value"]) if entries else ""
