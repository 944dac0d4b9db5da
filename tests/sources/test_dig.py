"""dig: modes, record types and damage, on values of RFC 2606, 5737 and 3849."""

from __future__ import annotations

import pytest

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.sources.base import SourceParser
from decloak.sources.dig import DIG, DIG_SHORT
from decloak.sources.dig_json import DIG_JSON
from decloak.sources.dig_lookup import DIG_LOOKUP
from decloak.sources.dig_yaml import DIG_YAML
from decloak.sources.run import read_sources


def facts_of(text: str, parser: SourceParser = DIG) -> Facts:
    facts = Facts(parser.source)
    parser.parse(View(text), 0, len(text), facts)
    return facts


def entities(text: str, parser: SourceParser = DIG) -> list[tuple[str, str, str]]:
    facts = facts_of(text, parser)
    return [(f.field, f.label, text[f.start : f.end]) for f in facts.items if f.label]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("A 192.0.2.1", {("IP_ADDRESS", "192.0.2.1")}),
        ("AAAA 2001:db8::1", {("IP_ADDRESS", "2001:db8::1")}),
        ("NS ns1.example.net.", {("DOMAIN", "ns1.example.net")}),
        ("NS ns1", {("HOSTNAME", "ns1")}),
        ("NS .", set()),
        ("MX 10 mail.example.net.", {("DOMAIN", "mail.example.net")}),
        ("SRV 1 2 5060 sip.example.net.", {("PORT", "5060"), ("DOMAIN", "sip.example.net")}),
        (
            "SOA ns1.example.net. admin.example.net. 1 2 3 4 5",
            {("DOMAIN", "ns1.example.net"), ("EMAIL", "admin.example.net")},
        ),
        (
            'TXT "v=spf1 ip4:192.0.2.0/24 include:spf.example.net -all"',
            {("CIDR", "192.0.2.0/24"), ("DOMAIN", "spf.example.net")},
        ),
        ('CAA 0 issue "ca.example.net; x=1"', {("DOMAIN", "ca.example.net")}),
        ('CAA 0 iodef "mailto:a@example.net"', {("EMAIL", "a@example.net")}),
        (
            "HTTPS 1 . alpn=h2 ipv4hint=192.0.2.1,192.0.2.2",
            {("IP_ADDRESS", "192.0.2.1"), ("IP_ADDRESS", "192.0.2.2")},
        ),
        ("DS 1 8 2 ABCDEF", set()),
        (
            "RRSIG A 13 2 300 20300101000000 20290101000000 5 example.net. abc=",
            {("DOMAIN", "example.net")},
        ),
        (
            'NAPTR 1 1 "s" "SIP+D2U" "" _sip._udp.example.net.',
            {("DOMAIN", "_sip._udp.example.net")},
        ),
        ("TYPE65534 \\# 2 ABCD", set()),
        ("LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m", set()),
    ],
)
def test_data_is_read_by_its_type(record: str, expected: set[tuple[str, str]]) -> None:
    found = {(label, text) for _, label, text in entities(f"example.com.\t300\tIN\t{record}\n")}
    assert found == expected | {("DOMAIN", "example.com")}


def test_multiline_data_goes_on_until_the_parenthesis_closes() -> None:
    text = (
        "example.com.\t300 IN\tSOA ns1.example.com. admin.example.com. (\n"
        "\t\t\t1 ; serial of www.example.org.\n\t\t\t2 )\n"
        "example.com.\t300 IN\tNS ns2.example.com.\n"
    )
    names = [value for _, label, value in entities(text) if label in {"DOMAIN", "EMAIL"}]
    assert names == [
        "example.com",
        "ns1.example.com",
        "admin.example.com",
        "example.com",
        "ns2.example.com",
    ]


def test_a_parenthesis_that_never_closes_stays_on_its_line() -> None:
    text = (
        "example.com. 300 IN SOA ns1.example.com. a.example.com. (\nexample.org. 1 IN A 192.0.2.1\n"
    )
    assert ("address", "IP_ADDRESS", "192.0.2.1") in entities(text)


def test_every_query_of_a_batch_has_its_own_record() -> None:
    one = ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\nexample.com. 1 IN A 192.0.2.1\n"
    facts = facts_of(one * 3)
    assert facts.kinds.count("query") == 3
    assert [facts.parents[i] for i, kind in enumerate(facts.kinds) if kind == "answer"] == [0, 2, 4]


