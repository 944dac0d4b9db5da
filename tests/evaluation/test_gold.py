"""Reading labelled documents."""

import json

import pytest

from decloak.core.errors import InputError, UnreadableError
from decloak.evaluation.gold import load

ROW = {
    "id": "made/1",
    "source": "dig",
    "text": "a 192.0.2.1\n",
    "gold": {
        "kind": "spans",
        "entities": [{"start": 2, "end": 11, "label": "IP_ADDRESS", "text": "192.0.2.1"}],
    },
    "exhaustive": ["IP_ADDRESS"],
    "ignore": [[0, 1]],
}


def test_a_row_becomes_a_document(tmp_path):
    (tmp_path / "dig.jsonl").write_text(json.dumps(ROW) + "\n")
    (document,) = load(tmp_path)
    assert document.entities[0].value == "192.0.2.1"
    assert document.collection == "made"
    assert document.exhaustive == {"IP_ADDRESS"}
    assert document.excuses(0, 5)
    assert not document.excuses(1, 5)


def test_other_sources_are_left_out(tmp_path):
    (tmp_path / "dig.jsonl").write_text(json.dumps(ROW) + "\n")
    assert list(load(tmp_path, sources=frozenset({"nmap"}))) == []


def test_an_offset_that_lies_is_refused(tmp_path):
    row = {**ROW, "text": "ab 192.0.2.1\n"}
    (tmp_path / "dig.jsonl").write_text(json.dumps(row) + "\n")
    with pytest.raises(InputError, match="made/1"):
        list(load(tmp_path))


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(UnreadableError, match="--data"):
        list(load(tmp_path))
