"""The commands from end to end on a small corpus with random models."""

import csv
import json

import pytest

from decloak.corpus.sample import Label, Sample, to_line
from decloak.evaluation.__main__ import main
from decloak.evaluation.tagger.conditions import conditions

LINE = "www{0}.example.com runs OpenSSH 8.{0} for Example Networks Inc.\n"


def sample(number, source, split):
    text, entities = LINE.format(number), []
    for surface, label in (
        (f"www{number}.example.com", "DOMAIN"), ("OpenSSH", "SOFTWARE"),
        (f"8.{number}", "VERSION"), ("Example Networks Inc.", "ORGANIZATION"),
    ):  # fmt: skip
        at = text.index(surface)
        entities.append(Label(at, at + len(surface), label, surface, "test"))
    name = f"{source}-{split}-{number:03}"
    return Sample(name, text, source, name, tuple(entities), "report", split)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    file = tmp_path_factory.mktemp("corpus") / "corpus.jsonl"
    rows = [
        sample(number, source, split)
        for split in ("validation", "test") for source in ("report", "nmap") for number in range(8)
    ]  # fmt: skip
    file.write_text("".join(map(to_line, rows)), "utf-8")
    return file


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    rows = [
        {
            "id": f"a/{i}", "source": "nmap", "text": f"OpenSSH 8.{i} here", "group": "g",
            "exhaustive": ["SOFTWARE"],
            "gold": {"entities": [{"start": 0, "end": 7, "label": "SOFTWARE", "text": "OpenSSH"}]},
        }
        for i in range(4)
    ]  # fmt: skip
    (folder / "nmap.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return folder


@pytest.fixture(scope="module")
def models(tmp_path_factory, tiny_model, model_maker):
    return tiny_model, model_maker(tmp_path_factory.mktemp("models") / "robust", seed=5)


def test_all_tables_of_the_tagger(corpus, data, models, tmp_path):
    page, sheet, cache = tmp_path / "page.md", tmp_path / "all.csv", tmp_path / "answers.jsonl"
    page.write_text("# Tagger\n\nWords of people.\n")
    arguments = [
        "tagger", "--corpus", str(corpus), "--data", str(data), "--baseline", str(models[0]),
        "--robust", str(models[1]), "--documents", "2", "--clean", "6", "--jobs", "1",
        "--csv", str(sheet), "--cache", str(cache), "--into", str(page),
    ]  # fmt: skip
    assert main(arguments) == 0
    text = page.read_text()
    assert text.startswith("# Tagger\n\nWords of people.\n")
    assert str(tmp_path) not in text
    for title in ("Micro precision", "Robust minus baseline", "per disguise, exact", "disguise alone",
                  "per source", "Per label, clean", "Per label, unseen", "Documents by others"):  # fmt: skip
        assert title in text
    for each in conditions():
        assert f"| {each.name} |" in text
    systems = {"baseline", "baseline + decode", "robust", "robust + decode", "full pipeline",
               "pipeline without model"}  # fmt: skip
    with sheet.open(encoding="utf-8", newline="") as rows:
        read = list(csv.DictReader(rows))
    assert {row["system"] for row in read} == systems
    micro = [row for row in read if row["label"] == "micro" and row["disguise"] == "clean"]
    assert [row["entities"] for row in micro] == ["24"] * 6
    before = cache.read_bytes()
    assert main(arguments) == 0
    assert cache.read_bytes() == before
    assert page.read_text() == text


def test_calibration_with_its_picture(corpus, models, tmp_path, capsys):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    picture, sheet = tmp_path / "out" / "reliability.png", tmp_path / "out" / "bins.csv"
    assert main([
        "calibration", "--corpus", str(corpus), "--robust", str(models[1]), "--documents", "3",
        "--clean", "4", "--jobs", "1", "--png", str(picture), "--csv", str(sheet),
    ]) == 0  # fmt: skip
    shown = capsys.readouterr().out
    assert "| validation, clean | model, temperature 1 |" in shown
    assert "| test, unseen disguises | full pipeline |" in shown
    assert picture.read_bytes().startswith(b"\x89PNG")
    with sheet.open(encoding="utf-8", newline="") as rows:
        read = list(csv.DictReader(rows))
    assert {row["bins"] for row in read} == {"equal width", "equal mass"}
    assert all(0 <= float(row["right"]) <= 1 for row in read)


def test_what_is_missing_is_named(tmp_path, capsys):
    assert main(["tagger", "--data", str(tmp_path / "nowhere")]) == 2
    assert "--corpus" in capsys.readouterr().err
    assert main(["calibration", "--corpus", str(tmp_path)]) == 2
    assert "--robust" in capsys.readouterr().err
    assert main(["tagger", "--corpus", str(tmp_path)]) == 2
    assert "decloak corpus build" in capsys.readouterr().err
    assert main(["tagger", "--corpus", str(tmp_path), "--robust", str(tmp_path / "gone")]) != 0
    capsys.readouterr()
