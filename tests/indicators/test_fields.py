"""Keys before values, heads above cells, and what they say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.document import View
from decloak.indicators.columns import cells_of, head_over, heads_pattern, sheet_at, sheets_of
from decloak.indicators.keys import key_before
from decloak.kb.fields import NUMBER, OPAQUE, field_words, role_of

KEYS = [
    ("dpt=443", "PORT"), ('"DestinationPort": 443', "PORT"), ("Source Port:\t\t443", "PORT"),
    ("<Data Name='DestinationPort'>443", "PORT"), ("id.orig_p=443", "PORT"), ('"asn":{"number":443', "ASN"),
    ('"as": {"number": 443', "ASN"), ("trace_id=443", OPAQUE), ("ETag: 443", OPAQUE), ("timestamp: 443", NUMBER),
    ("deny tcp src=443", "IP_ADDRESS"), ("| port | 443", "PORT"), ("support 443", ""), ("443", ""), ("x\n443", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "role"), KEYS)
def test_a_key_says_what_its_value_is(text: str, role: str) -> None:
    assert role_of(key_before(text.encode(), len(text) - 3)) == role


@given(st.binary(max_size=120), st.integers(0, 120))
def test_any_bytes_have_a_key_or_none(shadow: bytes, start: int) -> None:
    key = key_before(shadow, min(start, len(shadow)))
    assert key == "" or key.encode() in shadow


def _is_field(head: str) -> bool:
    return role_of(head) != ""


@pytest.mark.parametrize(
    ("text", "value", "head"),
    [
        ("ip,asn,country\n203.0.113.4,64496,DE\n", "64496", "asn"),
        ('ip,note,asn\n203.0.113.4,"a, b",64496\n', "64496", "asn"),
        ("| IP | ASN |\n|---|---|\n| 203.0.113.4 | 64496 |\n", "64496", "ASN"),
        ("#fields\tts\tid.orig_h\tid.orig_p\n1.5\t192.0.2.1\t51000\n", "51000", "id.orig_p"),
        ("#Fields: date s-ip s-port\n2026-01-01 192.0.2.1 443\n", "443", "s-port"),
    ],
)
def test_a_head_stands_over_its_column(text: str, value: str, head: str) -> None:
    view = View(text)
    heads = heads_pattern(field_words("ASN", "PORT", "IP_ADDRESS"))
    sheets = list(sheets_of(view, 0, len(text), heads, _is_field))
    place = text.index(value)
    sheet = sheet_at(sheets, place)
    assert sheet is not None
    assert head_over(sheet, view.shadow, place) == head


@given(st.lists(st.text("abc ", max_size=4), min_size=1, max_size=6))
def test_cells_are_what_was_joined(cells: list[str]) -> None:
    line = ",".join(cells).encode()
    assert [line[low:high].decode() for low, high in cells_of(line, 0, len(line), b",")] == cells
