"""Encodings: base64, hexadecimal, UTF-7, ROT13 and the forms of IPv4 addresses."""

from __future__ import annotations

import base64
import codecs
import hashlib
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.alignment import apply_edits
from decloak.core.document import View
from decloak.decode import DECODERS, decode
from decloak.decode.encodings import revealed
from decloak.indicators.ipv4 import address_of

NAMES = ("base64", "hex", "utf7", "rot13", "ipv4_forms")
INDICATORS = (
    "http://evil.example/a?b=1", "192.0.2.10", "user@example.com", "c2.example.net",
    "https://[2001:db8::1]/x", "2001:db8::53", "CVE-2021-44228",
)  # fmt: skip


def read(text: str, *names: str) -> str:
    for name in names or NAMES:
        text = apply_edits(text, DECODERS.get(name).propose(View(text)))[0]
    return text


@pytest.mark.parametrize("value", INDICATORS)
@pytest.mark.parametrize("frame", ["{}", "payload: {} end", "b64={}", "'{}'", "({})", "see {}."])
def test_base64_is_undone(value: str, frame: str) -> None:
    made = base64.b64encode(value.encode()).decode()
    shown = frame.removeprefix("b64=").format(value)  # what names the encoding goes with it
    assert read(frame.format(made), "base64") == shown
    assert read(frame.format(made.rstrip("=")), "base64") == shown


@pytest.mark.parametrize("value", INDICATORS)
def test_hexadecimal_digits_are_undone(value: str) -> None:
    data = value.encode()
    for made in (
        data.hex(), data.hex().upper(), data.hex(" "), data.hex(":"), "0x" + data.hex(),
        "".join(f"\\x{octet:02x}" for octet in data), " ".join(f"0x{octet:02x}" for octet in data),
        ", ".join(f"0x{octet:02X}" for octet in data), f"X'{data.hex()}'",
    ):  # fmt: skip
        assert read(f"see {made} there", "hex") == f"see {value} there"


def test_text_that_holds_an_indicator_is_read_whole() -> None:
    made = base64.b64encode(b"GET http://example.com/a now\n").decode()
    assert read(made) == "GET http://example.com/a now"


def test_quotation_marks_never_leave_an_encoded_run() -> None:
    made = base64.b64encode(b'{"u": "http://example.com/a"}').decode()
    assert read(f'{{"data": "{made}"}}', "base64") == '{"data": "http://example.com/a"}'


def test_a_powershell_command_is_read() -> None:
    made = base64.b64encode("curl http://example.com/a.ps1".encode("utf-16-le")).decode()
    assert read(f"powershell -enc {made}") == "powershell -enc curl http://example.com/a.ps1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192+AC4-0+AC4-2+AC4-1", "192.0.2.1"),
        ("http+ADo-//example.com", "http://example.com"),
        ("+AGUAeABhAG0AcABsAGU-.com", "example.com"),
    ],
)
def test_utf7_is_undone(text: str, expected: str) -> None:
    assert read(text, "utf7") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "%68t%74%70s%3a%2f%2fexample%2ecom/a%2fb?%69%64%3dx%2ey%23z",
            "https://example.com/a/b?id=x.y#z",
        ),
        ("%68ttp://example.com/?q=%2568", "http://example.com/?q=%68"),
        (
            "%68ttp://example.com/?a=%41,%68ttp://example.org/?a=%41",
            "http://example.com/?a=A,http://example.org/?a=A",
        ),
        ("q=http%3A%2F%2Fexample.com%2Fa&b=c%20d", "q=http://example.com/a&b=c%20d"),
    ],
)
def test_a_url_encoded_as_a_whole_is_read_with_its_query(text: str, expected: str) -> None:
    assert decode(text).text == expected


@pytest.mark.parametrize("text", ["http://example.com/?u=http%3A%2F%2Fexample.org%2F%41", "100%2E"])
def test_an_honest_query_keeps_its_escapes(text: str) -> None:
    assert decode(text).text == text


@pytest.mark.parametrize(
    "frame", ["rot13: {}", "ROT13({})", "{} (ROT13)", "ROT-13 = {}", "in rot13:\n{}\n"]
)
@pytest.mark.parametrize("value", ["http://example.com/a", "user@example.com", "www.example.org"])
def test_rot13_is_undone_where_announced(frame: str, value: str) -> None:
    hidden = codecs.encode(value, "rot13")
    shown = {"rot13: {}": "{}", "ROT13({})": "{}"}.get(frame, frame)
    assert read(frame.format(hidden), "rot13") == shown.format(value)
    assert read(hidden, "rot13") == hidden


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("3221225985", "192.0.2.1"), ("0xC0000201", "192.0.2.1"), ("030000001001", "192.0.2.1"),
        ("0300.0.02.01", "192.0.2.1"), ("0xC0.0x00.0x02.0x01", "192.0.2.1"),
        ("192.0.513", "192.0.2.1"), ("192.513", "192.0.2.1"), ("0xC0.0.0x201", "192.0.2.1"),
        ("192.0.2.1", None), ("192.0.2.256", None), ("08.1.1.1", None), ("4294967296", None),
        ("1.2.3.4.5", None), ("", None), ("0x", "0.0.0.0"),
    ],
)  # fmt: skip
def test_forms_are_read_as_inet_aton_does(form: str, expected: str | None) -> None:
    assert address_of(form) == expected


