"""Compact output: the same as JSON lines, in lines of bounded size, from whole records and from parts alike."""

from __future__ import annotations

import json
import tracemalloc

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import decloak
from decloak.core import native
from decloak.core.frames import Parted, parts_of
from decloak.core.result import Failure
from decloak.core.serialise import failure_output, result_output
from decloak.export import EXPORTERS, Shape, expand
from decloak.export.offsets import converter
from decloak.export.schema import output_schema
from decloak.options import Settings
from decloak.pipeline import Pipeline

COMPACT = EXPORTERS.get("compact")
VALIDATOR = jsonschema.Draft202012Validator(
    {"$defs": output_schema()["$defs"], "$ref": "#/$defs/compact"}
)


def scan(hosts: int, *, end: bool = True) -> str:
    parts = ["# Nmap 7.94 scan initiated Mon Mar  2 10:00:00 2026 as: nmap -sV 192.0.2.0/24\n"]
    parts += (
        f"Nmap scan report for h{n}.example.com (192.0.{n // 250}.{n % 250 + 1})\nHost is up (0.0{n}s latency).\n"
        f"PORT   STATE SERVICE VERSION\n22/tcp open  ssh     OpenSSH 8.{n % 9}p1 Debian 5\n80/tcp open  http    nginx\n\n"
        for n in range(hosts)
    )
    if end:
        parts.append(
            f"# Nmap done at Mon Mar  2 10:09:00 2026 -- {hosts} IP addresses ({hosts} hosts up) scanned in 9.0 seconds\n"
        )
    return "".join(parts)


TEXTS = [
    "",
    "hxxps://evil[.]example[.]com/\x7f and g\u043e\u043egle.com \U0001f600 at 2001:db8::1",
    scan(3),
    scan(2) + "\nsome words\n\n" + scan(2, end=False),
    "Domain Name: EXAMPLE.COM\nRegistrar: Example Registrar Inc.\nName Server: NS1.EXAMPLE.NET\nRegistrant Name: A. B.\n",
    ";; ANSWER SECTION:\nexample.com.\t300\tIN\tA\t192.0.2.1\nexample.com.\t300\tIN\tMX\t10 mx.example.com.\n",
    """<?xml version="1.0"?>
<nmaprun scanner="nmap" version="7.94"><host><address addr="192.0.2.4" addrtype="ipv4"/>
<ports><port protocol="tcp" portid="22"><state state="open"/></port></ports></host></nmaprun>
""",
]


def lines_of(result, shape=None):
    return "".join(COMPACT.render(result, shape or Shape())).splitlines()


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize("unit", ["codepoint", "utf16"])
def test_it_expands_to_the_output_object(text, unit):
    result = decloak.extract(text, review=True, nested=True, tagger="off")
    convert = converter(decloak.Document("-", text), unit)
    lines = lines_of(result, Shape(review=True, unit=unit, convert=convert))
    assert list(expand(lines)) == [result_output(result, review=True, convert=convert, unit=unit)]
    for line in lines:
        assert line.isascii()
        VALIDATOR.validate(json.loads(line))


@given(
    st.lists(st.sampled_from([*TEXTS, "22/tcp open ssh\n", "\ud800", "x "]), max_size=5).map(
        "\n".join
    )
)
def test_any_text_expands_to_its_output_object(text):
    result = decloak.extract(text, tagger="off")
    assert list(expand(lines_of(result))) == [result_output(result)]


def test_documents_and_failures_follow_one_another():
    first, last = (decloak.extract(text, tagger="off") for text in TEXTS[2:4])
    failure = Failure("f", "BinaryError", "no text")
    VALIDATOR.validate(failure_output(failure))
    lines = [*lines_of(first), COMPACT.render_failure(failure).rstrip("\n"), *lines_of(last)]
    assert list(expand(lines)) == [
        result_output(first),
        failure_output(failure),
        result_output(last),
    ]
    for broken in (lines[1:], lines[:-1], [*lines[:2], *lines[3:]]):
        with pytest.raises((ValueError, KeyError, IndexError)):
            list(expand(broken))


@pytest.fixture
def lazy(monkeypatch):
    """Let every document be large: its records are made when they are asked for."""
    from decloak import pipeline

    monkeypatch.setattr(pipeline, "_LARGE", 1)
    return Pipeline(Settings(tagger="off"))


@pytest.mark.parametrize("extension", [None, native.extension], ids=["python", "native"])
@pytest.mark.parametrize("text", TEXTS[1:])
def test_records_in_parts_are_the_whole_ones(text, extension, lazy, monkeypatch):
    monkeypatch.setattr(native, "extension", extension)
    result = lazy.run(decloak.Document("-", text))
    assert isinstance(result.record_rows, Parted)
    whole = list(result.record_rows)
    assert list(parts_of(result.record_rows)) == list(parts_of(whole))
    assert list(expand(lines_of(result))) == [result_output(result)]


def test_it_is_small_and_holds_no_scan_as_a_whole(lazy):
    result = lazy.run(decloak.Document("-", scan(800)))
    peaks, sizes = {}, {}
    for form in ("compact", "jsonl"):
        list(EXPORTERS.get(form).render(result, Shape()))  # tables are read, values remembered
        tracemalloc.start()
        sizes[form] = sum(map(len, EXPORTERS.get(form).render(result, Shape())))
        peaks[form] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert max(map(len, COMPACT.render(result, Shape()))) < 100_000
    assert sizes["compact"] < 0.3 * sizes["jsonl"]
    assert peaks["compact"] < 0.5 * peaks["jsonl"]
