"""From a small harvest to a corpus, as a user does it."""

import json
import subprocess
import sys

import pytest

from decloak.corpus.parquet import read_corpus

pytestmark = [pytest.mark.tools, pytest.mark.slow]


def decloak(*arguments) -> str:
    command = [sys.executable, "-m", "decloak.cli", "corpus", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout


@pytest.fixture(scope="module")
def corpus(harvested, tmp_path_factory):
    out = tmp_path_factory.mktemp("corpus") / "made"
    said = decloak("build", harvested, out, "--samples", "1500", "--quiet")
    assert "samples" in said
    return out


def test_every_source_is_in_the_corpus_and_nothing_crosses(corpus):
    stats = json.loads(decloak("stats", corpus, "--format", "json"))
    assert set(stats["by_source"]) >= {"nmap", "dig", "whois", "report", "mixed"}
    assert set(stats["splits"]) == {"train", "validation", "test"}
    assert stats["duplicates_across_splits"] == 0
    assert stats["samples"] > 500
    core = {"ORGANIZATION", "DOMAIN", "IP_ADDRESS", "SOFTWARE", "SERVICE", "VERSION"}
    assert core <= set(stats["by_label"])
    assert "in more than one part: 0" in decloak("split", corpus)


def test_labels_agree_with_what_was_served(harvested, corpus):
    made = json.loads(
        decloak("validate", harvested, "--documents", 200, "--corpus", corpus, "--format", "json")
    )
    assert made["documents"] == 200
    assert made["precision"] > 0.97, made["causes"]
    assert made["recall"] > 0.9, made["causes"]
    assert f"{100 * made['precision']:.2f} %" in (corpus / "README.md").read_text()


def test_every_format_is_written(corpus, tmp_path):
    for form in ("jsonl", "conll"):
        decloak("export", corpus, tmp_path, "--format", form)
    held = [sample.id for sample in read_corpus(corpus) if sample.split == "test"]
    assert [sample.id for sample in read_corpus(tmp_path / "test.jsonl")] == held
    assert (tmp_path / "test.conll").read_text("utf-8").count("# id = ") == len(held)
