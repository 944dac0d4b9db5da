"""Blanks that somebody left inside quotation marks, in every grammar of JSON and XML."""

from __future__ import annotations

import json

import pytest

from decloak.core.document import View
from decloak.sources.json_scan import STRING, scan_json, without_blanks
from decloak.sources.run import read_sources

XML = (
    '<?xml version="1.0"?>\n<nmaprun scanner="nmap"><host><address addr=" 192.0.2.3 " addrtype="ipv4"/>'
    '<ports><port protocol="tcp" portid=" 22"><state state="open "/><service name=" ssh"'
    ' hostname=" nas.localdomain" version="&#32;8.9p1"/></port></ports></host></nmaprun>\n'
)
RDAP = json.dumps(
    {"objectClassName": "domain", "rdapConformance": [], "ldhName": " example.org ", "handle": "X",
     "nameservers": [{"objectClassName": "nameserver", "ldhName": "ns1.example.org\n"}]}
)  # fmt: skip
DNS = json.dumps(
    {"Status": 0, "Question": [{"name": "example.org ", "type": 1}],
     "Answer": [{"name": " example.org", "type": 1, "TTL": 60, "data": " 192.0.2.9 "}]}
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (XML, {"192.0.2.3", "22", "open", "ssh", "nas.localdomain"}),
        (RDAP, {"example.org", "ns1.example.org"}),
        (DNS, {"example.org", "192.0.2.9"}),
    ],
    ids=["xml", "rdap", "dns"],
)
def test_a_value_is_read_without_them_and_its_span_is_exact(text: str, wanted: set[str]) -> None:
    _, facts, _ = read_sources(View(text))
    found = {text[fact.start : fact.end] for fact in facts.items if fact.label}
    assert wanted <= found


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a", "a"), (" a b ", "a b"), ("\\t\\n a\\r\\n", "a"), ("a\\\\n", "a\\\\n"), ("\\\\t", "\\\\t"),
        ("   ", ""), ("\\n", ""), ("an", "an"),
    ],
)  # fmt: skip
def test_only_white_space_goes_not_a_letter_behind_a_backslash(written: str, kept: str) -> None:
    text = f'{{"k": "{written}"}}'
    view = View(text)
    [token] = [token for token in scan_json(view) if token.kind == STRING]
    plain = without_blanks(view, token)
    assert text[plain.start : plain.end] == kept
    meant = json.loads(text)["k"].strip()
    assert (kept if plain.value is None else plain.value) == meant
