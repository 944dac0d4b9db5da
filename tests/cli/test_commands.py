from __future__ import annotations

import csv
import gzip
import json

import pytest
from typer.testing import CliRunner

from decloak import __version__
from decloak.cli.app import app
from decloak.cli.documents import EditForm
from decloak.core import native
from decloak.core.labels import LABELS
from decloak.decode.run import STRATEGIES
from decloak.export import EXPORTERS, UNITS, Shape
from decloak.export.schema import output_schema
from decloak.options import Format, OffsetUnit, Strategy

runner = CliRunner()


def run(*arguments: str, **more):
    return runner.invoke(app, list(arguments), **more)


def rows(result) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.txt").write_text("The attack came from 192.0.2.1, they say.\n")
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"mail abuse@example.com\n"))
    (tmp_path / "c.jsonl").write_text('{"id": "row", "text": "192.0.2.3"}\n{"text": "192.0.2.4"}\n')
    return tmp_path


def test_options_are_the_names_the_rest_of_decloak_knows():
    assert set(Format.__args__) == set(EXPORTERS.names())
    assert OffsetUnit.__args__ == UNITS
    assert STRATEGIES.keys() == set(Strategy.__args__) - {"off"}
    assert {form.value for form in EditForm} == {"text", "jsonl"}


def test_the_tagger_takes_a_budget_and_no_other_word(folder):
    assert run("extract", str(folder / "a.txt"), "--tagger", "auto:10x").exit_code == 0
    refused = run("extract", str(folder / "a.txt"), "--tagger", "sometimes")
    assert refused.exit_code == 2
    assert "auto:10x" in refused.stderr


def test_a_folder_gives_a_line_per_document_in_order(folder):
    result = run("extract", str(folder))
    assert result.exit_code == 0
    assert [row["id"] for row in rows(result)] == [
        str(folder / "a.txt"), str(folder / "b.gz"), "row", f"{folder / 'c.jsonl'}:2",
    ]  # fmt: skip
    assert [row["entities"][0]["value"] for row in rows(result)] == [
        "192.0.2.1", "abuse@example.com", "192.0.2.3", "192.0.2.4",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["jsonl", "json", "csv", "text", "table"])
def test_two_jobs_write_what_one_job_writes(folder, name):
    for number in range(40):
        (folder / f"more{number:02}").write_text(f"go to 198.51.100.{number} \u202e\n")
    (folder / "zz").write_bytes(b"\x7fELF\0\0")
    one, two = (run("extract", str(folder), "-f", name, "-j", jobs) for jobs in "12")
    assert one.exit_code == two.exit_code == 3
    assert one.stdout == two.stdout
    assert one.stderr == two.stderr


def test_partial_failure_names_every_file_and_goes_on(folder):
    (folder / "bin").write_bytes(b"\x89PNG\r\n\x1a\n")
    result = run("extract", str(folder), str(folder / "missing"))
    assert result.exit_code == 3
    assert f"decloak: {folder / 'bin'}: it is a PNG image" in result.stderr
    assert f"decloak: {folder / 'missing'}: no such file" in result.stderr
    errors = [row for row in rows(result) if "error" in row]
    assert [row["error"]["type"] for row in errors] == ["BinaryError", "UnreadableError"]
    assert len(rows(result)) == 6


def test_nothing_to_read_is_an_error(tmp_path):
    assert run("extract", str(tmp_path / "missing")).exit_code == 2
    empty = run("extract", str(tmp_path))
    assert empty.exit_code == 2
    assert "no file to read" in empty.stderr


def test_standard_input_is_read_without_a_path():
    for arguments in (("extract",), ("extract", "-")):
        result = run(*arguments, input="192.0.2.1")
        assert rows(result)[0]["id"] == "-"
        assert rows(result)[0]["entities"][0]["text"] == "192.0.2.1"


def test_labels_are_checked_and_suggested(folder):
    result = run("extract", str(folder), "--labels", "mac-address, email")
    assert result.exit_code == 0
    assert {entity["label"] for row in rows(result) for entity in row["entities"]} == {"EMAIL"}
    wrong = run("extract", str(folder), "--labels", "IP_ADRESS")
    assert wrong.exit_code == 2
    assert (
        wrong.stderr
        == "decloak: --labels: unknown label 'IP_ADRESS'; did you mean IP_ADDRESS or MAC_ADDRESS?\n"
    )
    assert run("extract", str(folder), "--labels", ",").exit_code == 2


def test_sources_are_checked_and_suggested(folder):
    wrong = run("extract", str(folder), "--source", "nmpa")
    assert wrong.exit_code == 2
    assert "did you mean nmap" in wrong.stderr
    forced = run("extract", str(folder / "a.txt"), "--source", "NMAP")
    assert rows(forced)[0]["source"] == "nmap"


def test_an_unknown_source_of_a_row_is_a_warning(tmp_path):
    path = tmp_path / "rows"
    path.write_text('{"text": "192.0.2.1", "source": "a mailing list"}\n')
    [row] = rows(run("extract", str(path)))
    assert row["entities"]
    assert "a mailing list" in row["warnings"][0]


