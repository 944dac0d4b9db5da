"""Facts: what reports can tell about a host, a zone or a registration, from the twin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from decloak.corpus.label.dig_twin import Answer
from decloak.corpus.label.nmap_twin import Host, Port
from decloak.corpus.label.place import canonical, name_label
from decloak.corpus.label.whois_text import Value

__all__ = ["Facts", "Row", "dig_facts", "nmap_facts", "registration_facts", "shodan_facts"]

Row = Mapping[str, str]
"""Slots of one statement: the slot's name -> what to write there."""


class Facts(NamedTuple):
    """Statements about one thing.

    Attributes:
        kind: ``host``, ``zone`` or ``registration``.
        subject: slots that every statement may use.
        rows: the statements: ports, records, contacts.
    """

    kind: str
    subject: Row
    rows: tuple[Row, ...]


_MOST = 24
"""Statements a report draws from."""


def nmap_facts(host: Host) -> Facts | None:
    """A host and its ports; None when the scan found none."""
    rows = tuple(_port(port) for port in host.ports[:_MOST])
    if not rows or not host.address:
        return None
    subject = {"IP_ADDRESS": host.address, "STATUS": host.status}
    if host.names:
        subject[name_label(host.names[0])] = host.names[0].rstrip(".")
    if host.latency is not None and host.latency >= 0:
        subject["LATENCY"] = f"{host.latency:.2g}s"
    if host.systems:
        subject["OS"] = host.systems[0]
    for kind, addr, vendor in host.addresses:
        if kind == "mac":
            subject |= {"MAC_ADDRESS": addr} | ({"ORGANIZATION": vendor} if vendor else {})
    return Facts("host", {name: value for name, value in subject.items() if name}, rows)


def shodan_facts(host: Mapping[str, Any]) -> Facts | None:
    """A host of Shodan's API and its banners; None when it has none."""
    rows: list[Row] = []
    for each in host["data"][:_MOST]:
        if isinstance(each, dict) and each.get("port"):
            told = {
                "PORT": each["port"], "PROTOCOL": each.get("transport"),
                "SOFTWARE": each.get("product"), "VERSION": each.get("version"),
            }  # fmt: skip
            rows.append({key: str(value) for key, value in told.items() if value})
    if not rows:
        return None
    subject = {"IP_ADDRESS": host["ip_str"], "OS": host.get("os"), "ORGANIZATION": host.get("org")}
    names = [name for name in host.get("hostnames") or () if isinstance(name, str)]
    if names and name_label(names[0]):
        subject[name_label(names[0])] = names[0]
    return Facts("host", {key: str(value) for key, value in subject.items() if value}, tuple(rows))


def _port(port: Port) -> Row:
    told = {
        "PORT": port.number, "PROTOCOL": port.protocol, "STATE": port.state, "SERVICE": port.cell,
        "SOFTWARE": port.product, "VERSION": port.version,
        "CPE": next((cpe for cpe in port.cpes if cpe.startswith("cpe:/a:")), ""),
    }  # fmt: skip
    return {key: value for key, value in told.items() if value and value != "unknown"}


def dig_facts(answers: Sequence[Answer]) -> Facts | None:
    """The records of all messages, by their types; None when there is none with data."""
    rows: list[Row] = []
    subject: dict[str, str] = {}
    for answer in answers:
        for record in answer.records:
            owner = record.owner.rstrip(".")
            if not record.data:
                subject.setdefault("DOMAIN", owner)
                continue
            slots = {"TYPE": record.kind, "OWNER": owner, "TTL": record.ttl}
            for word, role in zip(record.data, record.roles, strict=True):
                name = word.rstrip(".")
                if role == "NAME" and name:
                    slots.setdefault("TARGET", name)
                elif role == "IP_ADDRESS":
                    slots["IP_ADDRESS"] = word
                elif role == "PORT":
                    slots["PORT"] = word
            if owner and (set(slots) & {"TARGET", "IP_ADDRESS"}):
                rows.append(slots)
        if answer.server and answer.port:
            subject |= {"SERVER": answer.server, "SERVER_PORT": answer.port}
    unique = list({tuple(sorted(row.items())): row for row in rows}.values())[:_MOST]
    if not unique or "." not in subject.get("DOMAIN", unique[0]["OWNER"]):
        return None
    subject.setdefault("DOMAIN", unique[0]["OWNER"])
    return Facts("zone", subject, tuple(unique))


def registration_facts(target: str, values: Iterable[Value]) -> Facts | None:
    """What a registration says, one statement per value."""
    rows = []
    for each in values:
        slots = {each.label: canonical(each.label, each.value)}
        if each.label == "ORGANIZATION":
            slots = {"ORGANIZATION": each.value}
        rows.append(slots | {"FIELD": each.field})
    label = name_label(target)
    if not rows or label not in {"DOMAIN", "IP_ADDRESS"}:
        return None
    return Facts("registration", {label: target.lower().rstrip(".")}, tuple(rows[:_MOST]))
