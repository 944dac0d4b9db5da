"""Reproduce: measured once, kept, drawn; and two of its figures counted again by other means."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from decloak.cli.reproduce import app
from decloak.evaluation.reproduce.items.checklist import EXAMPLE
from decloak.evaluation.reproduce.items.registry import ITEMS

SIX = {"ORGANIZATION", "DOMAIN", "IP_ADDRESS", "SOFTWARE", "SERVICE", "VERSION"}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory, request):
    """Return a few clean documents of the slice: fewer than the budget takes, so that none is drawn."""
    rows = [
        json.loads(line)
        for line in (request.config.rootpath / "data/slice/slice.jsonl")
        .read_text("utf-8")
        .splitlines()
    ]
    tools = [
        row
        for row in rows
        if not row.get("perturbed") and row["source"] in {"nmap", "dig", "whois"}
    ]
    few = [row for row in tools if row["split"] == "test"][::4][:7]
    assert len({row["source"] for row in few}) == 3
    few += [row for row in tools if row["split"] == "validation"][:3]
    path = tmp_path_factory.mktemp("corpus") / "few.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in few), "utf-8")
    return path


def ran(corpus, out, *items):
    nowhere = corpus.parent / "none"
    words = [
        *items,
        "--corpus",
        str(corpus),
        "--data",
        str(nowhere),
        "--out",
        str(out),
        "--budget",
        "smoke",
    ]
    return CliRunner().invoke(app, words, catch_exceptions=False)


@pytest.fixture(scope="module")
def out(corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("out")
    done = ran(corpus, folder, "table1", "table2", "figure4", "table3", "prompting")
    assert done.exit_code == 0, done.output
    return folder


def rows_of_the_test_part(corpus):
    """Return the rows of the test part."""
    rows = [json.loads(line) for line in corpus.read_text("utf-8").splitlines()]
    return [row for row in rows if row["split"] == "test"]


def record(out, item):
    return json.loads((out / "records" / f"{item}.json").read_text("utf-8"))


def row_of(record, title, first):
    (table,) = [each for each in record["tables"] if each["title"].startswith(title)]
    (row,) = [each for each in table["rows"] if each[0] == first]
    return dict(zip(table["columns"], row, strict=True))


@pytest.fixture(scope="module")
def said(corpus):
    """Return what `decloak extract` prints about each text of the test part, and of the worked example."""
    path = corpus.with_name("texts.jsonl")
    texts = [row["text"] for row in rows_of_the_test_part(corpus)]
    path.write_text(
        "".join(json.dumps({"text": text}) + "\n" for text in (*texts, EXAMPLE)), "utf-8"
    )
    command = [sys.executable, "-m", "decloak", "extract", str(path), "--format", "jsonl"]
    done = subprocess.run(command, capture_output=True, check=True)
    return [json.loads(line)["entities"] for line in done.stdout.splitlines()]


def test_pages_have_their_pictures_and_what_was_not_run(out):
    page = (out / "README.md").read_text("utf-8")
    assert "![" in page
    for name in ("table1", "table2", "figure4", "table3", "prompting"):
        text = (out / f"{name}.md").read_text("utf-8")
        for picture in (part.partition(")")[0] for part in text.split("](")[1:]):
            if picture.endswith(".png"):
                assert (out / picture).read_bytes()[:4] == b"\x89PNG"
    assert "Not run" in (out / "prompting.md").read_text("utf-8")
    assert record(out, "table1")["run"]["machine"]
    assert record(out, "table1")["about"]["corpus"]


def test_what_was_measured_is_not_measured_again_until_something_changes(corpus, out):
    before = {path.name: path.read_bytes() for path in (out / "records").iterdir()}
    assert ran(corpus, out, "table3", "table1").exit_code == 0
    assert {path.name: path.read_bytes() for path in (out / "records").iterdir()} == before
    (out / "records" / "table3.json").write_text(
        '{"about": {"item"', "utf-8"
    )  # as a kill may leave it
    assert ran(corpus, out, "table3").exit_code == 0
    assert record(out, "table3")["measures"] == json.loads(before["table3.json"])["measures"]


def test_an_unknown_item_is_named(corpus, tmp_path):
    done = ran(corpus, tmp_path, "tabel1")
    assert done.exit_code == 2
    assert "table1" in done.output


def test_every_item_that_the_command_names_is_there():
    (text,) = [
        each for each in CliRunner().invoke(app, ["--help"], env={"COLUMNS": "400"}).output.splitlines()
        if "experiment1" in each
    ]  # fmt: skip
    assert all(name in text for name in ITEMS)


def test_the_full_pipelines_figures_are_counted_alike_by_hand(corpus, out, said):
    """Plain counting over what the command line prints: nothing of the scorer is used."""
    right = wrong = missed = 0
    for row, entities in zip(rows_of_the_test_part(corpus), said, strict=False):
        wanted = {(e["label"], e["value"].casefold()) for e in row["entities"] if e["label"] in SIX}
        found = {(e["label"], e["value"].casefold()) for e in entities if e["label"] in SIX}
        right += len(wanted & found)
        wrong += len(found - wanted)
        missed += len(wanted - found)
    assert right > 20
    told = row_of(record(out, "table1"), "Distinct values found, corpus", "full pipeline")
    assert (int(told["all"]), int(told["of"])) == (right, right + missed)
    told = row_of(record(out, "table2"), "All sources together", "full pipeline")
    assert told["precision"] == f"{right / (right + wrong):.3f}"
    assert told["recall"] == f"{right / (right + missed):.3f}"
    assert told["F1"] == f"{2 * right / (2 * right + wrong + missed):.3f}"


def test_the_worked_example_is_whole_by_hand(out, said):
    values = [each["value"] for each in said[-1]]
    for value in (
        *(
            "example.com",
            "192.0.2.10",
            "up",
            "0.21s",
            "22",
            "80",
            "443",
            "53",
            "open",
            "closed",
            "ssh",
            "http",
        ),
        *("ssl/https", "domain", "OpenSSH", "nginx", "8.4p1 Ubuntu 5", "1.18.0"),
    ):
        assert value in values
    assert not [value for value in values if value not in EXAMPLE]
    measures = record(out, "table3")["measures"]
    assert measures["items found"]["value"] == 1.0
    assert measures["items made up"]["value"] == 0.0


def test_what_draws_is_asked_for_before_anything_is_measured(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    said = CliRunner().invoke(app, ["table3", "--out", str(tmp_path / "out")])
    assert said.exit_code != 0
    assert not (tmp_path / "out").exists()
