"""Nmap XML: the tag scan says what an XML parser says, and every value points at itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.sources.nmap_xml import NmapXml
from decloak.sources.xml_tags import refusal, tags, unescape

SAMPLES = Path(__file__).parents[1] / "golden" / "sources"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "nmap.jsonl"
VALUES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00", min_codepoint=9),
    max_size=20,
)
NAMES = st.sampled_from(["host", "port", "a-b", "x.y", "_z", "ns:q"])


def attributes_by_scan(text: str) -> list[tuple[str, dict[str, str]]]:
    """Return (name, attributes) of every opening tag, as the fast path sees them."""
    rows = []
    for offset, tag in tags(View(text), 0, len(text)):
        if not tag.closing:
            values = {}
            for key, (a, b) in tag.attributes.items():
                raw = text[offset + a : offset + b]
                decoded = unescape(raw)
                values[key.decode()] = raw if decoded is None else decoded
            rows.append((tag.name.decode(), values))
    return rows


def attributes_by_parser(text: str) -> list[tuple[str, dict[str, str]]]:
    """Return the same from defusedxml: the slow twin."""
    root = ElementTree.fromstring(text.encode())
    return [(element.tag, dict(element.attrib)) for element in root.iter()]


def quoted(value: str) -> str:
    for char, reference in (
        ("&", "&amp;"), ("<", "&lt;"), ('"', "&quot;"), ("\n", "&#xa;"), ("\t", "&#9;"),
        ("\r", "&#13;"),
    ):  # fmt: skip
        value = value.replace(char, reference)
    return "".join(c for c in value if c >= " " and c not in "\ufffe\uffff")


def test_tag_scan_agrees_with_the_parser_on_a_scan() -> None:
    text = (SAMPLES / "nmap_xml--whole.txt").read_text("utf-8")
    assert attributes_by_scan(text) == attributes_by_parser(text)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the development data is not beside the checkout")
def test_tag_scan_agrees_with_the_parser_on_real_scans() -> None:
    documents = [json.loads(line) for line in SHARED.read_text("utf-8").splitlines()]
    for document in documents:
        if document.get("format") == "xml":
            text = document["text"]
            assert attributes_by_scan(text) == attributes_by_parser(text)


@given(
    elements=st.lists(
        st.tuples(
            NAMES.filter(lambda name: ":" not in name),
            st.dictionaries(st.sampled_from(["addr", "name", "k-1"]), VALUES, max_size=3),
            VALUES,
            st.sampled_from(['"', "'"]),
            st.sampled_from(["", " ", "\n"]),
        ),
        max_size=6,
    )
)
def test_tag_scan_agrees_with_the_parser(elements: list[tuple]) -> None:
    parts = ["<r>"]
    for name, attributes, text, quote, space in elements:
        written = "".join(
            f" {key}{space}={space}{quote}{quoted(value).replace(chr(39), '&apos;')}{quote}"
            for key, value in attributes.items()
        )
        parts.append(f"<{name}{written}>{quoted(text)}</{name}>")
        comment = written.replace("-", "_")  # two hyphens end a comment
        parts.append(f"<!-- <{name}{comment}> > --><![CDATA[<{name}>]]><?p <{name}> ?>")
    text = "".join([*parts, "</r>"])
    assert attributes_by_scan(text) == attributes_by_parser(text)


def test_entities_of_its_own_make_it_plain_text() -> None:
    text = (SAMPLES / "nmap_xml--declares_entities.txt").read_text("utf-8")
    facts = Facts("nmap")
    NmapXml().parse(View(text), 0, len(text), facts)
    assert facts.items == []
    assert "refused" in facts.warnings[0]


def test_what_breaks_off_is_read_up_to_there() -> None:
    whole = (SAMPLES / "nmap_xml--whole.txt").read_text("utf-8")
    complete = Facts("nmap")
    NmapXml().parse(View(whole), 0, len(whole), complete)
    assert complete.warnings == []
    for stop in range(whole.index("<nmaprun") + 100, len(whole) - len("</nmaprun>\n"), 97):
        part = Facts("nmap")
        NmapXml().parse(View(whole[:stop]), 0, stop, part)
        assert "not well formed" in part.warnings[0]
        # The text after the last <cpe> may be cut; everything else is as in the whole.
        assert set(part.items) - {f for f in part.items if f.end == stop} <= set(complete.items)


def test_well_formed_is_not_refused() -> None:
    assert refusal("<a><b c='1'/></a>", 0, 17) is None
    assert refusal("\ud800", 0, 1) is not None


def test_values_with_references_are_decoded_and_point_at_themselves() -> None:
    text = '<nmaprun><host><address addr="00:00:5E:00:53:01" addrtype="mac" vendor="A &amp; B"/></host></nmaprun>'
    facts = Facts("nmap")
    NmapXml().parse(View(text), 0, len(text), facts)
    vendor = next(fact for fact in facts.items if fact.field == "vendor")
    assert (text[vendor.start : vendor.end], vendor.value) == ("A &amp; B", "A & B")


def test_deep_nesting_is_no_burden() -> None:
    depth = 50_000
    text = "<nmaprun>" + "<host>" * depth + '<address addr="192.0.2.1" addrtype="ipv4"/>'
    facts = Facts("nmap")
    NmapXml().parse(View(text), 0, len(text), facts)
    assert [text[f.start : f.end] for f in facts.items] == ["192.0.2.1"]
