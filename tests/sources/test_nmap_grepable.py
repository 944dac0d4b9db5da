"""Grepable output as Nmap writes it, and as it looks when somebody pasted it."""

from __future__ import annotations

import pytest

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.sources.nmap_grepable import NmapGrepable
from decloak.sources.run import read_sources

FIRST = "Host: 192.0.2.1 (www.example.com)"
PORTS = "Ports: 22/open/tcp//ssh//OpenSSH 8.4p1/, 443/open/tcp//ssl|http//nginx 1.18.0/"
SECOND = "Host: 192.0.2.2 ()"
WHOLE = (
    f"{FIRST}\tStatus: Up\n{FIRST}\t{PORTS}\tIgnored State: closed (998)\n{SECOND}\tStatus: Down\n"
)
FOUND = [
    ("IP_ADDRESS", "192.0.2.1"), ("DOMAIN", "www.example.com"), ("STATUS", "Up"),
    ("PORT", "22"), ("STATE", "open"), ("PROTOCOL", "tcp"), ("SERVICE", "ssh"),
    ("SOFTWARE", "OpenSSH"), ("VERSION", "8.4p1"),
    ("PORT", "443"), ("STATE", "open"), ("PROTOCOL", "tcp"), ("SERVICE", "ssl|http"),
    ("SOFTWARE", "nginx"), ("VERSION", "1.18.0"),
    ("IP_ADDRESS", "192.0.2.2"), ("STATUS", "Down"),
]  # fmt: skip


def entities(text: str) -> list[tuple[str, str]]:
    facts = Facts("nmap")
    NmapGrepable().parse(View(text), 0, len(text), facts)
    return [(fact.label, text[fact.start : fact.end]) for fact in sorted(facts.items) if fact.label]


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        WHOLE.replace("\t", "    "),
        WHOLE.replace("\t", " ").replace("\n", " "),
        WHOLE.replace("\n", " "),
        WHOLE.replace("/, 443", "/,\n443"),
        WHOLE.replace("/, 443", "/,\n    443").replace("\t", " "),
        "".join(f"> {line}\n" for line in WHOLE.replace("/, 443", "/,\n443").splitlines()),
    ],
    ids=["as written", "blanks", "one line of blanks", "one line", "broken", "both", "quoted"],
)
def test_hosts_and_ports(text: str) -> None:
    found = entities(text)
    assert [each for each in found if each not in FOUND] == []
    assert list(dict.fromkeys(found)) == list(dict.fromkeys(FOUND))


def test_ports_without_their_host_are_still_ports() -> None:
    text = "80/open/tcp//http//nginx 1.18.0/,\n443/closed/tcp//https///, 8080/open/tcp//http-proxy///\n"
    segments, facts, source = read_sources(View(text))
    assert source == "nmap"
    assert [part.layout for part in segments] == ["grepable"]
    numbers = [text[fact.start : fact.end] for fact in facts.items if fact.label == "PORT"]
    assert numbers == ["80", "443", "8080"]
