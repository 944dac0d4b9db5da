"""Damaged, locked, endless and otherwise hostile PDFs, and what they hold beside their pages."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from pdf_writer import text_at, write_pdf

from decloak.core.document import Document
from decloak.core.errors import InputError
from decloak.core.result import Failure

PAGE = text_at(50, 700, "evil.example")


def test_what_cannot_be_opened_is_named(read):
    with pytest.raises(InputError, match="damaged"):
        read(b"%PDF-1.7\nnothing more")


def test_a_pdf_without_its_end_is_read_as_far_as_it_goes(read):
    data = write_pdf(*[PAGE] * 3)
    (document,) = read(data[: data.index(b"xref")])
    assert document.text.count("evil.example") == 3
    assert document.warnings == ("the PDF is cut off; what is left of it was read",)


def test_a_page_that_cannot_be_loaded_costs_no_other(read):
    data = write_pdf(*[PAGE] * 3).replace(b"7 0 R", b"1 0 R", 1)  # a kid that is no page
    (document,) = read(data)
    assert document.text.count("evil.example") >= 1


def test_pages_past_the_limit_are_told_of(read):
    (document,) = read(write_pdf(*[PAGE] * 5), pages=3)
    assert document.text.count("evil.example") == 3
    assert "5 pages" in document.warnings[0]


def test_two_thousand_pages_are_read(read):
    (document,) = read(write_pdf(*[PAGE] * 2000))
    assert document.text.count("evil.example") == 2000
    at = document.text.rindex("evil")
    assert document.source_map.places(at, at + 4)[0]["page"] == 2000


def test_no_pages_is_a_warning(read):
    (document,) = read(write_pdf())
    assert document.text == ""
    assert document.warnings == ("it has no pages",)


def test_a_page_tree_that_holds_itself_ends(read):
    data = write_pdf(PAGE).replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]")
    try:
        documents = read(data)
    except InputError:
        return
    assert all(isinstance(document, Document) for document in documents)


def test_a_form_that_draws_itself_ends(read):
    form = (
        "<< /Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /XObject << /X1 5 0 R >> /Font << /F1 3 0 R >> "
        ">> /Length 46 >>\nstream\nBT /F1 9 Tf 9 9 Td (form.example) Tj ET /X1 Do  \nendstream"
    )
    (document,) = read(write_pdf(PAGE + "/X1 Do", objects=("<< >>", form)))
    assert "evil.example" in document.text


@pytest.mark.parametrize("box", ["0 0 1e9 1e9", "0 0 0 0", "100 100 -100 -100", "0 0 1e38 1e-38"])
def test_pages_of_any_size_are_read(box, read):
    white = "1 g " + text_at(50, 650, "white.example")
    (document,) = read(write_pdf(PAGE + white, box=box))
    assert "evil.example" in document.text


def test_a_hundred_thousand_objects_are_read(read):
    boxes = "0 0 9 9 re f\n" * 60_000
    (document,) = read(write_pdf(PAGE + boxes + "0 0 m\n" * 40_000))
    assert document.text.startswith("evil.example")
    assert document.warnings == ("page 1: has too many objects to look for hidden text",)


def test_text_past_the_limit_is_told_of(read):
    (document,) = read(write_pdf(*[PAGE] * 40), unpacked=32 * 100)
    assert document.text.count("evil.example") == 8
    assert "more text than the limit" in document.warnings[0]


def test_embedded_files_are_read_as_what_they_are(read):
    inner = write_pdf(text_at(50, 700, "inner.example")).decode("latin-1")
    spec = "<< /Type /Filespec /F (inner.pdf) /UF (inner.pdf) /EF << /F 5 0 R >> >>"
    file = f"<< /Type /EmbeddedFile /Length {len(inner)} >>\nstream\n{inner}\nendstream"
    catalog = "/Names << /EmbeddedFiles << /Names [(inner.pdf) 4 0 R] >> >>"
    outer, part = read(write_pdf(PAGE, catalog=catalog, objects=(spec, file)))
    assert "embedded files: inner.pdf" in outer.warnings[0]
    assert part.id == "report.pdf/inner.pdf"
    assert part.text == "inner.example\n"
    _, refused = read(write_pdf(PAGE, catalog=catalog, objects=(spec, file)), depth=0)
    assert isinstance(refused, Failure)


def test_scripts_are_read_and_told_of(read):
    script = "<< /S /JavaScript /JS (app.launchURL\\('http://evil.example/x'\\)) >>"
    catalog = "/Names << /JavaScript << /Names [(open) 4 0 R] >> >>"
    (document,) = read(write_pdf(PAGE, catalog=catalog, objects=(script,)))
    assert document.warnings == ("it holds JavaScript, which was not run",)
    at = document.text.index("http://evil.example/x")
    assert document.source_map.places(at, at + 4) == ({"script": "open"},)


def test_notes_and_fields_are_read_with_their_places(read):
    notes = (
        "<< /Type /Annot /Subtype /Text /Rect [10 10 30 30] /Contents (see note.example) >>",
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (host) /V (field.example) /Rect [40 40 90 60] /F 4 >>",
    )
    data = write_pdf(
        PAGE, page="/Annots [4 0 R 5 0 R]", catalog="/AcroForm << /Fields [5 0 R] >>", objects=notes
    )
    (document,) = read(data)
    for name, kind, box in (
        ("note.example", "note", [10.0, 10.0, 30.0, 30.0]),
        ("field.example", "field", [40.0, 40.0, 90.0, 60.0]),
    ):
        at = document.text.index(name)
        assert document.source_map.places(at, at + len(name)) == (
            {"page": 1, "boxes": [box], "annotation": kind},
        )


def test_a_link_that_starts_a_program_is_told_of(read):
    note = (
        "<< /Type /Annot /Subtype /Link /Rect [50 690 150 710] /A << /S /Launch /F (cmd.exe) >> >>"
    )
    (document,) = read(write_pdf(PAGE, page="/Annots [4 0 R]", objects=(note,)))
    assert document.warnings == ("page 1: a link starts a program: cmd.exe",)


def test_a_link_whose_host_is_broken_over_two_lines_shows_where_it_goes(read):
    lines = text_at(400, 700, "https://update-service.evil-") + text_at(
        50, 680, "bad.example/gate and more"
    )
    note = (
        "<< /Type /Annot /Subtype /Link /Rect [50 676 560 712] /QuadPoints [400 712 560 712 400 698 560 698 "
        "50 692 150 692 50 678 150 678] /A << /S /URI /URI (https://update-service.evil-bad.example/gate) >> >>"
    )
    (document,) = read(write_pdf(lines, page="/Annots [4 0 R]", objects=(note,)))
    assert document.warnings == ()


def test_threads_may_read_at_once(read):
    data = write_pdf(*[PAGE + "1 g " + text_at(50, 600, "white.example")] * 20)
    with ThreadPoolExecutor(8) as pool:
        texts = {documents[0].text for documents in pool.map(read, [data] * 16)}
    assert len(texts) == 1


@pytest.mark.parametrize("at", range(0, 100, 7))
def test_any_byte_may_be_wrong(at, read):
    data = bytearray(write_pdf(PAGE, PAGE))
    place = len(data) * at // 100
    data[place : place + 3] = b"\xff\x00<"
    try:
        documents = read(bytes(data))
    except InputError:
        return
    assert documents
