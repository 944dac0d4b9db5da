"""The pages for newcomers: every command and every program on them runs as it is written, in a plain copy."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from decloak.cli.app import app

ROOT = Path(__file__).parents[2]
RUN = (
    "README.md",
    "docs/quickstart.md",
    "docs/python.md",
    "docs/decode.md",
    "docs/tagger.md",
    "docs/output.md",
)
"""Pages whose commands all run here; those of others need a network, a corpus, a model or hours."""
FENCED = re.compile(r"(?ms)^```(bash|python)\n(.*?)^```\n(?:\nprints\n\n```\n(.*?)^```\n)?")
INDENTED = re.compile(r"(?m)^    (decloak .*)\n")
COMMENT = re.compile(r"\s+# .*")
CODE = re.compile(r"exits with (\d)")
PLACEHOLDERS = re.compile(r"\bDIR\b|report\.txt|gguf:")


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A copy of what a clone has that the pages name."""
    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "examples", folder / "examples")
    return folder


def commands(page: str) -> Iterator[str]:
    text = (ROOT / page).read_text("utf-8")
    for kind, block, _ in FENCED.findall(text):
        if kind == "bash":
            yield from (line for line in block.splitlines() if "decloak " in line)
    yield from INDENTED.findall(text)


def run(line: str, folder: Path) -> tuple[int, str]:
    """Run a line as a shell would; a plain command in this process, which has the model already."""
    command = COMMENT.sub("", line)
    if not re.search(r"[|;&<>$`]", command):
        with contextlib.chdir(folder):
            made = CliRunner().invoke(app, shlex.split(command)[1:])
        return made.exit_code, made.output
    (folder / "bin").mkdir(exist_ok=True)
    shim = folder / "bin" / "decloak"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m decloak "$@"\n')
    shim.chmod(0o755)
    environment = os.environ | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-ec", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("page", RUN)
def test_the_commands_of_a_page_run(page, copy):
    pytest.importorskip("pypdfium2")
    for line in commands(page):
        if PLACEHOLDERS.search(line):
            continue
        expected = int(found[1]) if (found := CODE.search(line)) else 0
        code, shown = run(line, copy)
        assert code == expected, f"{line}\n{shown[-2000:]}"


@pytest.mark.parametrize("page", ["README.md", "docs/quickstart.md", "docs/python.md"])
def test_the_programs_of_a_page_run_and_print_what_it_says(page, copy):
    names: dict[str, object] = {}
    for kind, block, printed in FENCED.findall((ROOT / page).read_text("utf-8")):
        if kind == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.chdir(copy):
                exec(block, names)
            if printed:
                assert out.getvalue() == printed


def test_what_one_holds_after_the_five_tasks(copy):
    for line in commands("README.md"):
        run(line, copy)
    rows = (copy / "report.csv").read_text("utf-8")
    assert "hxxps://update[.]example[.]org/a.php" in rows
    assert "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f" in rows
    [scan] = json.loads((copy / "scan.json").read_text("utf-8"))
    assert scan["records"][0]["hosts"][0]["ports"][0]["number"]["value"] == "22"
    _, changes = run("decloak diff scan.json examples/scan-later.txt", copy)
    assert "~ host 192.0.2.10 port 80/tcp: version 1.18.0 -> 1.20.1" in changes
    assert "+ host 192.0.2.10 port 8080/tcp" in changes
    _, mail = run("decloak extract examples/mailbox.mbox --unique --format table", copy)
    assert "portal.example.com and goes to update.example.org" in mail
    assert "http://198.51.100.23/help" in mail
    events = json.loads((copy / "feed.misp.json").read_text("utf-8"))["response"]
    values = {each["value"] for event in events for each in event["Event"]["Attribute"]}
    assert {"https://update.example.org/a.php", "203.0.113.7"} <= values


def test_no_page_for_newcomers_needs_what_a_clone_has_not():
    for page in [ROOT / "README.md", *ROOT.glob("docs/*.md")]:
        text = page.read_text("utf-8")
        assert "../shared" not in text, page
        assert "scanme" not in text, page
        assert "pip install decloak" not in text, page
        for name in re.findall(r"\bexamples/[\w.-]+\w", text):
            assert (ROOT / name).exists() or name == "examples/FILE", (page, name)
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (page.parent / link).exists(), (page, link)


def test_the_pages_use_the_words_of_the_field():
    for page in [ROOT / "README.md", *ROOT.glob("docs/*.md"), ROOT / "man" / "decloak.1"]:
        found = re.findall(
            r"(?i)(?<!`)\b(?:told|voices?|desk|held back)\b(?!`)", page.read_text("utf-8")
        )
        assert found == [], page
