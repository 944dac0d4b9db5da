"""Truth: what was served and may therefore stand in the output, whatever a tool makes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab.dns.tree import REGISTRIES, REVERSE, ROOTS
from lab.whois.assign import Assigned
from lab.world.model import Host, World
from lab.world.registrations import Network, Registration
from lab.world.zones import Zone

__all__ = ["truth", "write_truth"]

_Row = dict[str, Any]
_NAMES = {
    "NS": (0,),
    "CNAME": (0,),
    "MX": (1,),
    "PTR": (0,),
    "SOA": (0, 1),
    "SRV": (3,),
    "DNAME": (0,),
    "HTTPS": (1,),
    "SVCB": (1,),
    "NAPTR": (5,),
}
_INSIDE = re.compile(r"\b(?:ip4:|ip6:)([0-9a-fA-F.:]+)(?:/\d+)?")
_NETWORK_INSIDE = re.compile(r"\b(?:ip4:|ip6:)([0-9a-fA-F.:]+/\d+)")
_NAME_INSIDE = re.compile(
    r"(?:\b(?:include|a|mx|redirect)[:=]|^\d+ issue(?:wild)? \")([\w.-]+\.\w+)"
)


def _entity(label: str, value: str, field: str) -> dict[str, str]:
    return {"label": label, "value": value, "field": field}


def _host(host: Host) -> _Row:
    entities = [_entity("IP_ADDRESS", host.address, "address")]
    if host.name:
        entities.append(_entity("DOMAIN" if "." in host.name else "HOSTNAME", host.name, "name"))
    for role in host.roles:
        at = f"{role.port}/{role.transport}"
        entities += [_entity("PORT", str(role.port), at), _entity("SERVICE", role.service, at)]
        fields = (
            ("SOFTWARE", role.product),
            ("VERSION", role.version),
            ("OS", role.system),
            ("DEVICE", role.device),
            ("INFO", role.info),
        )
        entities += [_entity(label, value, at) for label, value in (*fields, *role.told) if value]
    return {"tool": "nmap", "target": host.address, "entities": entities, "group": f"host:{host.address}", "site": host.site,
            "origins": {f"{role.port}/{role.transport}": role.origin for role in host.roles}}  # fmt: skip


def _zone(zone: Zone) -> _Row:
    entities: dict[tuple[str, str, str], None] = {}
    for record in zone.records:
        at = f"{record.kind} {record.owner}"
        entities["DOMAIN", record.owner, at] = None
        words = record.data.split()
        if record.kind in {"A", "AAAA"}:
            entities["IP_ADDRESS", record.data, at] = None
        for place in _NAMES.get(record.kind, ()):
            name = words[place].rstrip(".")
            if "." in name:
                entities["DOMAIN", name, at] = None
        if record.kind == "TXT":
            for label, pattern in (("IP_ADDRESS", _INSIDE), ("CIDR", _NETWORK_INSIDE)):
                for value in pattern.findall(record.data):
                    entities[label, value, at] = None
        if record.kind in {"TXT", "CAA"}:
            for name in _NAME_INSIDE.findall(record.data):
                entities["DOMAIN", name, at] = None
    return {
        "tool": "dig",
        "target": zone.origin,
        "entities": [_entity(*key) for key in entities],
        "group": f"domain:{zone.origin}",
    }


def _registration(row: Registration) -> _Row:
    entities = [
        _entity("DOMAIN", row.domain, "domain"), _entity("ORGANIZATION", row.registrar.organisation.name, "registrar"),
        _entity("ORGANIZATION", row.registrar.organisation.english, "registrar"), _entity("DOMAIN", row.registrar.whois, "registrar whois"),
        _entity("URL", row.registrar.url, "registrar url"), _entity("EMAIL", row.registrar.abuse_email, "registrar abuse"),
        *(_entity("DOMAIN", server, "name server") for server in row.servers),
    ]  # fmt: skip
    if row.reseller:
        entities.append(_entity("ORGANIZATION", row.reseller, "reseller"))
    holder = "CONTACT_NAME" if row.holder.kind == "person" else "ORGANIZATION"
    entities += [
        _entity(holder, row.holder.name, "holder"),
        _entity(holder, row.holder.english, "holder"),
    ]
    for field, person in (("admin", row.admin), ("tech", row.tech)):
        entities += [
            _entity("CONTACT_NAME", person.name, field),
            _entity("EMAIL", person.email, field),
            _entity("PHONE", person.phone, field),
        ]
    return {
        "tool": "whois",
        "target": row.domain,
        "entities": entities,
        "group": f"domain:{row.domain}",
    }


def _network(key: str, row: Network) -> _Row:
    entities = [
        _entity("CIDR", row.cidr, "network"), _entity("CIDR", f"{row.first}-{row.last}", "network"),
        _entity("CIDR", row.upstream_cidr, "upstream"), _entity("IP_ADDRESS", row.first, "first"), _entity("IP_ADDRESS", row.last, "last"),
        _entity("ORGANIZATION", row.holder.name, "holder"), _entity("ORGANIZATION", row.holder.english, "holder"),
        _entity("ORGANIZATION", row.upstream.name, "upstream"), _entity("ORGANIZATION", row.upstream.english, "upstream"),
        _entity("ASN", f"AS{row.asn}", "origin"), _entity("EMAIL", f"abuse@{row.domain}", "abuse"),
    ]  # fmt: skip
    for field, person in (("admin", row.admin), ("tech", row.tech)):
        entities += [
            _entity("CONTACT_NAME", person.name, field),
            _entity("EMAIL", person.email, field),
            _entity("PHONE", person.phone, field),
        ]
    return {"tool": "whois", "target": key, "entities": entities, "group": f"network:{row.cidr}"}


def truth(world: World, assigned: Assigned) -> Iterator[_Row]:
    """Yield one row per host, zone, registration and network."""
    for host in world.hosts:
        yield _host(host)
    for zone in world.zones.values():
        yield _zone(zone)
    for row in world.registrations:
        yield _registration(row)
    keys = {question.group: question.key for question in assigned.questions}
    for network in world.networks:
        yield _network(keys[f"network:{network.cidr}"], network)
    servers = {**ROOTS, **REGISTRIES, **REVERSE, **world.servers}
    entities = [
        _entity(label, value, f"A {name}")
        for name, address in servers.items()
        for label, value in (("DOMAIN", name), ("IP_ADDRESS", address))
    ]
    yield {"tool": "dig", "target": "servers", "entities": entities, "group": "servers"}
    if world.pointers:
        entities = [
            _entity(label, value, f"PTR {address}")
            for address, name in sorted(world.pointers.items())
            for label, value in (("DOMAIN", name), ("IP_ADDRESS", address))
        ]
        yield {"tool": "dig", "target": "reverse", "entities": entities, "group": "reverse"}


def write_truth(path: Path, world: World, assigned: Assigned) -> int:
    """Write the truth beside the runs; return the number of rows.

    Rows of other worlds in the same store stay: their runs are there as well.
    """
    rows = [json.dumps(row, ensure_ascii=False) for row in truth(world, assigned)]
    if path.exists():
        known = set(rows)
        rows += [row for row in path.read_text("utf-8").split("\n") if row and row not in known]
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8") as stream:
        stream.writelines(f"{row}\n" for row in rows)
    new.replace(path)
    return len(rows)
