from __future__ import annotations

import gzip
import io
import json
import os
import sys
import threading

import pytest

from decloak.core.document import Document
from decloak.core.errors import BinaryError
from decloak.core.result import Failure
from decloak.readers import documents_of, holds_many, read, text_document
from decloak.readers.files import Input


def one(data: bytes) -> Document:
    return text_document("name", data)


@pytest.fixture
def read_bytes(tmp_path):
    def run(data: bytes, name: str = "input"):
        path = tmp_path / name
        path.write_bytes(data)
        return list(read([str(path)]))

    return run


def test_an_empty_file_is_an_empty_document(read_bytes):
    for data in (b"", gzip.compress(b"")):
        [document] = read_bytes(data)
        assert isinstance(document, Document)
        assert document.text == ""


def test_invalid_utf8_is_replaced_recorded_and_named():
    document = one(b"caf\xe9 \xe2\x82 \xf0\x9f\x98\x80 \xff\xff.")
    assert document.text == "caf\ufffd \ufffd \U0001f600 \ufffd\ufffd."
    assert document.broken == ((3, 1), (5, 2), (9, 1), (10, 1))
    assert document.warnings == (
        "4 invalid UTF-8 byte sequences read as U+FFFD; the first at byte 3",
    )


def test_a_replacement_character_in_the_file_is_not_broken():
    assert one("\ufffd".encode()).broken == ()


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-32-le", b"\xff\xfe\0\0"),
        ("utf-32-be", b"\0\0\xfe\xff"),
    ],
)
def test_a_byte_order_mark_decides_and_is_taken_off(encoding, mark):
    document = one(mark + "seen at 192.0.2.1 \U0001f600".encode(encoding))
    assert document.text == "seen at 192.0.2.1 \U0001f600"
    assert (document.encoding, document.bom, document.warnings) == (encoding, len(mark), ())


def test_a_truncated_utf16_file_is_read_with_a_warning():
    document = one(b"\xff\xfea\0b")
    assert document.text == "a\ufffd"
    assert document.broken == ((1, 1),)
    assert "UTF-16" in document.warnings[0]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x7fELF\x02\x01\x01" + bytes(9), "ELF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
        (b"PK\x03\x04\x14\0", "ZIP"),
        (b"%PDF-1.7\n", "--reader pdf"),
        (bytes(range(256)), "NUL and other control bytes"),
        (b"\0\x01\x02", "NUL and other control bytes"),
        ("plain text".encode("utf-16-le"), "UTF-16 without"),
        (b"MZ\x90\0\x03\0", "Windows program"),
    ],
)
def test_binary_is_refused_with_its_kind_and_what_to_do(data, what):
    with pytest.raises(BinaryError, match=what):
        one(data)


@pytest.mark.parametrize(
    "data",
    [
        b"a banner\0with a NUL and \x1b[31mcolour\x1b[0m and a bell \x07" + b"text " * 20,
        b"BZh is how this prose begins",
        b"MZ is a prefix",
        "caf\u00e9 \u4f60\u597d".encode("gb18030"),
    ],
)
def test_text_with_few_odd_bytes_is_text(data):
    assert one(data).text


def test_gzip_is_recognised_by_content_and_read_as_text(read_bytes):
    [document] = read_bytes(gzip.compress(b"192.0.2.1\n") + gzip.compress(b"192.0.2.2\n"))
    assert document.text == "192.0.2.1\n192.0.2.2\n"


