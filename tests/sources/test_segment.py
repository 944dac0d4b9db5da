"""Segmentation: who wrote which stretch, in pure and mixed texts."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.document import View
from decloak.core.errors import SettingsError
from decloak.sources.anchor_runs import find_runs
from decloak.sources.run import read_sources
from decloak.sources.segment import segment

NMAP = """Starting Nmap 7.93 ( https://nmap.org ) at 2026-01-02 03:04 UTC
Nmap scan report for www.example.com (192.0.2.1)
Host is up (0.21s latency).

PORT   STATE SERVICE VERSION
22/tcp open  ssh     OpenSSH 8.4p1

Nmap done: 1 IP address (1 host up) scanned in 0.10 seconds
"""
PROSE = """The actor came back in March, and the team saw the same tooling again.
Nothing in this paragraph was written by a tool, and nobody should read it as a record.
"""
JSON = '{"ip_str": "192.0.2.9", "port": 22, "transport": "tcp", "_shodan": {"module": "ssh"}}\n'
BANNERS = "HTTP/1.1 200 OK\nServer: nginx/1.18.0\n"
RDAP = '{"objectClassName": "domain", "ldhName": "example.com", "handle": "X", "nameservers": []}\n'


def sources(text: str) -> list[str]:
    segments, _ = segment(View(text))
    covers(text)
    return [part.source for part in segments]


def covers(text: str) -> None:
    segments, _ = segment(View(text))
    position = 0
    for part in segments:
        assert part.start == position < part.end
        assert 0 <= part.confidence <= 1
        position = part.end
    assert position == len(text)
    assert len(segments) <= text.count("\n") + text.count("\r") + 2


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (NMAP, "nmap"),
        (PROSE, "prose"),
        (JSON, "shodan"),
        (JSON * 3, "shodan"),
        (RDAP, "rdap"),
        (BANNERS, "banner"),
        ("Apache/2.4.54 (Debian) PHP/7.4.3", "banner"),
        ('{"name": "value", "other": [1, 2]}', "prose"),
        ("192.0.2.1\t22\tExample Org\twww.example.com\n", "shodan"),
        ("", "prose"),
        ("\n \n", "prose"),
    ],
)
def test_a_pure_text_has_one_source(text: str, source: str) -> None:
    covers(text)
    segments, dominant = segment(View(text))
    assert dominant == source
    assert {part.source for part in segments} <= {source}


def test_a_mixed_text_is_split_at_its_seams() -> None:
    text = f"{NMAP}\n{PROSE}\n{JSON}\n{PROSE}\n{BANNERS}"
    assert sources(text) == ["nmap", "prose", "shodan", "prose", "banner"]
    segments, _ = segment(View(text))
    assert text[segments[2].start :].startswith('{"ip_str"')
    assert text[segments[0].start : segments[0].end].rstrip().endswith("0.10 seconds")


def test_a_lone_port_line_reaches_the_grammar() -> None:
    text = f"{PROSE}\n22/tcp open  ssh\n\n{PROSE}"
    assert sources(text) == ["prose", "nmap", "prose"]
    assert segment(View(text))[1] == "prose"


def test_a_hint_forces_the_source_and_keeps_the_layout() -> None:
    segments, source = segment(View(JSON), "SHODAN")
    assert (source, segments[0].source, segments[0].layout) == ("shodan", "shodan", "json")
    assert segment(View(NMAP), "report")[0][0].source == "prose"


def test_an_unknown_hint_names_the_known_sources() -> None:
    with pytest.raises(SettingsError, match=r"unknown source 'masscan'; known: .*shodan"):
        segment(View(NMAP), "masscan")


def test_a_truncated_document_is_still_its_tool() -> None:
    segments, facts, source = read_sources(View(JSON[:60]))
    assert source == "shodan"
    assert len(segments) == 1
    assert any("the text ends inside" in warning for warning in facts.warnings)


def test_origins_name_the_source_of_each_segment() -> None:
    _, facts, source = read_sources(View(f"{NMAP}\n{JSON}"))
    assert source == "nmap"
    origins = {fact.origin for fact in facts.items}
    assert "shodan.port.service" in origins
    assert any(origin.startswith("nmap.port.") for origin in origins)
    assert facts.source == source


def test_the_scan_strides_over_dense_output() -> None:
    text = "22/tcp open  ssh\n" * 5000
    [run] = find_runs(View(text), 0, len(text))
    assert (run.start, run.end) == (0, len(text) - 1)
    assert run.strides < 200
    assert run.marks(View(text).shadow) < 200


def test_far_islands_of_one_tool_are_segments_of_their_own() -> None:
    text = f"22/tcp open  ssh\n\n{PROSE * 20}\n443/tcp open  https\n"
    assert sources(text) == ["nmap", "prose", "nmap"]


PIECES = st.sampled_from(
    [NMAP, PROSE, JSON, RDAP, BANNERS, "{\n", "[", "<nmaprun>", "</nmaprun>", "<?xml", "\n\n", "\r",
     "22/tcp open ssh\n", "\x00", "\ufeff", "\ud800", "example.com.\n", '"', "$ dig example.com\n"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=20), max_size=12))
def test_segments_cover_any_text_without_gaps(pieces: list[str]) -> None:
    text = "".join(pieces)
    covers(text)
    _, facts, _ = read_sources(View(text))
    assert all(0 <= fact.start < fact.end <= len(text) for fact in facts.items)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("analyst@soc ~ % nmap -sV -p 22,80 192.0.2.1. 22/tcp closed ssh. 80/tcp open http nginx", "nmap"),
        ("$ sudo nmap -sV 192.0.2.1 PORT STATE SERVICE VERSION 22/tcp open ssh OpenSSH 8.4p1", "nmap"),
        ("$ whois example.com / Registrant Email: noc@example.com / Name Server: ns1.example.com", "whois"),
        ("Scanned at 2026-01-02 03:04:05 UTC for 6s | PORT STATE SERVICE | 22/tcp closed ssh", "nmap"),
    ],
)  # fmt: skip
def test_a_prompt_tells_who_wrote_the_joined_lines_behind_it(text: str, source: str) -> None:
    segments, facts, dominant = read_sources(View(text))
    assert dominant == source
    assert [part.source for part in segments] == [source]
    assert facts.items


def test_margins_hide_no_grammar() -> None:
    for before in ("2026-01-02T03:04:05Z ", "@kofi ", "03:04 <olu> "):
        text = "".join(f"{before}{line}\n" for line in NMAP.splitlines())
        _, facts, source = read_sources(View(text))
        assert source == "nmap"
        found = {(fact.label, text[fact.start : fact.end]) for fact in facts.items}
        assert {("PORT", "22"), ("SOFTWARE", "OpenSSH"), ("IP_ADDRESS", "192.0.2.1")} <= found


def test_a_container_behind_margins_is_read() -> None:
    pretty = '{\n  "ip_str": "192.0.2.9",\n  "port": 22,\n  "transport": "tcp",\n  "_shodan": {"module": "ssh"}\n}'
    text = "".join(f"@kofi {line}\n" for line in pretty.splitlines())
    segments, facts, source = read_sources(View(text))
    assert source == "shodan"
    assert ("PORT", "22") in {(fact.label, text[fact.start : fact.end]) for fact in facts.items}
    assert {part.layout for part in segments} <= {"json", "text"}


SHODAN_HOST = """198.51.100.7
City:                    Lyon
Country:                 France
Organization:            Example Hosting SAS
Updated:                 2026-01-02T03:04:05.000000
Number of open ports:    1

Ports:
    443/tcp nginx (1.18.0)
\t|-- Cert Issuer: C=US, CN=R3, O=Example CA
"""
WHOIS_ANSWER = """Domain Name: EXAMPLE.COM
Registrar: Example Registrar
Registrant Organization: Example Org
Name Server: NS1.EXAMPLE.COM
"""
REMARKS = """inetnum:        203.0.113.0 - 203.0.113.255
netname:        EXAMPLE-NET
remarks:        Nmap scan report for 203.0.113.5
country:        NL
source:         RIPE
"""
SCRIPTS = """Host script results:
| smb-os-discovery:
|   OS: Windows Server 2016 Standard 14393 (Windows Server 2016 Standard 6.3)
|   Domain name: corp.example
|_  FQDN: dc01.corp.example
"""
DIG_ANSWER = "; <<>> DiG 9.18.1 <<>> example.com\nexample.com.\t300\tIN\tA\t192.0.2.80\n"
HEADERS = "HTTP/1.1 200 OK\nServer: nginx/1.18.0\nLast-Modified: never\nExpires: -1\nVia: 1.1 a\n"


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (SHODAN_HOST, "shodan"),
        (REMARKS, "whois"),
        (SCRIPTS, "nmap"),
        (HEADERS, "banner"),
        ("".join(f"> {line}\n" for line in SHODAN_HOST.splitlines()), "shodan"),
    ],
)
def test_a_line_of_anothers_does_not_cut_a_segment_that_knows_it(text: str, source: str) -> None:
    assert sources(text) == [source]


PASTED = {"nmap": NMAP, "shodan": SHODAN_HOST, "whois": WHOIS_ANSWER, "dig": DIG_ANSWER}


@pytest.mark.parametrize("order", list(permutations(PASTED)), ids="-".join)
@pytest.mark.parametrize("between", ["", "\n", "\n\n"])
def test_outputs_pasted_together_are_cut_where_they_meet(
    order: tuple[str, ...], between: str
) -> None:
    text = between.join(PASTED[name] for name in order)
    segments, _ = segment(View(text))
    assert [part.source for part in segments] == list(order)
    for name, part in zip(order, segments, strict=True):
        assert text[part.start : part.end].strip() == PASTED[name].strip()
