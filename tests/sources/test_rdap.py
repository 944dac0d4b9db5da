"""RDAP: each object class, contacts, events, and what belongs to whom."""

from __future__ import annotations

import json
from typing import Any

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.sources.rdap import RDAP


def card(*properties: list[Any]) -> list[Any]:
    return ["vcard", [["version", {}, "text", "4.0"], *properties]]


def read(data: Any) -> tuple[Facts, dict[str, list[str]]]:
    text = json.dumps(data)
    facts = Facts("rdap")
    RDAP.parse(View(text), 0, len(text), facts)
    found: dict[str, list[str]] = {}
    for fact in facts.items:
        name = f"{facts.kinds[fact.record]}.{fact.field}" if fact.record >= 0 else fact.field
        found.setdefault(name, []).append(text[fact.start : fact.end])
    return facts, found


def test_a_domain_with_its_registrar_and_abuse_desk() -> None:
    abuse = {
        "objectClassName": "entity",
        "roles": ["abuse"],
        "vcardArray": card(["email", {"type": "work"}, "text", "abuse@example.net"]),
    }
    registrar = {
        "objectClassName": "entity",
        "roles": ["registrar"],
        "publicIds": [{"type": "IANA Registrar ID", "identifier": "9999"}],
        "vcardArray": card(["fn", {}, "text", "Example Registrar"]),
        "entities": [abuse],
        "events": [{"eventAction": "registration", "eventDate": "1990-01-01"}],
    }
    facts, found = read(
        {
            "objectClassName": "domain",
            "ldhName": "example.com",
            "entities": [registrar],
            "events": [{"eventAction": "registration", "eventDate": "2001-02-03"}],
            "secureDNS": {"delegationSigned": False},
            "nameservers": [{"objectClassName": "nameserver", "ldhName": "ns1.example.net"}],
        }
    )
    assert facts.kinds == ["domain"]
    assert found["domain.name"] == ["example.com"]
    assert found["domain.registrar"] == ["Example Registrar"]
    assert found["domain.registrar_id"] == ["9999"]
    assert found["domain.abuse_email"] == ["abuse@example.net"]
    assert found["domain.created"] == ["2001-02-03"]
    assert found["domain.dnssec"] == ["false"]
    assert found["domain.name_servers"] == ["ns1.example.net"]


def test_a_contact_of_kind_org_is_an_organization() -> None:
    entity = {
        "objectClassName": "entity",
        "handle": "EX",
        "vcardArray": card(["kind", {}, "text", "org"], ["fn", {}, "text", "Example Networks"]),
    }
    facts, found = read(entity)
    assert found["contact.name"] == ["Example Networks"]
    assert [fact.label for fact in facts.items if fact.field == "name"] == ["ORGANIZATION"]


def test_a_person_is_no_organization() -> None:
    entity = {"objectClassName": "entity", "vcardArray": card(["fn", {}, "text", "Jo Example"])}
    facts, found = read(entity)
    assert found["contact.name"] == ["Jo Example"]
    assert [fact.label for fact in facts.items] == [""]


def test_a_network_and_its_range() -> None:
    _, found = read(
        {
            "objectClassName": "ip network",
            "name": "TEST-NET-1",
            "startAddress": "192.0.2.0",
            "endAddress": "192.0.2.255",
            "cidr0_cidrs": [{"v4prefix": "192.0.2.0", "length": 24}],
            "links": [{"href": "https://rdap.example.net/ip/192.0.2.0"}],
        }
    )
    assert found["network.startAddress"] == ["192.0.2.0"]
    assert found["network.endAddress"] == ["192.0.2.255"]
    assert found["rdap.cidr0_cidrs"] == ["192.0.2.0"]
    assert found["rdap.links"] == ["https://rdap.example.net/ip/192.0.2.0"]


def test_search_results_and_loose_name_servers() -> None:
    facts, found = read(
        {
            "domainSearchResults": [
                {"objectClassName": "domain", "ldhName": "example.com"},
                {"objectClassName": "domain", "ldhName": "example.org"},
            ]
        }
    )
    assert facts.kinds == ["domain", "domain"]
    _, found = read({"objectClassName": "nameserver", "ldhName": "ns1.example.net"})
    assert found["nameserver.name"] == ["ns1.example.net"]
