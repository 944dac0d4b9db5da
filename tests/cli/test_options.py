"""The options of commands: few are listed, all are reached, old spellings still work."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from decloak.cli.app import app
from decloak.cli.lazy import COMMANDS, LazyCommand
from decloak.options import leaves, options_page, options_schema

DOCS = Path(__file__).parents[2] / "docs"
TEXT = "Beacons to http://a.example.com/x from 192[.]0[.]2[.]1\n"


@pytest.fixture
def run(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("DECLOAK_") and name != "DECLOAK_REQUIRE_TOOLS":
            monkeypatch.delenv(name)
    return lambda *arguments, **more: CliRunner().invoke(app, list(arguments), **more)


def test_the_help_of_extract_fits_a_screen(run):
    shown = run("extract", "--help", env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"}).stdout
    assert len(shown.splitlines()) <= 45
    assert 8 <= len(re.findall(r"(?m)^│ (?:\* )?--\w", shown)) <= 14


def test_the_list_of_commands_says_what_the_commands_say_themselves():
    root = get_command(app)
    for name, place in COMMANDS.items():
        loaded = LazyCommand(name, place).loaded()
        said = " ".join(loaded.help.split("\n\n")[0].split())
        assert said.startswith(place.help.rstrip(".")), name
        assert name in root.commands


def test_the_page_of_options_is_what_the_options_are(run):
    assert (DOCS / "options.md").read_text("utf-8") == options_page()
    assert run("options", "--format", "markdown").stdout == options_page()
    assert json.loads(run("options", "--format", "schema").stdout) == options_schema()
    listed = run("options").stdout
    assert all(leaf.key in listed for leaf in leaves())


def entities(made):
    assert made.exit_code == 0, made.output
    return [each for line in made.stdout.splitlines() for each in json.loads(line)["entities"]]


def test_one_option_in_all_its_places(run, tmp_path):
    (tmp_path / "my.toml").write_text("[output]\nlabels = ['URL']\n")
    file = ("extract", "a.txt", "--config", "my.toml")
    assert [each["label"] for each in entities(run(*file))] == ["URL"]
    assert [
        each["label"]
        for each in entities(run("extract", "a.txt", env={"DECLOAK_CONFIG": "my.toml"}))
    ] == ["URL"]
    named = {"DECLOAK_OUTPUT_LABELS": "IP_ADDRESS"}
    assert [each["label"] for each in entities(run(*file, env=named))] == ["IP_ADDRESS"]
    for option in (("--set", "output.labels=domain"), ("--labels", "DOMAIN")):
        found = entities(run(*file, *option, "--nested", env=named))
        assert [each["label"] for each in found] == ["DOMAIN"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("--strategy", "off"), "--set decode.strategy=off"),
        (("--decode-model",), "--set decode.neural=true"),
        (("--llm-rounds", "2"), "--set llm.rounds=2"),
        (("--llm-price", "1", "2"), "--set llm.price=1,2"),
        (("--trace",), "--set llm.trace=true"),
    ],
    ids=str,
)
def test_an_old_spelling_works_with_a_hint(run, old, new):
    made = run("extract", "a.txt", *old)
    assert made.exit_code == 0, made.output
    assert (
        made.stderr
        == f"decloak: {old[0]} is {new} now; the old spelling goes in the next version\n"
    )
    assert made.stdout == run("extract", "a.txt", *new.split()).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--set", "llm.rounds"), "it looks like --set KEY=VALUE"),
        (("--set", "llm.ruonds=2"), "did you mean llm.rounds"),
        (
            ("--set", "llm.rounds=40"),
            "--set llm.rounds: '40' is not allowed; allowed: a whole number from 1 to 10",
        ),
        (("--llm-rounds", "40"), "--llm-rounds: '40' is not allowed"),
        (("--format", "yaml"), "--format: 'yaml' is not allowed; allowed: one of table, jsonl"),
        (("--config", "missing.toml"), "missing.toml: no such file"),
    ],
    ids=str,
)
def test_a_wrong_option_is_one_line_and_exit_code_2(run, arguments, said):
    made = run("extract", "a.txt", *arguments)
    assert made.exit_code == 2
    assert made.stdout == ""
    assert said in made.stderr.splitlines()[-1]


def test_the_manual_page_is_what_the_commands_are():
    from decloak.cli.man import page

    made = (DOCS.parent / "man" / "decloak.1").read_text("utf-8")
    assert made == page(), "run scripts/generated"
    assert made.count("\n.SS ") >= len(COMMANDS)


def test_messages_are_objects_when_asked_and_details_only_then(run, tmp_path):
    (tmp_path / "bad").write_bytes(b"192.0.2.1 \xff\n")
    for asked in (
        ("--log-format", "json", "-v", "extract"),
        ("extract", "--log-format", "json", "-v"),
    ):
        made = run(*asked, "bad", "missing", "--labels", "URL")
        objects = [json.loads(line) for line in made.stderr.splitlines()]
        assert {each["level"] for each in objects} == {"error", "warning", "info"}
        assert all(each.keys() == {"time", "level", "document", "message"} for each in objects)
        assert {"bad", "missing"} <= {each["document"] for each in objects}
        assert "option output.labels from --labels" in {each["message"] for each in objects}
    assert (
        json.loads(run("--log-format", "json", "extract", "--set", "x").stderr)["level"] == "error"
    )
    assert run("extract", "a.txt").stderr == ""
