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
