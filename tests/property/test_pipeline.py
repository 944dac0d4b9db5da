"""The promise of the product, on hostile text: every entity stands where it says.

What is made of real documents is in `tests/fuzz/`.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import decloak
from decloak.core.document import Document
from decloak.core.labels import LABELS

PIECES = [
    "Nmap scan report for box.htb (192.0.2.3)\n", "22/tcp open  ssh OpenSSH 8.4p1 (protocol 2.0)\n",
    "Host is up (0.2s latency).\n", ";; ANSWER SECTION:\n", "example.com.\t300\tIN\tA\t192.0.2.1\n",
    "Domain Name: EXAMPLE.COM\n", "Registrant Organization: Example Inc.\n", "Name Server: ns1.example.com\n",
    '{"ip_str": "192.0.2.9", "port": 22, "product": "OpenSSH", "data": "SSH-2.0\\n"}\n',
    '<?xml version="1.0"?>\n<nmaprun scanner="nmap"><host><address addr="192.0.2.4" addrtype="ipv4"/>',
    "hxxp://evil[.]example[.]com/a", "192[.]0[.]2[.]1", "user[at]example[dot]com", "%2e", "&#46;", "\\u002e",
    "g\u043e\u043egle.com", "ex\u200bample.com", "\u202emoc.live\u202c", "\u00ad", "=\n", "\r\n", "\r", "\x00",
    "\ud800", "\udc80", "\u0301" * 5, "\u05d0\u05d1", "\U000e0041", "\x1b[31m", "CVE-2021-44228",
    "d41d8cd98f00b204e9800998ecf8427e", "::1", "a.b.c.", "@", "://", "(((", "]]]", "/etc/passwd", "C:\\x\\y",
    "aHR0cDovL2V4YW1wbGUuY29tLw==", " ", "\t", "\n", "\n\n", "0penSSH", "n9inx/1.18.0", "MSFT",
]  # fmt: skip
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=24).map("".join)
BRISK = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _check(text, result):
    last = (0, 0)
    for entity in result.all_entities:
        assert text[entity.start : entity.end] == entity.text
        assert entity.start < entity.end
        assert last <= (entity.start, entity.end)
        last = (entity.start, entity.end)
        assert entity.label in LABELS
        assert entity.evidence
        assert entity.value
        assert 0 <= entity.confidence <= 1
    json.dumps(result.record_rows)
    _check_fields(text, list(result.record_rows))


def _check_fields(text, node):
    if isinstance(node, list):
        for each in node:
            _check_fields(text, each)
    elif "kind" in node and isinstance(node["kind"], str):
        for key, each in node.items():
            if key != "kind":
                _check_fields(text, each)
    else:
        assert 0 <= node["start"] < node["end"] <= len(text)


@BRISK
@given(HOSTILE)
def test_every_entity_stands_where_it_says(text):
    _check(text, decloak.extract(text, review=True))


@BRISK
@given(HOSTILE)
def test_parts_stand_where_they_say(text):
    _check(text, decloak.extract(text, nested=True))


@BRISK
@given(HOSTILE, st.sampled_from(["nmap", "dig", "whois", "shodan", "rdap", "prose"]))
def test_every_grammar_survives_being_forced_on_any_text(text, source):
    _check(text, decloak.Pipeline().run(Document("x", text, source=source)))


@BRISK
@given(HOSTILE, st.sampled_from(["canonical", "realign", "off"]))
def test_every_strategy_keeps_the_promise(text, strategy):
    _check(text, decloak.extract(text, strategy=strategy))


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    ["a", "1", ".", "a.", "1.", ":", "::", "@", "/", "\\", "%", "[", "[.]", "(", "a@", "://a", "%2e",
     "&#46;", "<b>", "**", "\u200b", "\u0301", "\u202e", "\n", "\r", " ", "\t", "\x00", "0x1", "=\n",
     "{", "[1,", "<a>", '"', "22/tcp open ", "example.com ", "192.0.2.1 ", "=", "-", "_", "\u043e.",
     "dot ", "Domain Name: ", ";; ", "a-", "A1"],
)  # fmt: skip
def test_a_long_row_of_anything_is_survived(unit):
    text = unit * (200_000 // len(unit))
    _check(text, decloak.extract(text))


@pytest.mark.slow
def test_a_line_of_ten_megabytes_is_survived():
    text = "x" * 5_000_000 + " 192.0.2.77 " + "y" * 5_000_000
    [entity] = decloak.extract(text).entities
    assert (entity.start, entity.value) == (5_000_001, "192.0.2.77")
