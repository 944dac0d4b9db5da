"""Frozen texts: the ones in the repository are what the command makes, and damage is found."""

import shutil

import pytest
from typer.testing import CliRunner

from decloak.cli.reproduce import app
from decloak.core.labels import CORE_LABELS
from decloak.corpus.parquet import read_parquet
from decloak.evaluation.reproduce.frozen import SUMS, checked


@pytest.fixture(scope="module")
def shipped(request):
    return request.config.rootpath / "data" / "frozen"


def test_the_command_makes_the_same_texts_again(shipped, tmp_path, request):
    corpus = request.config.rootpath / "data" / "slice" / "slice.jsonl"
    done = CliRunner().invoke(
        app, ["--freeze", str(tmp_path), "--corpus", str(corpus)], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    assert (tmp_path / SUMS).read_text("utf-8") == (shipped / SUMS).read_text("utf-8"), (
        "the disguises draw other texts now: decloak reproduce --freeze data/frozen"
    )


def test_the_texts_hold_the_six_classes_where_they_say(shipped):
    assert checked(shipped) == []
    for path in shipped.glob("*.parquet"):
        samples = list(read_parquet(path))
        assert len(samples) > 10
        for sample in samples:
            assert not sample.problems()
            assert {each.label for each in sample.entities} <= set(CORE_LABELS)
        hidden = [
            each for sample in samples for each in sample.entities if each.provenance == "disguised"
        ]
        assert bool(hidden) == (path.stem != "clean")


def test_damage_is_found(shipped, tmp_path):
    for path in shipped.iterdir():
        shutil.copy(path, tmp_path)
    (tmp_path / "clean.parquet").write_bytes((tmp_path / "unseen.parquet").read_bytes())
    (tmp_path / "experiment_1.parquet").unlink()
    assert checked(tmp_path) == ["clean.parquet", "experiment_1.parquet"]
