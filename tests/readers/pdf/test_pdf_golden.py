"""PDFs as LibreOffice and Chromium write them: their text, and the way home from each word of it."""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path

import pypdfium2
import pytest

from decloak import Pipeline, Settings, readers
from decloak.core.document import Document
from decloak.core.errors import InputError
from decloak.core.serialise import result_output

FOLDER = Path(__file__).parent / "golden"
GOLDEN = [FOLDER / "chromium.pdf", FOLDER / "libreoffice.pdf"]

SENTENCES = (
    (
        "In October the intrusion set known as APT-29 delivered the loader through a spearphishing attachment that "
        "beaconed to https://safe-bank.example/login and later to https://update-service.evil-bad.example/very/long/"
    ),
    "before it was taken down.",
    (
        "The first column speaks of the command and control infrastructure that the operators rented from several "
        "hosting companies. They used cobaltstrike-teamserver.evil-bad.example as the main controller.\n"
    ),
    (
        "The second column goes on with the responsibilities of the administrators, whose internationalization of "
        "configuration management was remarkable. The SHA-256 was "
    ),
    " for the dropper, and it was signed.\n",
    (
        "\n192.0.2.17\t443\tthe first controller of all, which was online for the whole of the campaign and served the second stage to "
        "visitors\n"
    ),
)


def only(documents: list[object]) -> Document:
    (document,) = documents
    assert isinstance(document, Document)
    return document


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_sentences_are_read_unbroken(path, read):
    document = only(read(path.read_bytes()))
    assert [sentence for sentence in SENTENCES if sentence not in document.text] == []
    assert document.text.startswith("Operation Quiet Harbour\n")
    assert "Address\tPort" in document.text
    assert "Address\tPort\tNote\n" in document.text
    assert "198.51.100.4\t8080\tfallback\n" in document.text


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_word_leads_home_to_boxes_that_hold_it(path, read):
    data = path.read_bytes()
    document = only(read(data))
    source_map = pickle.loads(pickle.dumps(document)).source_map
    pdf = pypdfium2.PdfDocument(data)
    texts = [page.get_textpage() for page in pdf]
    seen = 0
    for word in re.finditer(r"\w\S*(?:-\n\S+)?", document.text):
        places = source_map.places(word.start(), word.end())
        assert len(places) == 1, word.group()
        if "annotation" in places[0]:
            continue
        seen += 1
        found = "".join(
            texts[places[0]["page"] - 1].get_text_bounded(x0, y0, x1, y1)
            for x0, y0, x1, y1 in places[0]["boxes"]
        )
        assert letters(word.group()) in letters(found)
        assert bool(places[0].get("hidden")) == (
            "203.0" in word.group() or in_hidden(document, word)
        )
    assert seen > 100
    for text in texts:
        text.close()
    pdf.close()


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def in_hidden(document: Document, word: re.Match[str]) -> bool:
    return word.start() >= document.text.index("Nobody who looks") and "https:" not in word.group()


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_what_nobody_sees_is_told_of(path, read):
    document = only(read(path.read_bytes()))
    told = [warning for warning in document.warnings if "marked as hidden" in warning]
    assert len(told) == 2
    assert any("too small to be read" in warning for warning in told)
    assert any("colour of what is behind it" in warning for warning in told)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_where_links_go_is_read_with_its_place(path, read):
    document = only(read(path.read_bytes()))
    for target in ("https://evil-bad.example/", "https://advisories.example/2026/17"):
        at = document.text.index(f"\n{target}\n") + 1
        (place,) = document.source_map.places(at, at + len(target))
        assert place["page"] == 1
        assert place["annotation"] == "link"
        assert place["boxes"]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_link_that_shows_one_host_and_goes_to_another_is_told_of(path, read):
    document = only(read(path.read_bytes()))
    told = [warning for warning in document.warnings if "a link shows" in warning]
    assert told == ["page 1: a link shows safe-bank.example and goes to evil-bad.example"]


def test_what_stands_on_two_lines_has_two_boxes(read):
    document = only(read(GOLDEN[0].read_bytes()))
    name = "cobaltstrike-teamserver.evil-bad.example"
    at = document.text.index(name)
    (place,) = document.source_map.places(at, at + len(name))
    upper, lower = place["boxes"]
    assert upper[1] > lower[1]
    assert upper[0] == pytest.approx(lower[0], abs=1)


def test_a_pdf_is_known_by_its_content_and_its_entities_have_places(tmp_path):
    path = tmp_path / "report.txt"
    path.write_bytes(GOLDEN[0].read_bytes())
    (document,) = readers.read([str(path)])
    result = Pipeline(Settings(tagger={"mode": "off"})).run(document)
    printed = json.loads(json.dumps(result_output(result)))
    (address,) = [entity for entity in printed["entities"] if entity["text"] == "192.0.2.17"]
    (place,) = address["places"]
    assert place["page"] == 1
    assert len(place["boxes"]) == 1


def test_an_encrypted_pdf_is_read_with_the_password_that_fits(read):
    data = (FOLDER / "encrypted.pdf").read_bytes()
    document = only(read(data, passwords=("wrong", "infected")))
    assert document.text == "The controller was locked.evil-bad.example by then.\n"
    with pytest.raises(InputError, match="encrypted"):
        read(data, passwords=("wrong",))