def test_offsets_are_exact_in_bytes_of_a_broken_file(tmp_path):
    path = tmp_path / "latin1"
    data = (
        b"\xef\xbb\xbfcaf\xe9 \xe2\x82 \xf0\x9f\x98\x80 The attack came from 192.0.2.1, they say.\n"
    )
    path.write_bytes(data)
    [row] = rows(run("extract", str(path), "--offsets", "bytes"))
    [entity] = [each for each in row["entities"] if each["label"] == "IP_ADDRESS"]
    assert data[entity["start"] : entity["end"]] == b"192.0.2.1"
    assert row["offsets"] == "bytes"
    [row] = rows(run("extract", str(path), "--offsets", "utf16"))
    utf16 = data[3:].decode("utf-8", "replace").encode("utf-16-le")
    [entity] = [each for each in row["entities"] if each["label"] == "IP_ADDRESS"]
    assert utf16[2 * entity["start"] : 2 * entity["end"]].decode("utf-16-le") == "192.0.2.1"


def test_output_is_written_whole_or_not_at_all(folder):
    out = folder / "out.csv"
    out.write_text("old")
    out.chmod(0o640)
    assert run("extract", str(folder), "-f", "csv", "-o", str(out)).exit_code == 0
    assert next(csv.DictReader(out.read_text().splitlines()))["value"] == "192.0.2.1"
    assert "out.csv" not in out.read_text()
    assert out.stat().st_mode & 0o777 == 0o640
    out.write_text("old")
    assert run("extract", str(folder), "-o", str(out), "--labels", "NONSENSE").exit_code == 2
    assert out.read_text() == "old"
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "b.gz", "c.jsonl", "out.csv"]
    wrong = run("extract", str(folder), "-o", str(folder / "no" / "where"))
    assert wrong.exit_code == 2
    assert "choose another --output" in wrong.stderr


def test_quiet_keeps_errors_and_drops_warnings(tmp_path):
    (tmp_path / "a").write_bytes(b"caf\xe9 192.0.2.1")
    assert "invalid UTF-8" in run("extract", str(tmp_path / "a")).stderr
    assert run("extract", "-q", str(tmp_path / "a")).stderr == ""
    assert "no such file" in run("extract", "-q", str(tmp_path / "b")).stderr


def test_file_names_and_texts_of_an_attacker_are_shown_as_escapes(tmp_path):
    path = tmp_path / "evil\x1b[2J\u202e.txt"
    path.write_text("host \x1b]0;owned\x07 192.0.2.1 \u202e")
    for name in ("jsonl", "json", "csv", "text", "table"):
        result = run("extract", str(path), str(path) + "missing", "-f", name)
        for text in (result.stdout, result.stderr):
            assert "\x1b" not in text
            assert "\x07" not in text
            assert "\u202e" not in text


def test_decode_shows_place_reason_before_and_after(tmp_path):
    path = tmp_path / "a"
    path.write_text("first\nsee exam\u200bple.com and\r\n\u200bmore")
    result = run("decode", str(path))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == f"{path}: 2 edits"
    assert lines[1].startswith(f'{path}:2:9: zero_width (invisible, 1.00): "\\u200b" -> ""')
    assert lines[2].startswith(f"{path}:3:1: ")
    [row] = rows(run("decode", str(path), "-f", "jsonl"))
    assert [(edit["line"], edit["column"]) for edit in row["edits"]] == [(2, 9), (3, 1)]
    assert "\u200b" not in row["text"]
    assert rows(run("decode", str(path), "-f", "jsonl", "--strategy", "off"))[0]["edits"] == []
    partial = run("decode", str(path), str(tmp_path / "missing"), "-f", "jsonl")
    assert partial.exit_code == 3
    assert rows(partial)[1]["error"]["type"] == "UnreadableError"
    assert run("decode", str(tmp_path / "missing")).exit_code == 2


def test_decode_tells_the_names_that_it_keeps(tmp_path):
    path = tmp_path / "a"
    path.write_text("see exam\u200bple.com\nRegistrar: Linde plc\n")
    assert run("decode", str(path)).stdout.endswith('kept: "Linde" resembles "Linode" (delete)\n')
    [row] = rows(run("decode", str(path), "-f", "jsonl"))
    assert row["likenesses"] == [
        {"start": 28, "end": 33, "text": "Linde", "resembles": "Linode", "family": "delete"}
    ]
    assert "Linde plc" in row["text"]


def test_listings():
    labels = run("labels").stdout
    assert all(name in labels for name in LABELS)
    assert "nmap" in run("sources").stdout
    assert json.loads(run("schema").stdout) == output_schema()
    assert run("--version").stdout == f"decloak {__version__} ({native.name()})\n"


def test_help_says_what_the_exit_codes_mean():
    for arguments in (["--help"], ["extract", "--help"], ["decode", "--help"]):
        text = " ".join(run(*arguments).stdout.split())
        assert "Exit codes" in text


def test_a_bug_in_one_document_costs_only_that_document(folder, monkeypatch):
    from decloak.pipeline import Pipeline

    real = Pipeline.run

    def fails(self, document):
        if document.id == "row":
            raise IndexError(document.id)
        return real(self, document)

    monkeypatch.setattr(Pipeline, "run", fails)
    result = run("extract", str(folder))
    assert result.exit_code == 3
    assert rows(result)[2]["error"]["type"] == "InternalError"
    assert run("extract", str(folder / "c.jsonl"), "--labels", "IP_ADDRESS").exit_code == 3


def test_colours_only_come_from_decloak():
    from decloak.api import extract
    from decloak.cli.render import renderer
    from decloak.cli.work import Task
    from decloak.options import Settings

    result = extract("host \x1b[2J 192.0.2.1 [red]mail[/] abuse@example.com")
    for form in ("text", "table"):
        task = Task(Settings(), form, colour=True)
        shown = "".join(renderer(task).render(result, Shape()))
        assert "\x1b[2J" not in shown
        assert "192.0.2.1" in shown
        assert "\x1b[" in shown
