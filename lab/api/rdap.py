"""RDAP objects (RFC 9083) of the lab's registrations and networks."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Mapping
from typing import Any

from lab.world.organisations import Organisation, Person
from lab.world.registrations import Network, Registrar, Registration, handle

__all__ = ["domain_object", "network_object"]

_Object = dict[str, Any]
_NOTICE = {"title": "Terms of Use", "description": ["This object was made up by a laboratory."]}


def _time(when: dt.datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _card(name: str, organisation: Organisation, email: str, phone: str, kind: str) -> list[Any]:
    """A jCard (RFC 7095)."""
    lines: list[list[Any]] = [
        ["version", {}, "text", "4.0"],
        ["fn", {}, "text", name],
        ["kind", {}, "text", kind],
    ]
    if kind != "org":
        lines.append(["org", {}, "text", organisation.name])
    place = [
        "",
        "",
        organisation.street,
        organisation.city,
        organisation.state,
        organisation.postcode,
        organisation.country,
    ]
    lines += [
        ["adr", {}, "text", place],
        ["tel", {"type": ["voice"]}, "uri", f"tel:{phone}"],
        ["email", {}, "text", email],
    ]
    return ["vcard", lines]


def _entity(key: str, roles: list[str], card: list[Any]) -> _Object:
    return {"objectClassName": "entity", "handle": key, "roles": roles, "vcardArray": card}


def _person(person: Person, organisation: Organisation, roles: list[str], number: int) -> _Object:
    return _entity(
        handle(person.name, number, "LAB"),
        roles,
        _card(person.name, organisation, person.email, person.phone, "individual"),
    )


def _registrar(row: Registrar) -> _Object:
    made = _entity(
        str(row.iana),
        ["registrar"],
        _card(
            row.organisation.english,
            row.organisation,
            row.abuse_email,
            row.organisation.phone,
            "org",
        ),
    )
    made["publicIds"] = [{"type": "IANA Registrar ID", "identifier": str(row.iana)}]
    made["links"] = [{"rel": "about", "href": row.url, "type": "text/html"}]
    made["entities"] = [
        _entity(
            "",
            ["abuse"],
            _card("Abuse Desk", row.organisation, row.abuse_email, row.abuse_phone, "group"),
        )
    ]
    return made


def domain_object(row: Registration, server: str, glue: Mapping[str, str]) -> _Object:
    """The answer to ``/domain/NAME``."""
    entities = [_registrar(row.registrar)]
    if row.redacted:
        redacted = ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", ""], ["org", {}, "text", row.holder.name],
                              ["adr", {}, "text", ["", "", "", "", row.holder.state, "", row.holder.code]]]]  # fmt: skip
        entities.append(_entity("REDACTED", ["registrant"], redacted))
    else:
        entities.append(
            _entity(
                handle(row.holder.english, row.number, "LAB"),
                ["registrant"],
                _card(row.holder.name, row.holder, row.admin.email, row.holder.phone, "org"),
            )
        )
        entities += [
            _person(row.admin, row.holder, ["administrative"], row.number + 1),
            _person(row.tech, row.holder, ["technical"], row.number + 2),
        ]
    servers = []
    for name in row.servers:
        each: _Object = {"objectClassName": "nameserver", "ldhName": name}
        if name in glue and name.endswith(row.domain):
            each["ipAddresses"] = {"v4": [glue[name]]}
        servers.append(each)
    made: _Object = {
        "rdapConformance": ["rdap_level_0", "icann_rdap_response_profile_0"],
        "objectClassName": "domain", "handle": f"{row.number}_DOMAIN_{row.tld.upper()}-LAB", "ldhName": row.domain,
        "links": [{"rel": "self", "href": f"https://{server}/domain/{row.domain}", "type": "application/rdap+json"}],
        "status": [_spaced(status) for status in row.status],
        "events": [{"eventAction": action, "eventDate": _time(when)} for action, when in (
            ("registration", row.created), ("expiration", row.expires), ("last changed", row.updated))],
        "entities": entities, "nameservers": servers, "secureDNS": {"delegationSigned": row.signed},
        "port43": f"whois.nic.{row.tld}", "notices": [_NOTICE],
    }  # fmt: skip
    if row.unicode != row.domain:
        made["unicodeName"] = row.unicode
    return made


def _spaced(status: str) -> str:
    """An EPP status as RDAP writes it (RFC 8056)."""
    return (
        "active"
        if status == "ok"
        else "".join(f" {c.lower()}" if c.isupper() else c for c in status)
    )


def network_object(row: Network, server: str) -> _Object:
    """The answer to ``/ip/ADDRESS``."""
    network = ipaddress.ip_network(row.cidr)
    abuse = _entity(
        f"ABUSE{row.number % 9000}-{row.rir}",
        ["abuse"],
        _card("Abuse Desk", row.holder, f"abuse@{row.domain}", row.holder.phone, "group"),
    )
    holder = _entity(
        handle(row.holder.english, row.number, row.rir),
        ["registrant"],
        _card(row.holder.name, row.holder, row.admin.email, row.holder.phone, "org"),
    )
    holder["entities"] = [abuse]
    return {
        "rdapConformance": ["rdap_level_0", "cidr0", "nro_rdap_profile_0"],
        "objectClassName": "ip network", "handle": f"NET{'6' if row.six else ''}-{row.first.replace('.', '-')}-1", "name": row.name,
        "startAddress": row.first, "endAddress": row.last, "ipVersion": f"v{network.version}", "type": "ASSIGNED PA", "country": row.holder.code,
        "parentHandle": row.upstream_cidr,
        "cidr0_cidrs": [{f"v{network.version}prefix": str(network[0]), "length": network.prefixlen}], "arin_originas0_originautnums": [row.asn],
        "status": ["active"], "events": [{"eventAction": "registration", "eventDate": _time(row.created)}, {"eventAction": "last changed", "eventDate": _time(row.updated)}],
        "entities": [holder, _person(row.admin, row.holder, ["administrative"], row.number + 1), _person(row.tech, row.holder, ["technical", "noc"], row.number + 2)],
        "links": [{"rel": "self", "href": f"https://{server}/ip/{row.first}", "type": "application/rdap+json"}],
        "port43": f"whois.{row.rir.lower()}.net", "notices": [_NOTICE],
    }  # fmt: skip
