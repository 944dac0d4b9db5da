"""The command line with a scripted model: what is printed, what is said, what a fault costs."""

from __future__ import annotations

import json

import jsonschema
import pytest
from typer.testing import CliRunner

from decloak.cli.app import app
from decloak.core import errors
from decloak.core.document import Document
from decloak.core.errors import ModelError
from decloak.core.serialise import dump, load, result_output
from decloak.export.schema import output_schema
from decloak.llm import Line, Scripted
from decloak.options import Settings
from decloak.pipeline import Pipeline

SCAN = "Nmap scan report for example.com (192.0.2.10)\n22/tcp open ssh OpenSSH 8.4p1\n53/tcp closed domain\n"
FIRST = "The host example.com is 192.0.2.10. Port 22/tcp is open and runs ssh; it is OpenSSH 8.4p1."
LAST = "Port 53/tcp is closed; its service is domain."
runner = CliRunner()


@pytest.fixture
def files(tmp_path):
    (tmp_path / "scan.txt").write_text(SCAN)
    lines = [
        {"say": LAST, "when": "leaves out", "again": True},
        {"say": {"missing": []}, "when": "Copy each missing value", "again": True},
        {
            "say": {"entities": [{"label": "PORT", "text": "99"}]},
            "when": "List every",
            "again": True,
        },
        {"say": FIRST, "again": True},
    ]
    (tmp_path / "script.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return tmp_path


def run(*arguments):
    return runner.invoke(app, [str(argument) for argument in arguments])


def test_the_trace_stands_beside_the_entities_and_validates(files):
    made = run(
        "extract", files / "scan.txt", "--llm", f"scripted:{files / 'script.jsonl'}", "--set", "llm.trace=true",
        "--review", "-f", "jsonl",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    row = json.loads(made.stdout)
    jsonschema.Draft202012Validator(output_schema()).validate(row)
    first, second = row["identification"]["rounds"]
    assert first["omissions"] == ["Port 53/tcp has the state closed and the service domain."]
    assert second["narrative"] == f"{FIRST}\n{LAST}"
    assert row["ungrounded"] == [
        {"label": "PORT", "text": "99", "origin": "llm.structured", "reason": "ungrounded"}
    ]
    assert "requests" in made.stderr


def test_formats_without_the_key_say_on_standard_error_what_was_refused(files):
    made = run(
        "extract", files / "scan.txt", "--llm", f"scripted:{files / 'script.jsonl'}", "--review",
        "-f", "csv",
    )  # fmt: skip
    assert "ungrounded: PORT '99' (llm.structured) is not in the text" in made.stderr


def test_without_the_flags_the_output_has_no_new_keys(files):
    made = run("extract", files / "scan.txt", "--llm", f"scripted:{files / 'script.jsonl'}")
    assert set(json.loads(made.stdout)) == {
        "id", "source", "entities", "records", "warnings", "offsets",
    }  # fmt: skip


def test_identify_tells_with_a_model_without_one_and_shows_prompts(files):
    plain = run("identify", files / "scan.txt")
    assert "+ Port 53/tcp has the state closed and the service domain.\n" in plain.stdout
    told = run("identify", files / "scan.txt", "--llm", f"scripted:{files / 'script.jsonl'}")
    assert FIRST in told.stdout
    assert "\n+ " not in told.stdout
    shown = run("identify", files / "scan.txt", "--show-prompt", "-f", "jsonl")
    [prompt] = json.loads(shown.stdout)["prompts"]
    assert prompt["template"].startswith("nmap-host@")
    assert [each["role"] for each in prompt["messages"]] == ["system", "user", "assistant", "user"]
    assert SCAN.strip() in prompt["messages"][-1]["content"]


@pytest.mark.parametrize(
    "arguments",
    [("--llm", "nothing:x"), ("--llm", "openai:"), ("--llm", "scripted:/nowhere/x")],
)
def test_a_model_that_cannot_be_named_is_wrong_usage(files, arguments):
    made = run("extract", files / "scan.txt", *arguments)
    assert made.exit_code == 2
    assert made.stdout == ""


def test_several_processes_are_refused_with_a_model(files):
    made = run("extract", files / "scan.txt", "--llm", "gguf:x", "--jobs", "2")
    assert made.exit_code == 2
    assert "one process" in made.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("extract", "--set", "tagger.model=/nowhere"),
        ("extract", "--tagger", "always", "--set", "tagger.model=/nowhere"),
        ("extract", "--llm", "gguf:/nowhere/model.gguf"),
        ("identify", "--llm", "gguf:/nowhere/model.gguf"),
        ("model", "info", "--model", "/nowhere"),
    ],
)
def test_a_missing_model_file_is_told_before_anything_is_read(files, arguments):
    made = run(*arguments, *() if arguments[0] == "model" else (files / "scan.txt",))
    assert made.exit_code == 2
    assert made.stdout == ""
    assert made.stderr.count("\n") == 1
    assert "/nowhere" in made.stderr


def test_a_broken_model_file_costs_the_model_and_nothing_else(files, tmp_path):
    plain = json.loads(run("extract", files / "scan.txt").stdout)
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF\x03\0\0\0" + b"\xff" * 4096)
    made = run("extract", files / "scan.txt", "--llm", f"gguf:{broken}")
    assert made.exit_code == 0
    row = json.loads(made.stdout)
    assert row["entities"] == plain["entities"]
    assert "model file" in row["warnings"][0]
    assert "1 failed: model file" in made.stderr


def _told(entity):
    return entity.label, entity.start, entity.end, entity.text, entity.decoded, entity.value


FAULTS = [
    cls
    for cls in vars(errors).values()
    if isinstance(cls, type) and issubclass(cls, ModelError) and cls is not ModelError
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: each.__name__)
def test_every_fault_leaves_the_document_extracted_with_the_cause_named(fault):
    error = fault("told by the test")
    plain = Pipeline().run(Document("-", SCAN))
    model = Scripted(Line(error, again=True))
    pipeline = Pipeline(Settings(trace=True), model)
    for _ in range(3):
        result = pipeline.run(Document("-", SCAN))
        assert [_told(e) for e in result.entities] == [_told(e) for e in plain.entities]
        assert result.record_rows == plain.record_rows
        assert any(error.cause in warning for warning in result.warnings)
        assert result.identification["added"]
    # What the next document would run into as well is not tried again.
    assert len(model.asked) <= 6
    lasting = {"ModelAccessError", "ModelNameError", "ModelFileError", "ModelLimitError"}
    assert (len(model.asked) == 1) == (fault.__name__ in lasting)


def test_a_server_that_is_back_for_the_next_document_is_asked_again():
    model = Scripted(
        Line(errors.ModelReachError("gone")), Line(errors.ModelReachError("gone")),
        Line(f"{FIRST}\n{LAST}"), Line('{"missing": []}'),
    )  # fmt: skip
    pipeline = Pipeline(Settings(trace=True, llm_mode="narrative"), model)
    assert pipeline.run(Document("-", SCAN)).identification["rounds"] == []
    model.complete.__self__._left.pop(0)
    assert pipeline.run(Document("-", SCAN)).identification["rounds"][0]["omissions"] == []


def test_a_result_with_a_trace_survives_the_way_through_json():
    pipeline = Pipeline(Settings(trace=True, review=True), Scripted(Line("", again=True)))
    result = pipeline.run(Document("-", SCAN))
    assert load(json.loads(json.dumps(dump(result)))) == result
    assert result_output(result)["identification"] == result.identification