def test_header_gives_software_version_and_arguments() -> None:
    found = entities("; <<>> DiG 9.18.19-1~deb12u1-Debian <<>> @192.0.2.53 -x 198.51.100.7\n")
    assert ("software", "SOFTWARE", "DiG") in found
    assert ("version", "VERSION", "9.18.19-1~deb12u1-Debian") in found
    assert ("server", "IP_ADDRESS", "192.0.2.53") in found


@pytest.mark.parametrize("change", ["\r\n", "\n    ", "\n> "])
def test_line_ends_and_indentation_change_nothing(change: str) -> None:
    text = (
        "; <<>> DiG 9.1 <<>> example.com\n;example.com.\tIN\tA\nexample.com.\t3\tIN\tA\t192.0.2.1\n"
    )
    assert entities(text.replace("\n", change)) == entities(text)


def test_prose_gives_nothing() -> None:
    assert entities("It was A great day IN MX.\nexample A 10\n; nothing here\n") == []


def test_answers_of_short() -> None:
    text = "10 mail.example.com.\n192.0.2.1\nwww.example.com.\n"
    assert [value for _, _, value in entities(text, DIG_SHORT)] == [
        "mail.example.com",
        "192.0.2.1",
        "www.example.com",
    ]


def test_yaml_unquotes_records() -> None:
    text = "- type: MESSAGE\n      ANSWER_SECTION:\n        - 'example.com. 300 IN MX 10 mx.example.com.'\n"
    assert [value for _, _, value in entities(text, DIG_YAML)] == ["example.com", "mx.example.com"]


def test_json_answers() -> None:
    text = '{"Status":0,"Answer":[{"name":"example.com.","type":1,"data":"192.0.2.1"}]}'
    assert [value for _, _, value in entities(text, DIG_JSON)] == ["example.com", "192.0.2.1"]


@pytest.mark.parametrize(
    "line",
    ["example.com has address 192.0.2.1", "Name:\texample.com\nAddress: 192.0.2.1"],
)
def test_host_and_nslookup(line: str) -> None:
    assert [value for _, _, value in entities(line, DIG_LOOKUP)] == ["example.com", "192.0.2.1"]


@pytest.mark.parametrize("parser", [DIG, DIG_SHORT, DIG_YAML, DIG_JSON, DIG_LOOKUP])
@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000_000,
        "example.com. 1 IN TXT " + '"' * 100_000,
        "example.com. 1 IN SOA " + "(" * 100_000,
        "\x00\ud800; <<>> DiG \ud800 <<>> \x00\n;; SERVER: #53(\n",
        ";" * 100_000,
        "; <<>> DiG 9 <<>>" + " ;; " * 100_000,
        "example.com. 1 IN SOA ( \n" * 20_000,
        "example.com. 1 IN SOA ( ( ) \n" * 20_000,
    ],
    ids=["line", "quotes", "parentheses", "nul", "semicolons", "collapsed", "unclosed", "half"],
)
def test_hostile_text_is_survived(parser: SourceParser, text: str) -> None:
    facts = facts_of(text, parser)
    assert all(0 <= fact.start < fact.end <= len(text) for fact in facts.items)


@pytest.mark.parametrize("between", [" ", " | ", " / ", ". ", "; "])
def test_a_prompt_and_all_its_output_on_one_line(between: str) -> None:
    lines = [
        "$ dig @192.0.2.53 example.org A",
        "; <<>> DiG 9.18.49 <<>> @192.0.2.53 example.org A",
        ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 16722",
        ";; ANSWER SECTION:",
        "example.org. 30 IN A 192.0.2.7",
        ";; SERVER: 192.0.2.53#53(192.0.2.53) (UDP)",
        ";; MSG SIZE rcvd: 133",
    ]
    text = between.join(lines)
    _, facts, source = read_sources(View(text))
    assert source == "dig"
    found = {(fact.label, text[fact.start : fact.end]) for fact in facts.items}
    assert {
        ("SOFTWARE", "DiG"), ("VERSION", "9.18.49"), ("IP_ADDRESS", "192.0.2.7"), ("PORT", "53"),
        ("PROTOCOL", "UDP"), ("IP_ADDRESS", "192.0.2.53"), ("DOMAIN", "example.org"),
    } <= found  # fmt: skip
