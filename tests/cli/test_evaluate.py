"""`decloak evaluate` end to end: a run of decloak beside predictions from a file, and the page of errors."""

import json

import pytest
from typer.testing import CliRunner

from decloak.cli.evaluate import app

ROWS = [
    {"id": "a", "text": "Seen: 198.51.100.7 and evil.example.org.", "entities": [[6, 18, "IP_ADDRESS"], [23, 39, "DOMAIN"]]},
    {"id": "b", "text": "Nothing here.", "entities": []},
]  # fmt: skip


@pytest.fixture
def gold(tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def called(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


def tables(output):
    return {
        each["title"]: each["rows"] for each in map(json.loads, filter(None, output.splitlines()))
    }


def test_decloak_beside_predictions_from_a_file(gold, tmp_path):
    said = tmp_path / "theirs.jsonl"
    said.write_text(
        json.dumps({"id": "a", "entities": [[6, 18, "ipv4"]]}) + '\n{"id": "b", "entities": []}\n'
    )
    page = tmp_path / "errors.html"
    done = called(gold, "-p", said, "-c", "mine=tagger.mode=off", "-f", "json", "--errors", page)
    assert done.exit_code == 0, done.output
    made = tables(done.stdout)
    exact = {row["system"]: row for row in made["Micro and macro"] if row["match"] == "exact"}
    assert (exact["theirs"]["recall"], exact["theirs"]["precision"]) == ("0.500", "1.000")
    assert exact["mine"]["F1"] == "1.000"
    assert "evil.example.org" in page.read_text()


def test_problems_are_named_and_strict_refuses_them(gold):
    gold.write_text(gold.read_text() + "broken\n")
    done = called(gold, "-c", "tagger.mode=off")
    assert done.exit_code == 3
    assert "gold.jsonl:3: no JSON" in done.stderr
    refused = called(gold, "-c", "tagger.mode=off", "--strict")
    assert refused.exit_code == 2
    assert "1 problems, and --strict" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-c", "tagger.modus=off"), "tagger.modus"),
        (("-c", "a=tagger.mode=off", "-c", "a=tagger.mode=always"), "two are called 'a'"),
        (("--map", "IP"), "KEY=VALUE is expected"),
        (("-p", "nowhere.jsonl"), "no such file"),
    ],
)
def test_what_is_wrong_with_the_command_line_is_said(gold, arguments, words):
    done = called(gold, *arguments)
    assert done.exit_code == 2
    assert words in done.stderr
