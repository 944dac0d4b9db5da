from __future__ import annotations

import csv
import io
import json

import pytest

from decloak.core.entity import Entity, Status
from decloak.core.result import Failure, Result
from decloak.core.serialise import result_output
from decloak.export import EXPORTERS, Shape

TEXT = "see \x1b[2Jwww.example.com and =cmd\u202e\n"


def entity(start: int, end: int, status: Status = Status.ACCEPTED, **more) -> Entity:
    given = {
        "label": "DOMAIN",
        "start": start,
        "end": end,
        "text": TEXT[start:end],
        "decoded": TEXT[start:end],
        "value": TEXT[start:end],
        "confidence": 0.9,
        "status": status,
        "evidence": ("pattern.domain",),
    }
    return Entity(**(given | more))


RESULT = Result(
    "a\x1b.txt",
    "prose",
    TEXT,
    (entity(8, 23), entity(12, 23), entity(28, 33, Status.REVIEW, value="=cmd")),
    ({"kind": "domain", "name": {"value": "www.example.com", "start": 8, "end": 23}},),
    ("careful",),
)
EMPTY = Result("empty", "prose", "", (), (), ())
FAILURE = Failure("f", "BinaryError", "no text")


def render(name: str, result: Result = RESULT, shape: Shape | None = None) -> str:
    return "".join(EXPORTERS.get(name).render(result, shape or Shape()))


@pytest.mark.parametrize("name", EXPORTERS.names())
@pytest.mark.parametrize("shape", [Shape(), Shape(review=True)])
def test_no_format_passes_control_characters_on(name, shape):
    for text in (render(name, shape=shape), EXPORTERS.get(name).render_failure(FAILURE)):
        parts = "\n\t" if name == "conll" else "\n"
        assert not any(ord(char) < 0x20 and char not in parts for char in text)
        assert "\u202e" not in text


def test_jsonl_is_one_line_of_ascii_equal_to_the_output_object():
    line = render("jsonl")
    assert line.isascii()
    assert line.count("\n") == 1
    assert json.loads(line) == result_output(RESULT)
    assert list(json.loads(line)) == list(result_output(RESULT))
    assert "\x7f" not in render("jsonl", Result("\x7f", "", "", (), (), ()))


def test_large_results_come_in_pieces_that_join_to_the_same_object():
    many = Result("x", "prose", TEXT, (entity(8, 23),) * 1500, (), ())
    exporter = EXPORTERS.get("jsonl")
    pieces = list(exporter.render(many, Shape()))
    assert len(pieces) > 4
    assert json.loads("".join(pieces)) == result_output(many)


def test_json_is_an_array_of_all_objects_and_failures():
    exporter = EXPORTERS.get("json")
    parts = [render("json"), render("json", EMPTY), exporter.render_failure(FAILURE)]
    whole = json.loads(exporter.head + exporter.between.join(parts) + exporter.tail)
    assert [row["id"] for row in whole] == ["a\x1b.txt", "empty", "f"]
    assert json.loads(exporter.head + exporter.tail) == []


def test_offsets_are_written_in_the_unit_of_the_shape():
    shape = Shape(unit="bytes", convert=lambda offset: offset + 100)
    row = json.loads(render("jsonl", shape=shape))
    assert row["offsets"] == "bytes"
    assert row["entities"][0]["start"] == 108
    assert row["records"][0]["name"]["start"] == 108


def test_csv_reads_back_and_neutralises():
    exporter = EXPORTERS.get("csv")
    rows = list(
        csv.DictReader(io.StringIO(exporter.head + render("csv", shape=Shape(review=True))))
    )
    assert rows[0]["id"] == "a\\x1b.txt"
    assert rows[2]["value"] == "'=cmd"
    assert rows[2]["text"].startswith("'=cmd\\u202e")
    assert (rows[0]["start"], rows[0]["end"]) == ("8", "23")


def test_text_marks_each_place_once():
    assert render("text") == "see \\x1b[2J[[DOMAIN www.example.com]] and =cmd\\u202e\n"
    assert render("text", EMPTY) == ""


def test_a_table_names_the_document_and_aligns_its_columns():
    lines = render("table", shape=Shape(review=True)).splitlines()
    assert lines[0] == "a\\x1b.txt (prose): 3 entities"
    assert lines[1].split()[0] == "LABEL"
    assert "review" in lines[4]
