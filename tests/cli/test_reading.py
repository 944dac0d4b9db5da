from __future__ import annotations

import io
import json
import os
import zipfile

import pytest
from typer.testing import CliRunner

from decloak.cli.app import app


@pytest.fixture
def folder(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(40):
            archive.writestr(f"{number}.log", f"seen 192.0.2.{number}\n")
    (tmp_path / "logs.zip").write_bytes(out.getvalue())
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("url = https://evil.example/x.git\n")
    (tmp_path / "rows.jsonl").write_text('{"message": "seen 192.0.2.99"}\n')
    (tmp_path / "old.log").write_bytes("caf\u00e9 192.0.2.98".encode("cp1252"))
    return tmp_path


@pytest.fixture
def run(monkeypatch):
    for name in os.environ:
        if name.startswith("DECLOAK_") and name != "DECLOAK_REQUIRE_TOOLS":
            monkeypatch.delenv(name)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_the_options_of_reading_on_the_command_line(run, folder):
    def ids(*arguments):
        done = run("extract", str(folder), "--tagger", "off", *arguments)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return [row["id"].removeprefix(f"{folder}/") for row in rows], done.stderr

    members = [f"logs.zip/{number}.log" for number in range(40)]
    found, said = ids("--field", "message", "--encoding", "cp1252")
    assert found == [*members, "old.log", "rows.jsonl:1"]
    assert "1 hidden file or folder was passed over; --hidden reads them" in said
    assert ids("--jobs", "2", "--field", "message", "--encoding", "cp1252")[0] == found
    found, said = ids(
        "--exclude", "*.zip", "--exclude", "rows*", "--hidden", "--encoding", "cp1252"
    )
    assert (found, said) == ([".git/config", "old.log"], "")
    assert "no reader 'pfd'" in ids("--reader", "pfd")[1]
    assert "no encoding" in ids("--encoding", "utf-7")[1]
    assert "a ZIP archive" in ids("--exclude", "*[gl]", "--reader", "text")[1]
