"""The measurements of language models, on a model whose every word is known."""

from __future__ import annotations

import json
import re

import pytest

from decloak.evaluation.__main__ import main
from decloak.evaluation.llm import grounding, narratives
from decloak.evaluation.llm.sample import Sample, draw, short_name
from decloak.evaluation.score import Gold

TEXT = "Nmap scan report for example.com (192.0.2.10)\nHost is up.\n22/tcp open ssh\n53/tcp closed domain\n"
VALUES = [
    ("DOMAIN", "example.com"), ("IP_ADDRESS", "192.0.2.10"), ("STATUS", "up"), ("PORT", "22"),
    ("PROTOCOL", "tcp"), ("STATE", "open"), ("SERVICE", "ssh"), ("PORT", "53"), ("STATE", "closed"),
    ("SERVICE", "domain"),
]  # fmt: skip
GOLD = tuple(
    Gold(TEXT.index(value), TEXT.index(value) + len(value), label, value) for label, value in VALUES
)
FIRST = "The host example.com is 192.0.2.10; it is up. Port 22/tcp is open and runs ssh."
LAST = "Port 53/tcp is closed; its service is domain."
SAMPLE = Sample("one", "nmap", TEXT, GOLD)


@pytest.fixture
def uri(tmp_path):
    listed = {"entities": [{"label": "PORT", "text": "22"}, {"label": "PORT", "text": "99"}]}
    lines = [
        {"say": LAST, "when": "leaves out"},
        {"say": listed, "when": "Read the tool output", "again": True},
        {"say": {"entities": []}, "when": "List every", "again": True},
        {"say": FIRST, "again": True},
    ]
    path = tmp_path / "script.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return f"scripted:{path}"


def test_what_is_left_out_found_and_made_up_is_counted(uri, tmp_path):
    records = tmp_path / "records.jsonl"
    said = []
    [row] = narratives.measure([SAMPLE], uri, records, said.append, critique=False, samples=0)
    assert row.values == 10
    assert row.omitted == (3, 0, 0)  # the port 53, its state and its service; "tcp" was named
    assert row.rounds == 2
    assert row.counts["monolithic"] == (1, 1, 9)
    assert row.ungrounded == 1
    assert row.counts["full pipeline"] == row.counts["without a model"] == (10, 0, 0)
    assert len(said) == 1
    [again] = narratives.measure([SAMPLE], uri, records, said.append)
    assert again == row
    assert len(said) == 1, "what was measured is not measured again"
    omissions, systems, cost = narratives.tables([row])
    assert omissions.rows[0][3:7] == (10, "30.0 %", "0.0 %", "0.0 %")
    assert len(systems.rows) == 2 * len(narratives.SYSTEMS)
    assert cost.rows[0][3:5] == ("3.0", row.prompt_tokens)  # two for the report, one for the list
    assert cost.rows[0][6:8] == (0, 1)


def test_more_documents_keep_the_ones_drawn_before():
    few, many = (draw([narratives_slice()], count, 600, 5) for count in (1, 3))
    assert [each.id for each in few] == [each.id for each in many[:5]]
    assert len({each.source for each in few}) == 5


def narratives_slice():
    from pathlib import Path

    return Path(__file__).parents[3] / "data" / "slice" / "slice.jsonl"


def test_the_page_names_the_command_and_no_place_of_this_machine(tmp_path, monkeypatch):
    monkeypatch.chdir(narratives_slice().parents[2])
    page = tmp_path / "page.md"
    code = main(["hostile", "--count", "1", "--records", str(tmp_path / "r"), "--into", str(page)])
    text = page.read_text("utf-8")
    assert code == 0
    assert "python -m decloak.evaluation hostile --count 1\n" in text
    assert re.search(r"\| obedient:claims \| 1 \| 0\.0 % \| 0\.0 % \| 0\.0 % \|", text)
    assert str(tmp_path) not in text
    assert short_name("gguf:/a/b/c.gguf") == "gguf:c.gguf"


def test_a_missing_folder_is_said(capsys):
    assert main(["hostile", "--cases", "/nowhere"]) == 2
    assert "no hostile cases" in capsys.readouterr().err


def test_what_a_report_has_beyond_the_text_is_counted_as_said_and_as_told(tmp_path):
    example = "Port 25/tcp is open and runs the service smtp; the software is Postfix smtpd."
    report = f"{FIRST} It is ssh (Secure Shell). {example} It ends with DATA-0123456789abcdef."
    path = tmp_path / "script.jsonl"
    path.write_text(json.dumps({"say": report, "again": True}) + "\n")
    records, said = tmp_path / "records.jsonl", []
    given = {"critique": False, "samples": 0, "rounds": 1}
    [row] = grounding.measure([SAMPLE], f"scripted:{path}", records, said.append, **given)
    assert row.sentences == 5
    assert [each for each, _ in row.removed] == [example, "It ends with DATA-0123456789abcdef."]
    assert row.said_echoes == (example, "It ends with DATA-0123456789abcdef.")
    assert "number 25" in row.said
    assert any("Postfix" in each for each in row.said)
    assert (row.told, row.told_echoes, row.added) == ((), (), 1)
    assert list(grounding.measure([SAMPLE], row.model, records, said.append)) == [row]
    assert len(said) == 1
    [table] = grounding.tables([row])
    assert table.rows[-1][2:5] == (1, 5, 2)
