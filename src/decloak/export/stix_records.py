"""Stix records: what a tool saw, as observables: hosts with the traffic of their open ports, names with addresses."""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.result import RecordRow
from decloak.export.stix_objects import Object, address, observable

__all__ = ["Seen", "of_record"]

Seen = Object | tuple[str, str, str]
"""An observable, or a relationship: from, its type, to."""


def of_record(record: RecordRow) -> Iterator[Seen]:
    """Yield what a host, a scan or a query to a name server shows."""
    kind = record["kind"]
    for host in record.get("hosts", ()):
        yield from of_record(host)
    if kind == "host":
        yield from _of_host(record)
    elif kind == "query":
        for answer in record.get("answers", ()):
            yield from _resolved(_value(answer, "name"), address(_value(answer, "address")))


def _of_host(host: RecordRow) -> Iterator[Seen]:
    target = address(_value(host, "address"))
    if target is None:
        return
    yield target
    names = [_value(host, "name"), *(each["value"] for each in host.get("names", ()))]
    for name in dict.fromkeys(names):
        yield from _resolved(name, target)
    for port in host.get("ports", ()):
        yield from _of_port(port, target)


def _of_port(port: RecordRow, target: Object) -> Iterator[Object]:
    number, state = _value(port, "number"), _value(port, "state")
    if not number.isdecimal() or (state and state != "open"):
        return
    service = _value(port, "service")
    protocols = [_value(port, "protocol") or "tcp", *(part for part in service.split("/") if part)]
    yield observable(
        "network-traffic",
        {
            "dst_ref": target["id"],
            "dst_port": int(number),
            "protocols": list(dict.fromkeys(protocols)),
        },
    )
    if software := _value(port, "software"):
        version = _value(port, "version")
        yield observable("software", {"name": software} | ({"version": version} if version else {}))


def _resolved(name: str, target: Object | None) -> Iterator[Seen]:
    if target is None or "." not in name:
        return
    domain = observable("domain-name", {"value": name})
    yield domain
    yield target
    yield domain["id"], "resolves-to", target["id"]


def _value(record: RecordRow, name: str) -> str:
    field = record.get(name)
    return str(field["value"]) if isinstance(field, dict) else ""
