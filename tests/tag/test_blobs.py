"""Parts between blobs: nothing else is left out, and time stays linear."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.tag.blobs import blobs_of, parts_between

KEY = b"MIIFljCCA36gAwIBAgINAgO8U1lrNMcY9QFQZjANBgkqhkiG9w0BAQsFADBHMQsw"
PIECES = st.sampled_from(
    [
        KEY,
        KEY + b"\\n" + KEY,
        rb"\x04\x81\xf3\x00\xf1\x00" * 12,
        b"x" * 1200,
        b"word ",
        b"\n",
        b'"',
        b" ",
        b"\\n",
    ]
)


@given(text=st.lists(PIECES, max_size=8).map(b"".join), tool=st.booleans())
def test_parts_and_blobs_are_all_of_a_text(text: bytes, *, tool: bool) -> None:
    parts = list(parts_between(text, 0, len(text), tool=tool))
    assert all(low < high for low, high in parts)
    assert all(before[1] <= after[0] for before, after in pairwise(parts))
    left = bytearray(b"." * len(text))
    for low, high in parts:
        left[low:high] = text[low:high]
    missing = {rank for rank, sign in enumerate(left) if sign != text[rank]}
    blobs = set()
    for low, high in blobs_of(text, 0, len(text)) if tool else ():
        blobs.update(range(low, high))
    long = set()
    start = 0
    for run in text.replace(b"\n", b" ").split(b" "):
        if len(run) > 1024:
            long.update(range(start, start + len(run)))
        start += len(run) + 1
    assert missing <= blobs | long


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (KEY, 1),
        (KEY[:39], 0),
        (KEY + b"\\n" + KEY, 1),
        (b"/usr/share/example/some/lower/path/of/files/x", 0),
        (rb"SF(GetRequest,HTTP/1\.1\x20200\x20OK\r\nServer:\x20x\r\nDate:\x20Mon\x20\x20\x20)", 1),
        (b"https://www.example.com/a/very/long/path/without/any/escape/at/all/in/it/to/see", 0),
    ],
)
def test_blobs(text: bytes, count: int) -> None:
    assert len(list(blobs_of(text, 0, len(text)))) == count