@pytest.mark.parametrize("form", ["3221225985", "0xC0000201", "030000001001", "0xC0.0.0x2.1"])
@pytest.mark.parametrize(
    "frame",
    [
        "http://{}/", "https://{}:8443/x", "ftp://u@{}/", "ping {}", "curl -s {}", "ip={}", "addr: {}",
        "IP address {} (bad)", "the server at {} answered", "connects to {}.", "C2: {}", "host {}",
        "Nmap scan report for {}",
    ],
)  # fmt: skip
def test_forms_are_undone_where_an_address_stands(form: str, frame: str) -> None:
    assert read(frame.format(form), "ipv4_forms") == frame.format("192.0.2.1")


HONEST = (
    "error 0xC0000005 at address 0x7FFE1234", "IP 0x00401000", "serial 3221225985",
    "phone 3221225985", "198.51.100.7 3221225985 bytes", "198.51.100.7 0300000010 1", "version 10.0.513", "id: 3221225985", "192.168.001.001", "01.02.03.04",
    "contacts 05675214265", "jumps to 0x00401000", "error code 0xC0000005 at 0xC0000201", "flags 0xC0000201",
    "http://192.0 [.] 2.1", "http://192.0\n.2.1", "curl 7.88 and wget 1.21.3", "http://2020/", "http://192.0.2.1/", '{"ip": 3221225985}',
    "example.com. 3600 IN SOA ns.example. root.example. 2023101500 7200 3600 1209600 3600",
    "https://example.com/?u=aHR0cDovL2V4YW1wbGUub3JnLw==", "rknzcyr.pbz", "+44 20 7946 0000",
    "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2V4YW1wbGUuY29tIn0.c2ln",
    "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", "52:54:00:12:34:56",
    base64.b64encode(b"ordinary text in base64").decode(), b"ordinary text".hex(),
    "see [rfc](aHR0cDovL2V4YW1wbGUub3JnLw==aa)",
)  # fmt: skip


@pytest.mark.parametrize("text", HONEST)
def test_honest_text_is_left_as_it_is(text: str) -> None:
    assert read(text) == text


@pytest.mark.parametrize(
    "text", ["contacts 0xC0000201.", "IOC: 0xC0000201", "| 3221225985 | C2 |", "0xC0000201 (IP)",
     "198.51.100.7 030000001001 and more", "seen 030000001001 198.51.100.7"],
)  # fmt: skip
def test_what_stands_beside_a_number_announces_it(text: str) -> None:
    assert "192.0.2.1" in read(text, "ipv4_forms")


def test_a_block_of_base64_stays() -> None:
    lines = base64.encodebytes(
        b"http://example.com/ is written here again and again. " * 9
    ).decode()
    assert read("-----BEGIN DATA-----\n" + lines) == "-----BEGIN DATA-----\n" + lines


@given(st.binary(max_size=96))
def test_random_octets_and_digests_stay(data: bytes) -> None:
    for text in (
        base64.b64encode(data).decode(), data.hex(), hashlib.md5(data).hexdigest(),
        hashlib.sha256(data).hexdigest(), data.hex(":"),
    ):  # fmt: skip
        made = read(text)
        assert made == text or revealed(made) is not None  # what is undone is an indicator


def test_digests_of_many_texts_stay() -> None:
    rng = Random(13)
    text = "\n".join(hashlib.sha256(rng.randbytes(8)).hexdigest() for _ in range(2000))
    assert read(text) == text
    keys = "\n".join(base64.b64encode(rng.randbytes(33)).decode() for _ in range(2000))
    assert read(keys) == keys


@pytest.mark.parametrize(
    "unit",
    ["aHR0", "68", "68 ", "+AC4", "rot13 ", "http://1", "3221225985 ", "0x1.", "ping -a ", "A"],
)
def test_hostile_text_is_survived(unit: str) -> None:
    for name in NAMES:
        edits = list(DECODERS.get(name).propose(View(unit * 20_000)))
        assert all(one.end <= two.start for one, two in pairwise(edits))


@given(st.text(alphabet=st.characters(codec=None), max_size=200))
def test_any_text_gives_edits_in_order(text: str) -> None:
    for name in NAMES:
        edits = list(DECODERS.get(name).propose(View(text)))
        assert all(one.end <= two.start for one, two in pairwise(edits))
        assert all(0 <= edit.start < edit.end <= len(text) for edit in edits)
