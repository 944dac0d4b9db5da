"""Wrong usage is told without the controls that stand in it."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from decloak.cli.app import app

BAD = "a\x1b[31m\x1b]0;owned\x07\u202e\x9b1mb"


@pytest.mark.parametrize(
    "arguments",
    [
        ("extract", "--format", BAD),
        ("extract", f"--{BAD}"),
        (BAD,),
        (f"--{BAD}",),
        ("extract", BAD),
        ("extract", "--jobs", BAD),
        ("extract", "--llm-price", BAD, "1"),
        ("extract", "--llm", BAD),
        ("extract", "--model", BAD, "--tagger", "always"),
        ("extract", "--labels", BAD),
        ("identify", BAD),
        ("identify", "--llm", BAD),
        ("decode", "--strategy", BAD),
        ("model", BAD),
        ("acquire", "rdap", "--base", BAD, "example.com"),
        ("acquire", "nmap", "--profile", BAD, "192.0.2.1"),
        ("corpus", "build", "--seed", BAD),
        ("train", BAD),
    ],
    ids=str,
)
def test_no_control_of_a_command_line_reaches_the_terminal(arguments):
    made = CliRunner().invoke(app, list(arguments))
    assert made.exit_code not in {0, 1}, made.output
    assert made.output.strip()
    for char in "\x1b\x07\u202e\x9b":
        assert char not in made.output