def test_a_truncated_gzip_gives_what_could_be_read_and_a_failure(read_bytes):
    whole = gzip.compress(os.urandom(40_000).hex().encode())
    document, failure = read_bytes(whole[: len(whole) // 2], "log.gz")
    assert len(document.text) > 10_000
    assert "truncated" in failure.message
    [failure] = read_bytes(whole[:12], "log.gz")
    assert "truncated" in failure.message


def test_a_damaged_gzip_is_named(read_bytes):
    whole = bytearray(gzip.compress(b"192.0.2.1\n" * 1000))
    whole[-6] ^= 0xFF
    assert "damaged" in read_bytes(bytes(whole))[-1].message


def test_json_lines_are_documents_of_their_own(read_bytes):
    rows = [
        {"id": "a", "text": "one", "source": "nmap", "origin": "ignored"},
        {"id": 7, "text": "caf\u00e9\ud800"},
        {"text": ""},
    ]
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    for given in (data, gzip.compress(data), b"\xef\xbb\xbf" + data, b"\n" + data.rstrip()):
        first, second, third = read_bytes(given)
        assert (first.id, first.text, first.source) == ("a", "one", "nmap")
        assert (second.id, second.text, second.source) == ("7", "caf\u00e9\ud800", None)
        assert third.id.rpartition(":")[2] in {"3", "4"}
        assert third.text == ""


def test_a_broken_line_is_a_failure_with_its_number_and_the_rest_goes_on(read_bytes):
    deep = b'{"text": ' + b"[" * 100_000 + b"\n"
    lines = [
        b'{"text": "a"}\n',
        b'{"text": \n',
        b"\n",
        b"[1]\n",
        b'{"id": 1}\n',
        deep,
        b'{"text": "z"}',
    ]
    found = read_bytes(b"".join(lines))
    assert [item.id.rpartition(":")[2] for item in found] == ["1", "2", "4", "5", "6", "7"]
    assert [isinstance(item, Failure) for item in found] == [False, True, True, True, True, False]
    assert "line 2" in found[1].message
    assert 'no "text" string' in found[3].message
    assert "nested too deeply" in found[4].message


def test_a_broken_first_line_is_json_lines_when_the_name_says_so(read_bytes):
    found = read_bytes(b'{"text": "a\n{"text": "b"}\n', "rows.jsonl")
    assert isinstance(found[0], Failure)
    assert found[1].text == "b"


DEEP = b"[" * 100_000
HOSTILE = {
    "a long number": (b'{"text": "a", "n": ' + b"9" * 5000 + b"}", "a"),
    "a long number as id": (b'{"id": ' + b"9" * 5000 + b', "text": "a"}', "a"),
    "deep behind a text": (b'{"text": "a", "x": ' + DEEP + b"]" * 100_000 + b"}", None),
    "deep alone": (b'{"x": ' + DEEP + b"]" * 100_000 + b"}", None),
    "deep and cut": (b'{"text": ' + DEEP, None),
    "an array": (DEEP + b"]" * 100_000, None),
    "a number": (b'{"text": 5}', None),
    "nothing": (b'{"text": null, "id": {}}', None),
    "a list": (b'{"text": ["a"], "id": [1]}', None),
    "more keys": (b'{"text": "a", "port": 22, "ip": 1, "ip_str": "x", "__proto__": {}}', "a"),
    "no JSON": (b"{'text': 'a'}", None),
    "bytes that are no text": (b'{"text": "\xff\xfe"}', "\ufffd\ufffd"),
}


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("name", ["rows", "rows.jsonl"])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_first_lines_spoil_only_themselves(read_bytes, tmp_path, hostile, name, times):
    line, text = HOSTILE[hostile]
    data = (line + b"\n") * times + b'\n{"text": "b"}\n{"text": "c"}\n'
    for given in (data, b"\xef\xbb\xbf" + data):
        found = read_bytes(given, name)
        assert [getattr(each, "text", None) for each in found] == [text] * times + ["b", "c"]
        assert [each.id.rpartition(":")[2] for each in found[times:]] == [
            str(times + 2), str(times + 3),
        ]  # fmt: skip
    (tmp_path / name).write_bytes(data)
    assert holds_many(Input(name, str(tmp_path / name)))


def test_anything_may_stand_first_where_the_name_says_json_lines(read_bytes):
    for line in (b"garbage", b"5", b'"text"', b'{"level": "info"}', b"# comment"):
        found = read_bytes(line + b'\n{"text": "b"}\n', "rows.ndjson")
        assert isinstance(found[0], Failure)
        assert found[1].text == "b"


@pytest.mark.parametrize(
    "data",
    [
        b'{"level": "info"}\n{"text": "b"}\n',
        b'[\n{"text": "b"}\n]\n',
        b'garbage\n{"text": "b"}\n',
        b'{"text": 5}\n{"text": 6}\n',
        b'{"text": 5}\nprose\n{"text": "b"}\n',
        b'{"ip_str": "192.0.2.1", "port": 22, "data": "SSH"}\n' * 2,
        b'{"ip_str": "192.0.2.1", "port": 22, "text": "SSH"}\n' * 2,
        b'{\n  "text": "pretty"\n}\n',
        b'{"text": 5}\n',
        b"{not json",
        b'["text"]\n',
        b'{"text": "' + b"[" * 1000,
    ],
)
def test_other_json_is_one_text(read_bytes, data):
    [document] = read_bytes(data)
    assert document.text == data.decode()


def test_paths_that_cannot_be_read_are_failures_in_the_stream(tmp_path):
    (tmp_path / "a").write_text("x")
    found = list(read([str(tmp_path / "missing"), str(tmp_path / "a")]))
    assert found[0].error == "UnreadableError"
    assert found[1].text == "x"
    gone = Input("gone", str(tmp_path / "gone"))
    assert "no such file" in next(iter(documents_of(gone))).message
    assert not holds_many(gone)


def test_standard_input_is_a_stream(monkeypatch):
    """The first line is a document before the second one was written."""
    receive, send = os.pipe()
    monkeypatch.setattr(sys, "stdin", os.fdopen(receive))
    os.write(send, b'{"text": "first"}\n')
    documents = read(["-"])
    assert next(documents).text == "first"
    os.write(send, b'{"text": "second"}\n')
    assert next(documents).text == "second"
    os.close(send)
    assert list(documents) == []
    sys.stdin.close()


def test_a_pipe_may_hold_gzip_and_arrive_in_bits(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)

    def feed() -> None:
        with path.open("wb", buffering=0) as pipe:
            for byte in gzip.compress(b"seen at 192.0.2.1"):
                pipe.write(bytes([byte]))

    feeder = threading.Thread(target=feed)
    feeder.start()
    [document] = read([str(path)])
    feeder.join()
    assert document.text == "seen at 192.0.2.1"


def test_standard_input_may_be_an_object_or_closed(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"192.0.2.1")))
    assert next(read(["-"])).text == "192.0.2.1"
    monkeypatch.setattr(sys, "stdin", None)
    assert "closed" in next(read(["-"])).message
