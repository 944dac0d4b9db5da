from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

TEXT = "The group known as Example Panda uses Examplebot 1.2 from 192.0.2.1.\n"


def test_info_says_what_a_model_is(decloak, tiny_model: Path) -> None:
    done = decloak("model", "info", "--model", str(tiny_model), "--format", "json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {"name", "encoder", "labels", "sha256", "size_bytes", "ece", "trained_on", "f1"} <= (
        told.keys()
    )
    assert told["name"] == "tiny"
    text = decloak("model", "info", "--model", str(tiny_model)).stdout.decode()
    assert told["sha256"] in text


def test_benchmark_reads_the_files_it_is_given(decloak, tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text(TEXT * 20)
    done = decloak(
        "model", "benchmark", "report.txt", "--model", str(tiny_model),
        "--seconds", "0.1", "--threads", "1", "-f", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["threads"] == 1
    assert told["characters_read"] == len(TEXT) * 20
    assert told["pieces_per_second"] > 0
    missing = decloak("model", "benchmark", "nowhere.txt", "--model", str(tiny_model))
    assert missing.returncode == 2
    assert b"nowhere.txt cannot be read" in missing.stderr


@pytest.mark.parametrize("command", [["model", "info"], ["extract", "-"]])
def test_a_damaged_model_is_an_error_that_names_the_file(
    decloak, tiny_model: Path, tmp_path: Path, command: list[str]
) -> None:
    broken = Path(shutil.copytree(tiny_model, tmp_path / "broken"))
    with (broken / "model.onnx").open("ab") as graph:
        graph.write(b"x")
    done = decloak(*command, "--model", str(broken), input=TEXT.encode())
    assert done.returncode == 2
    assert b"model.onnx is truncated or another file" in done.stderr
    assert done.stdout == b""
    assert b"Traceback" not in done.stderr


def test_extract_with_a_model_in_one_process_and_in_two(
    decloak, tiny_model: Path, tmp_path: Path
) -> None:
    for number in range(4):
        (tmp_path / f"{number}.txt").write_text(f"{TEXT}Report {number}\n" * 5)
    files = [f"{number}.txt" for number in range(4)]
    options = ["--tagger", "always", "--model", str(tiny_model), "--format", "jsonl", "--review"]
    one = decloak("extract", *files, *options)
    two = decloak("extract", *files, *options, "--jobs", "2")
    assert one.returncode == two.returncode == 0, two.stderr
    assert one.stdout == two.stdout
    assert b'"tagger"' in one.stdout
    off = decloak("extract", *files, "--tagger", "off", "--format", "jsonl", "--review")
    assert b'"tagger"' not in off.stdout
