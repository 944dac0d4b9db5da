"""Text of PDFs that is in the file and not on the page."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from pdf_writer import text_at, write_pdf

SHOWN = text_at(50, 700, "This line can be seen by everyone: good.example")
IMAGE = (
    "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
    "/Length 1 >>\nstream\n\x80\nendstream"
)
OFF = (
    "<< /Type /OCG /Name (draft) >>",
    "<< >>",
)
SECRET = "secret.evil.example"
HIDING = {
    "render mode 3": text_at(50, 600, SECRET, before="3 Tr"),
    "white on white": "1 g " + text_at(50, 600, SECRET),
    "nearly white": "0.97 g " + text_at(50, 600, SECRET),
    "the colour of a box": "0.2 0.3 0.5 rg 40 590 300 30 re f 0.2 0.3 0.5 rg "
    + text_at(50, 600, SECRET),
    "transparent on a form": "1 0 0 1 0 0 cm 0.1 g 40 590 300 30 re f 0.12 g "
    + text_at(50, 600, SECRET),
    "under a box": text_at(50, 600, SECRET) + "0 g 40 590 300 30 re f",
    "under an image": text_at(50, 600, SECRET) + "q 300 0 0 30 40 590 cm /X1 Do Q",
    "tiny": text_at(50, 600, SECRET, size=0.5),
    "outside": text_at(-400, 600, SECRET),
    "below": text_at(50, -60, SECRET),
    "a layer that is off": "/OC /L1 BDC " + text_at(50, 600, SECRET) + "EMC",
}
SEEING = {
    "black": text_at(50, 600, SECRET),
    "grey": "0.6 g " + text_at(50, 600, SECRET),
    "white on a dark box": "0 0 0.4 rg 40 590 300 30 re f 1 g " + text_at(50, 600, SECRET),
    "black on an image": "q 300 0 0 30 40 590 cm /X1 Do Q 0 g " + text_at(50, 600, SECRET),
    "on top of a white page": "1 g 0 0 612 792 re f 0 g " + text_at(50, 600, SECRET) + SHOWN,
    "outlined": text_at(50, 600, SECRET, before="1 Tr"),
    "small print": text_at(50, 600, SECRET, size=5),
}
LAYER_OFF = "/OCProperties << /OCGs [4 0 R] /D << /OFF [4 0 R] >> >>"


@pytest.mark.parametrize("rotated", ["", "/Rotate 90"])
@pytest.mark.parametrize("way", HIDING)
def test_hidden_text_is_read_and_told_of(way, rotated, read):
    data = write_pdf(
        SHOWN + "0 g " + HIDING[way], page=rotated, catalog=LAYER_OFF, objects=(OFF[0], IMAGE)
    )
    (document,) = read(data)
    at = document.text.index(SECRET)
    (place,) = document.source_map.places(at, at + len(SECRET))
    assert place["hidden"] is True
    (warning,) = document.warnings
    assert warning.startswith("page 1: text within [")
    assert document.source_map.places(0, 9)[0].keys() == {"page", "boxes"}


@pytest.mark.parametrize("way", SEEING)
def test_what_is_seen_is_not_called_hidden(way, read):
    (document,) = read(write_pdf("0 g " + SEEING[way] + "0 g " + SHOWN, objects=(OFF[0], IMAGE)))
    assert SECRET in document.text
    assert document.warnings == ()


def test_a_bar_over_part_of_a_line_hides_that_part(read):
    data = write_pdf(
        text_at(50, 600, f"the name of the suspect is {SECRET} as we know")
        + "0 g 185 590 110 30 re f"
    )
    (document,) = read(data)
    assert "the name of the suspect is as we know\n" in document.text
    assert document.text.endswith(f"{SECRET}\n")
    assert len(document.warnings) == 1


def test_what_is_hidden_within_a_word_does_not_break_it(read):
    data = write_pdf(
        "BT /F1 12 Tf 50 600 Td (ev) Tj 3 Tr (xx) Tj 0 Tr 12.7 0 Td (il.example) Tj ET"
    )
    (document,) = read(data)
    assert document.text.splitlines()[0].replace(" ", "") == "evil.example"


def test_a_scan_with_recognised_text_is_told_of_once(read):
    page = "q 612 0 0 792 0 0 cm /X1 Do Q " + text_at(50, 600, SECRET, before="3 Tr")
    (document,) = read(write_pdf(page, page, page, objects=(OFF[0], IMAGE)))
    (warning,) = document.warnings
    assert warning.startswith("pages 1-3: ")
    assert document.text.count(SECRET) == 3


def test_pictures_without_text_are_told_of(read):
    page = "q 612 0 0 792 0 0 cm /X1 Do Q"
    (document,) = read(write_pdf(page, SHOWN, page, page, objects=(OFF[0], IMAGE)))
    (warning,) = document.warnings
    assert warning.startswith("pages 1, 3-4: pictures without text")


def test_a_word_that_runs_off_the_page_is_one(read):
    (document,) = read(
        write_pdf(text_at(300, 600, "https://evil.example/" + "path/" * 40 + "end and more"))
    )
    assert document.text.startswith("https://evil.example/" + "path/" * 40 + "end\n")
    assert "outside the page" in document.warnings[0]
