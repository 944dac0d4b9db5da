"""Nmap's normal output in the shapes that people give it."""

from __future__ import annotations

import gc
import json
import weakref
from pathlib import Path

import pytest

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.sources.nmap_grepable import NmapGrepable
from decloak.sources.nmap_host_lines import HostReader
from decloak.sources.nmap_text import NmapText, lines_of
from decloak.sources.nmap_xml import NmapXml

SHARED = Path(__file__).parents[3] / "shared" / "data" / "nmap.jsonl"
PORT_FIELDS = ("number", "protocol", "state", "service", "software", "version", "os")
HOST_FIELDS = ("name", "address", "status", "latency", "os")
SCAN = """\
Nmap scan report for box.htb (192.0.2.7)
Host is up (0.021s latency).
Not shown: 997 closed tcp ports (reset)
PORT    STATE    SERVICE     VERSION
22/tcp  open     ssh         OpenSSH 8.4p1 Debian 5 (protocol 2.0)
80/tcp  open     http        Apache httpd 2.4.54 ((Ubuntu))
|_http-title: Welcome to 22/tcp
139/tcp open     netbios-ssn Samba smbd 3.X - 4.X (workgroup: WORKGROUP)
445/tcp filtered microsoft-ds
Service Info: OS: Linux; CPE: cpe:/o:linux:linux_kernel

Nmap scan report for nas (192.0.2.8)
Host is up (0.10s latency).
PORT    STATE         SERVICE
53/udp  open|filtered domain
"""


def facts_of(text: str, parser: object = None) -> Facts:
    facts = Facts("nmap")
    (parser or NmapText()).parse(View(text), 0, len(text), facts)
    return facts


def records(text: str) -> list[tuple]:
    """Return hosts and ports with their values, in order, whatever stands between them."""
    facts = facts_of(text)
    values: dict[int, dict[str, str]] = {}
    for fact in facts.items:
        values.setdefault(fact.record, {})[fact.field] = text[fact.start : fact.end]
    wanted = {"host": HOST_FIELDS, "port": PORT_FIELDS}
    return [
        (kind, *(values[index].get(field) for field in wanted[kind]))
        for index, kind in enumerate(facts.kinds)
        if kind in wanted and index in values
    ]


def joined(text: str, joiner: str) -> str:
    return joiner.join(line.strip() for line in text.splitlines() if line.strip())


def test_scan_gives_hosts_and_ports() -> None:
    assert records(SCAN) == [
        ("host", "box.htb", "192.0.2.7", "up", "0.021s", "Linux"),
        ("port", "22", "tcp", "open", "ssh", "OpenSSH", "8.4p1 Debian 5", "Debian"),
        ("port", "80", "tcp", "open", "http", "Apache httpd", "2.4.54", "Ubuntu"),
        ("port", "139", "tcp", "open", "netbios-ssn", "Samba smbd", "3.X - 4.X", None),
        ("port", "445", "tcp", "filtered", "microsoft-ds", None, None, None),
        ("host", "nas", "192.0.2.8", "up", "0.10s", None),
        ("port", "53", "udp", "open|filtered", "domain", None, None, None),
    ]


@pytest.mark.parametrize("joiner", [" ", ". ", ", ", "; ", " | ", " - ", "\t", "  "])
def test_joined_lines_say_the_same(joiner: str) -> None:
    assert records(joined(SCAN, joiner)) == records(SCAN)


@pytest.mark.parametrize("prefix", ["> ", "    ", "\t", "> > "])
def test_quoted_lines_say_the_same(prefix: str) -> None:
    assert records("\n".join(prefix + line for line in SCAN.splitlines())) == records(SCAN)


def test_line_ends_do_not_matter() -> None:
    assert records(SCAN.replace("\n", "\r\n")) == records(SCAN)
    assert records(SCAN.replace("\n", "\r")) == records(SCAN)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the development data is not beside the checkout")
@pytest.mark.parametrize("joiner", [" ", ". ", " | "])
def test_joined_real_scans_say_the_same(joiner: str) -> None:
    for line in SHARED.read_text("utf-8").splitlines():
        document = json.loads(line)
        if document.get("format") != "xml":
            assert records(joined(document["text"], joiner)) == records(document["text"])


def test_protocol_of_a_service_is_no_transport() -> None:
    facts = facts_of("Nmap scan report for 192.0.2.1. PORT STATE SERVICE VERSION. "
                     "22/tcp open ssh OpenSSH 8.4p1 (protocol 2.0).")  # fmt: skip
    assert [f.label for f in facts.items].count("PROTOCOL") == 1


def test_closed_port_has_no_software() -> None:
    assert records("53/tcp closed domain The rest of a sentence")[-1][5:] == (None, None, None)


def test_script_output_is_no_port() -> None:
    assert records("|   100000  2,3,4        111/tcp  rpcbind\n| 22/tcp open ssh\n") == []


def test_fingerprints_are_left_alone() -> None:
    text = "SF-Port999-TCP:V=7.11%I=7\nSF:%r(RPCCheck,1C)\nOS:SCAN(V=7.93%E=4)\n"
    assert facts_of(text).items == []


def test_impossible_port_is_none() -> None:
    assert records("99999/tcp open ssh") == []


def test_lines_cover_the_range_and_point_at_themselves() -> None:
    text = "a\n\nNmap scan report for x Host is up. 1/tcp open x\nb"
    view = View(text)
    for offset, line, _ in lines_of(view, 0, len(text)):
        assert view.shadow[offset : offset + len(line)] == line


def test_many_joints_on_one_line_are_read_once_each() -> None:
    text = "Nmap scan report for 192.0.2.1 " * 20_000
    assert len(facts_of(text).kinds) == 20_000


@pytest.mark.parametrize(
    ("parser", "text", "at_least"),
    [
        (NmapText(), SCAN, 0.9),
        (NmapText(), "22/tcp open ssh OpenSSH 8.4p1", 0.5),
        (NmapText(), "We saw 22/tcp and 80/tcp in the logs.\n", 0.0),
        (NmapXml(), "<nmaprun/>", 0.9),
        (NmapGrepable(), "Host: 192.0.2.1 ()\tStatus: Up\n", 0.9),
    ],
)
def test_score_knows_its_own(parser: object, text: str, at_least: float) -> None:
    score = parser.score(View(text), 0, len(text))
    assert score >= at_least
    assert at_least or score == 0


def test_what_was_read_is_gone_with_its_reader() -> None:
    """Without a cycle to collect, which would keep the text of each document until then."""
    gc.disable()
    try:
        reader = HostReader(View(SCAN), Facts("nmap"))
        gone = weakref.ref(reader)
        del reader
        assert gone() is None
    finally:
        gc.enable()
