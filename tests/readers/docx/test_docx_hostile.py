"""Damaged and hostile DOCX: bombs, endless nesting, broken parts."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from docx_writer import W, paragraph, write_docx

from decloak.core.errors import InputError

PLAIN = paragraph("evil.example")


def test_entities_are_not_expanded(read):
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>'
    )
    with pytest.raises(InputError, match="damaged"):
        read(write_docx(bomb))


def test_a_part_past_the_limit_is_named(read):
    body = paragraph("x" * 4_000_000)
    with pytest.raises(InputError, match=r"word/document\.xml.* longer"):
        read(write_docx(body), unpacked=1_000_000)


def test_more_members_than_the_limit_are_refused(read):
    with pytest.raises(InputError, match="more than 10 parts"):
        read(write_docx(PLAIN, **{f"m{number}": "" for number in range(20)}), parts=10)


@pytest.mark.parametrize(
    "element", ["p", "tbl", "tr", "tc", "txbxContent", "r", "ins", "sdt", "hyperlink", "fldSimple"]
)
def test_endless_nesting_is_read_to_its_end(element, read):
    count = 20_000
    body = PLAIN + f"<w:{element}>" * count + f"</w:{element}>" * count + paragraph("last.example")
    (document,) = read(write_docx(body))
    assert "evil.example" in document.text
    assert "last.example" in document.text


def test_fields_that_never_end_hide_no_text(read):
    begin = '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p>'
    (document,) = read(write_docx(begin * 20_000 + PLAIN))
    assert document.text == "evil.example\n"


def test_a_part_that_breaks_off_is_read_so_far(read):
    body = f'<?xml version="1.0"?><w:document xmlns:w="{W}"><w:body>{PLAIN}<w:p><w:r><w:t>more'
    (document,) = read(write_docx(body))
    assert document.text == "evil.example\nmore\n"
    assert "damaged" in document.warnings[0]


def test_what_no_reader_knows_is_refused_in_words(read):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<office/>")
    with pytest.raises(InputError, match="OpenDocument"):
        read(out.getvalue())


def test_a_damaged_part_costs_no_other(read):
    (document,) = read(write_docx(PLAIN, ("footnotes", "footnotes.xml", ""), footnotes__xml=b"<no"))
    assert document.text == "evil.example\n"
    assert "word/footnotes.xml could not be read" in document.warnings[0]


@pytest.mark.parametrize("at", range(5, 100, 7))
def test_any_byte_may_be_wrong(at, read):
    data = bytearray(write_docx(PLAIN, compression=zipfile.ZIP_STORED))
    place = len(data) * at // 100
    data[place : place + 3] = b"\xff\x00<"
    try:
        documents = read(bytes(data))
    except InputError:
        return
    assert documents


def test_fifty_thousand_runs_are_read(read):
    (document,) = read(write_docx("<w:p>" + "<w:r><w:t>ab</w:t></w:r>" * 50_000 + "</w:p>"))
    assert len(document.text) == 100_001
