"""What a user insists on: the encoding, the field of JSON lines; and the stores that are known by themselves."""

from __future__ import annotations

import json
import os
import random
import sys

import pytest

from decloak.acquire.store import Run, RunStore
from decloak.core.result import Failure
from decloak.export import converter
from decloak.options import ReadingSettings
from decloak.pipeline import Pipeline
from decloak.readers import ReadOptions, read, text_document
from decloak.readers.base import Limits
from decloak.readers.settings import read_options


@pytest.fixture
def found(tmp_path):
    def run(data: bytes, name: str = "input", **options):
        path = tmp_path / name
        path.write_bytes(data)
        return list(read([str(path)], (), ReadOptions(**options)))

    return run


TEXT = "\u65e5\u672c caf\u00e9 \u0436 192.0.2.1"


@pytest.mark.parametrize(
    "encoding",
    [
        "cp1252",
        "latin-1",
        "gb18030",
        "shift_jis",
        "utf-16",
        "UTF_16_BE",
        "utf-32",
        "koi8-r",
        "cp037",
    ],
)
def test_offsets_in_bytes_are_those_of_the_file_in_every_encoding(encoding):
    """The raw bytes at a converted place decode to what stands there, broken ones and all."""
    exact = read_options(ReadingSettings(encoding=encoding)).encoding
    pool = [char for char in TEXT if char.encode(exact, "replace") != "?".encode(exact)]
    chance = random.Random(1)
    for _ in range(20):
        data = "".join(chance.choices(pool, k=chance.randrange(600))).encode(exact)
        if "32" not in exact and "16" not in exact:
            data += bytes(chance.choices([0x81, 0x41, 0xFF], k=9)) + b"z"
        document = text_document("x", data, encoding)
        convert = converter(document, "bytes") or int
        for start in range(0, len(document.text), 7):
            stood = data[convert(start) : convert(start + 1)]
            assert stood.decode(exact, "replace")[:1] == document.text[start]


def test_a_byte_order_mark_wins_over_what_is_insisted_on():
    assert text_document("x", b"\xff\xfea\0", "cp1252").text == "a"
    assert text_document("x", b"a\0b\0", "utf-16").text == "ab"


@pytest.mark.parametrize(
    "encoding", ["utf-7", "iso2022_jp", "hz", "unicode_escape", "rot13", "none", "idna", ""]
)
def test_an_encoding_without_places_is_refused(found, encoding):
    [failure] = found(b"text", encoding=encoding)
    assert failure.error == "SettingsError"
    assert "iconv" in failure.message


def test_json_lines_have_their_text_where_the_user_says(found):
    rows = [
        {"event": {"original": "login from 192.0.2.1"}, "source": "/var/log/x", "id": 7},
        {"event.original": "flat", "event": {"original": "deep"}},
        {"event": {"original": 5}},
        {"event": ["a"]},
    ]
    data = b"".join(json.dumps(row).encode() + b"\n" for row in rows) + b"no json\n"
    made = found(data, json_field="event.original")
    assert [each.text for each in made[:2]] == ["login from 192.0.2.1", "flat"]
    assert (made[0].id, made[0].source) == ("7", None)
    assert made[0].source_map.places(0, 5) == ({"line": 1, "field": "event.original"},)
    assert all('no "event.original" string' in each.message for each in made[2:4])
    assert "not JSON" in made[4].message
    [listed] = found(b'{"m": ["x", "y"], "text": "z"}\n', json_field="m.1")
    assert listed.text == "y"
    [plain] = found(b"a log, no rows\n", json_field="m")
    assert plain.text == "a log, no rows\n"


def runs():
    nmap = {"xml": b"<nmaprun/>", "normal": b"Nmap done", "stderr": b"x"}
    yield Run(tool="nmap", version="7", profile="p", target="192.0.2.1", command=("nmap", "a"),
              started="2026-01-01T00:00:00+00:00", seconds=1.0, outputs=nmap)  # fmt: skip
    yield Run(tool="nmap", version="7", profile="p", target="192.0.2.1", command=("nmap", "b"),
              started="2026-01-01T00:00:00+00:00", seconds=1.0, outputs=nmap, truncated=("xml",),
              error="killed")  # fmt: skip
    yield Run(tool="whois", version=None, profile="p", target="evil.example", command=("whois", "x"),
              started="2026-01-01T00:00:00+00:00", seconds=1.0,
              outputs={"stdout": b"Domain Name: EVIL.EXAMPLE\n", "stderr": b""})  # fmt: skip
    yield Run(tool="whois", version=None, profile="p", target="evil.example", command=("whois", "y"),
              started="2026-01-01T00:00:00+00:00", seconds=1.0, error="timeout")  # fmt: skip


def test_a_store_is_read_as_the_runs_that_it_holds(tmp_path):
    store = RunStore(tmp_path)
    for run in runs():
        store.append(run)
    with (tmp_path / "whois.jsonl").open("ab") as stream:
        stream.write(b'{"id": "torn')
    a, failed, b, whois, timeout = read([str(tmp_path)])
    assert (a.text, a.source, b.text) == ("<nmaprun/>", "nmap", "Nmap done")
    assert a.id.startswith("nmap/")
    assert a.id.endswith("/xml")
    assert a.source_map.places(0, 1) == ({"line": 1, "output": "xml"},)
    assert isinstance(failed, Failure)
    assert "killed" in failed.message
    assert "timeout" in timeout.message
    result = Pipeline().run(whois)
    assert result.source == "whois"
    assert [each.value for each in result.entities] == ["evil.example"]
    (tmp_path / "nmap.jsonl").write_bytes((tmp_path / "nmap.jsonl").read_bytes() + b'{"id": 5}\n')
    assert any("id" in each.message for each in read([str(tmp_path)]) if isinstance(each, Failure))


def test_every_option_of_reading_reaches_the_readers():
    chosen = ReadingSettings(
        reader="ZIP", encoding="CP1252", field="a.b", exclude=("x",), hidden=True,
        passwords=("p",), depth=1, parts=2, unpacked=3, pages=4,
    )  # fmt: skip
    assert read_options(chosen) == ReadOptions(
        "zip", "cp1252", "a.b", ("p",), Limits(1, 2, 3, 4), ("x",), hidden=True
    )
    assert read_options(ReadingSettings()) == ReadOptions()


def test_every_line_is_a_text_as_it_arrives(monkeypatch):
    receive, send = os.pipe()
    monkeypatch.setattr(sys, "stdin", os.fdopen(receive))
    documents = read(["-"], options=ReadOptions(reader="lines"))
    os.write(send, b"B\r\n")
    first = next(documents)
    assert (first.id, first.text) == ("-:1", "B")
    assert first.source_map.places(0, 1) == ({"line": 1},)
    os.write(send, b'\n{"text": "no row"}\n\xffa')
    assert next(documents).text == '{"text": "no row"}'
    os.close(send)
    [last] = documents
    assert (last.id, last.text) == ("-:4", "\ufffda")
    sys.stdin.close()


def test_lines_are_read_in_an_encoding_and_never_of_binary_files(found):
    assert [each.text for each in found(b"a\xe9\nb", reader="lines", encoding="cp1252")] == [
        "a\u00e9",
        "b",
    ]
    assert found(b"\x7fELF\x02\n", reader="lines")[0].error == "BinaryError"
    assert "iconv" in found("a\nb".encode("utf-16"), reader="lines")[0].message
    assert [each.text for each in found(b"\xef\xbb\xbfa\n", reader="lines")] == ["a"]
    assert found(b"", reader="lines") == []
