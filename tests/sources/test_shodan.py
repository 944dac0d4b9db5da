"""Shodan: JSON in all its wrappings, and the command line's text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.sources.shodan import SHODAN_JSON
from decloak.sources.shodan_text import SHODAN_SEARCH, SHODAN_TEXT

BANNER: dict[str, Any] = {
    "ip_str": "192.0.2.1",
    "port": 22,
    "transport": "tcp",
    "org": "Example Org",
    "product": "OpenSSH",
    "version": "8.4p1",
    "_shodan": {"module": "ssh"},
}


def read(text: str) -> tuple[Facts, list[tuple[str, str]]]:
    facts = Facts("shodan")
    SHODAN_JSON.parse(View(text), 0, len(text), facts)
    return facts, [(fact.label, text[fact.start : fact.end]) for fact in facts.items if fact.label]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(BANNER),
        json.dumps([BANNER], indent=2),
        json.dumps({"total": 1, "matches": [BANNER]}),
        json.dumps({"data": [BANNER], "ip_str": "192.0.2.1", "ports": [22]}),
        "\ufeff" + json.dumps(BANNER) + "\r\n",
    ],
)
def test_a_banner_is_read_from_every_wrapping(text: str) -> None:
    facts, found = read(text)
    assert facts.kinds == ["host", "port"]
    assert facts.parents == [-1, 0]
    expected = {
        ("IP_ADDRESS", "192.0.2.1"), ("PORT", "22"), ("PROTOCOL", "tcp"), ("SERVICE", "ssh"),
        ("SOFTWARE", "OpenSSH"), ("VERSION", "8.4p1"), ("ORGANIZATION", "Example Org"),
    }  # fmt: skip
    assert expected <= set(found)


def test_banners_of_one_address_share_their_host() -> None:
    other = BANNER | {"port": 80}
    third = BANNER | {"ip_str": "192.0.2.2"}
    facts, _ = read("\n".join(map(json.dumps, (BANNER, other, third))))
    assert facts.kinds == ["host", "port", "port", "host", "port"]
    assert facts.parents == [-1, 0, 0, -1, 3]


def test_what_is_not_vulnerable_is_no_finding() -> None:
    _, found = read(json.dumps(BANNER | {"vulns": ["CVE-2021-44228", "!CVE-2014-0160"]}))
    assert [text for label, text in found if label == "CVE"] == ["CVE-2021-44228"]


def test_vulnerabilities_may_be_keys() -> None:
    _, found = read(json.dumps(BANNER | {"vulns": {"CVE-2021-44228": {"verified": True}}}))
    assert ("CVE", "CVE-2021-44228") in found


def test_names_without_a_dot_are_host_names_and_wildcards_lose_their_star() -> None:
    extra = {"hostnames": ["box", "a.box.htb"], "ssl": {"cert": {"subject": {"CN": "*.box.htb"}}}}
    _, found = read(json.dumps(BANNER | extra))
    assert {("HOSTNAME", "box"), ("DOMAIN", "a.box.htb"), ("DOMAIN", "box.htb")} <= set(found)


def test_an_escaped_value_keeps_its_place_and_its_meaning() -> None:
    text = json.dumps(BANNER | {"org": "Exämple"})
    facts, _ = read(text)
    [org] = [fact for fact in facts.items if fact.field == "organization"]
    assert org.value == "Exämple"
    assert text[org.start : org.end] == "Ex\\u00e4mple"


def test_a_page_without_shodans_keys_gives_nothing() -> None:
    facts, found = read('{"total": 0, "matches": [], "a": {"port": 1}}')
    assert (facts.kinds, found) == ([], [])


def test_the_integer_address_is_no_entity() -> None:
    _, found = read(json.dumps(BANNER | {"ip": 3221225985}))
    assert "3221225985" not in {text for _, text in found}


def test_host_text() -> None:
    text = (
        "192.0.2.1\nHostnames:               www.example.com;box\n"
        "Organization:            Example Org\nNumber of open ports:    2\n"
        "Vulnerabilities:         CVE-2021-44228\t!CVE-2014-0160\n\nPorts:\n"
        "     22/tcp OpenSSH (7.4)\n    443/tcp \n\t|-- SSL Versions: TLSv1.2\n"
    )
    facts = Facts("shodan")
    assert SHODAN_TEXT.score(View(text), 0, len(text)) == 1
    SHODAN_TEXT.parse(View(text), 0, len(text), facts)
    found = [(fact.field, text[fact.start : fact.end]) for fact in facts.items]
    assert found == [
        ("address", "192.0.2.1"), ("names", "www.example.com"), ("names", "box"),
        ("organization", "Example Org"), ("vulnerabilities", "CVE-2021-44228"),
        ("number", "22"), ("protocol", "tcp"), ("software", "OpenSSH"), ("version", "7.4"),
        ("number", "443"), ("protocol", "tcp"),
    ]  # fmt: skip


def test_search_columns() -> None:
    text = "192.0.2.1\t22\tExample Org\twww.example.com;box\nnot a row\n"
    facts = Facts("shodan")
    SHODAN_SEARCH.parse(View(text), 0, len(text), facts)
    assert [fact.label for fact in facts.items] == [
        "IP_ADDRESS", "PORT", "ORGANIZATION", "DOMAIN", "HOSTNAME",
    ]  # fmt: skip


SERVICES: dict[str, Any] = {
    "cloud": {"provider": "Example Cloud", "region": "eu-1", "service": "Compute"},
    "http": {
        "components": {"WordPress": {"categories": ["CMS"], "versions": ["6.1.1"]}},
        "redirects": [{"host": "old.example.com"}],
        "favicon": {"hash": -1294819032},
        "server": "Apache/2.4.57",
    },
    "ssl": {
        "cert": {
            "subject": {"CN": "*.example.com", "O": "Example Trading Ltd"},
            "issuer": {"CN": "Example CA 1", "O": "Example Trust"},
        },
        "acceptable_cas": [{"components": {"O": "Client Trust"}}],
    },
    "mac": {"00:00:5E:00:53:01": {"org": "Example Devices"}},
    "snmp": {"name": "sw1.example.com"},
    "ntlm": {"fqdn": "fs1.example.com", "netbios_computer_name": "FS1"},
    "smb": {"os": "Windows Server 2019", "software": "Samba 4.7.6"},
    "vulns": {"CVE-2023-25690": {"verified": False}},
}


def test_every_declared_field_is_read_wherever_its_banner_stands() -> None:
    wanted = {
        ("ORGANIZATION", "Example Cloud"), ("SOFTWARE", "WordPress"), ("VERSION", "6.1.1"),
        ("DOMAIN", "old.example.com"), ("SOFTWARE", "Apache"), ("VERSION", "2.4.57"),
        ("DOMAIN", "example.com"), ("ORGANIZATION", "Example Trading Ltd"),
        ("ORGANIZATION", "Example Trust"), ("ORGANIZATION", "Client Trust"),
        ("MAC_ADDRESS", "00:00:5E:00:53:01"), ("ORGANIZATION", "Example Devices"),
        ("DOMAIN", "sw1.example.com"), ("DOMAIN", "fs1.example.com"), ("HOSTNAME", "FS1"),
        ("OS", "Windows Server 2019"), ("SOFTWARE", "Samba"), ("VERSION", "4.7.6"),
        ("CVE", "CVE-2023-25690"),
    }  # fmt: skip
    banner = BANNER | SERVICES
    for document in (banner, {"matches": [banner]}, {"ip_str": "192.0.2.1", "data": [banner]}):
        facts, found = read(json.dumps(document))
        assert wanted <= set(found)
        fields = {fact.field for fact in facts.items if fact.record >= 0}
        assert "favicon_hash" in fields


def test_internetdb_is_a_host() -> None:
    text = json.dumps(
        {"cpes": ["cpe:/a:f5:nginx"], "hostnames": ["a.example.com"], "ip": "192.0.2.7",
         "ports": [80, 443], "tags": [], "vulns": ["CVE-2021-23017"]}
    )  # fmt: skip
    assert SHODAN_JSON.score(View(text), 0, len(text)) > 0.5
    facts, found = read(text)
    assert facts.kinds == ["host"]
    assert {("IP_ADDRESS", "192.0.2.7"), ("PORT", "443"), ("CVE", "CVE-2021-23017")} <= set(found)


def test_blanks_in_quotation_marks_are_no_part_of_a_value() -> None:
    extra = {"org": " Example Org ", "hostnames": ["a.example.com\n"], "os": "\t Linux"}
    text = json.dumps(BANNER | extra)
    facts, found = read(text)
    assert {("ORGANIZATION", "Example Org"), ("DOMAIN", "a.example.com"), ("OS", "Linux")} <= set(
        found
    )
    assert all(fact.value is None for fact in facts.items if fact.label)


def test_an_old_host_has_dates_and_versions_with_brackets() -> None:
    text = (
        "192.0.2.1\n     80/tcp Apache httpd (2.4.6 (CentOS))\t\t(2021-01-02)\n    443/tcp  (7.0)\n"
    )
    facts = Facts("shodan")
    SHODAN_TEXT.parse(View(text), 0, len(text), facts)
    found = [(fact.field, text[fact.start : fact.end]) for fact in facts.items]
    assert ("software", "Apache httpd") in found
    assert [value for field, value in found if field == "version"] == ["2.4.6 (CentOS)", "7.0"]


def test_certificates_name_who_issued_them() -> None:
    text = "192.0.2.1\n\t|-- Cert Issuer: C=US, O=Example, Inc., CN=ca.example.com\n"
    facts = Facts("shodan")
    SHODAN_TEXT.parse(View(text), 0, len(text), facts)
    found = {(fact.label, text[fact.start : fact.end]) for fact in facts.items}
    assert {("ORGANIZATION", "Example, Inc."), ("DOMAIN", "ca.example.com")} <= found
