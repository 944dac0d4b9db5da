"""A DOCX as LibreOffice writes it: its text, and the way home from each line of it."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden" / "libreoffice.docx"

LINES = [
    ("Operation Quiet Harbour", {"paragraph": 1}),
    (
        "The loader beaconed to https://safe-bank.example/login in Octo, and its advisory names more.",
        {"paragraph": 2},
    ),
    ("ber", {"paragraph": 2, "hidden": True}),
    ("inserted.evil-bad.example", {"paragraph": 3, "inserted": True}),
    (" by then.", {"paragraph": 3}),
    ("deleted.evil-bad.example", {"paragraph": 3, "deleted": True}),
    ("A domain evil-bad.example with hidden text inside.", {"paragraph": 4}),
    ("hidden.evil-bad.example", {"paragraph": 4, "hidden": True}),
    ("Address", {"table": 1, "row": 1, "column": 1}),
    ("192.0.2.17", {"table": 1, "row": 2, "column": 1}),
    ("443", {"table": 1, "row": 2, "column": 2}),
    ("first", {"table": 1, "row": 2, "column": 3}),
    ("198.51.100.4", {"table": 1, "row": 3, "column": 1}),
    ("fallback", {"table": 1, "row": 3, "column": 3}),
    ("Around a box this goes on.", {"paragraph": 5}),
    ("boxed.evil-bad.example", {"paragraph": 5, "textbox": 1}),
    ("See footnote.evil-bad.example for the rest.", {"footnote": 2}),
    ("Is 203.0.113.7 the same host?", {"comment": 0}),
    ("TLP:AMBER header.evil-bad.example", {"header": 1}),
    ("footer.evil-bad.example", {"footer": 1}),
    ("https://evil-bad.example/gate", {"paragraph": 2, "annotation": "link"}),
    ("https://advisories.example/2026/17", {"paragraph": 2, "annotation": "link"}),
]


@pytest.mark.parametrize(("text", "place"), LINES, ids=[text[:20] for text, _ in LINES])
def test_every_text_leads_home(text, place, read):
    (document,) = read(GOLDEN.read_bytes())
    source_map = pickle.loads(pickle.dumps(document)).source_map
    at = document.text.index(text)
    assert source_map.places(at, at + len(text)) == (place,)


def test_sentences_and_rows_are_lines(read):
    (document,) = read(GOLDEN.read_bytes())
    lines = document.text.splitlines()
    assert "The controller was at inserted.evil-bad.example by then." in lines
    assert "192.0.2.17\t443\tfirst controller" in lines
    assert "198.51.100.4\tfallback" in lines


def test_what_nobody_sees_is_told_of(read):
    (document,) = read(GOLDEN.read_bytes())
    assert document.warnings == (
        "paragraph 2: a link shows safe-bank.example and goes to evil-bad.example",
        "hidden text in paragraph 2, paragraph 4; it was read and is marked as hidden",
        "it has tracked changes; deleted text was read and is marked as deleted",
    )
