"""Passages that language models rewrote are read as variants of what they were."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from decloak.core.errors import InputError
from decloak.corpus.llm_samples import rewrite_samples
from decloak.corpus.parquet import read_corpus
from decloak.perturb.llm_request import Prompt
from decloak.tag.scheme import scheme_of, spans_of
from decloak.tag.words import split
from decloak.training.card import card
from decloak.training.prepare import Recipe, prepare
from decloak.training.whole import Plan, prepared_sets, settings_of
from decloak.training.written import read_written, written_digest

SLICE = Path(__file__).parents[2] / "data" / "slice" / "slice.jsonl"


def parts(prompt: Prompt) -> tuple[str, str]:
    entity, passage = prompt.user.split("\nPassage:\n")
    return entity.rpartition("Entity: ")[2], passage


def brackets(prompt: Prompt) -> str:
    """Put dots into brackets, or say the same with a few words in front."""
    entity, passage = parts(prompt)
    new = entity.replace(".", "[.]") if "." in entity else entity[0] + "\u200b" + entity[1:]
    return json.dumps({"entity": new, "passage": f"It says: {passage.replace(entity, new)}"})


def zeros(prompt: Prompt) -> str:
    """Put a character of no width into the entity."""
    entity, passage = parts(prompt)
    new = entity[0] + "\u200b" + entity[1:]
    return json.dumps({"entity": new, "passage": f"{passage} That is {'all'}."})


def alike(sentences: Sequence[str]) -> NDArray[np.float32]:
    return np.ones((len(sentences), 2), np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("written")
    counts = rewrite_samples(
        read_corpus(SLICE), {"a": brackets, "b": zeros}, alike, out, wanted=40, seed=3
    )
    assert sum(each.accepted for each in counts.values()) > 20
    return out


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_accepted_sample_comes_with_what_it_was(folder: Path) -> None:
    asked = {row["id"]: row for row in rows(folder / "asked.jsonl")}
    stored = {row["id"]: row for row in rows(folder / "samples.jsonl")}
    excerpts = list(read_written(folder, SLICE))
    assert len(excerpts) == len(stored)
    assert {asked[name]["mode"] for name in stored} == {"obfuscate", "paraphrase"}
    for excerpt, (name, row) in zip(excerpts, stored.items(), strict=True):
        written = excerpt.written
        assert written is not None
        assert excerpt.text == asked[name]["passage"]
        assert excerpt.marks
        # Every span of the new wording is what the stored sample has at its place.
        surfaces = Counter(
            (e["label"], row["text"][e["start"] : e["end"]]) for e in row["entities"]
        )
        got = Counter((m.label, written.text[m.start : m.end]) for m in written.marks)
        assert got <= surfaces
        assert Counter((m.label, m.value) for m in written.marks) == Counter(
            (m.label, m.value) for m in excerpt.marks
        )
        assert written.text != excerpt.text


def test_words_and_spans_are_aligned(folder: Path, tiny_encoder: Path) -> None:
    recipe = Recipe(str(tiny_encoder), pieces=1000, variants=2)
    excerpts = list(read_written(folder, SLICE))
    prepared = prepare((), recipe, kept=excerpts)
    assert prepared.about["written"] == len(prepared.clean) == len(excerpts)
    scheme, anew = scheme_of(recipe.names), prepared.variants[0]
    aligned = 0
    for rank, excerpt in enumerate(excerpts):
        assert excerpt.written is not None
        for columns, each in ((prepared.clean, excerpt), (anew, excerpt.written)):
            words = split(each.text)
            low, high = columns.offsets[rank : rank + 2]
            assert high - low == len(words)
            labels = columns.labels[low:high].tolist()
            spans = [
                (words.starts[first], words.ends[last - 1], label)
                for first, last, label in spans_of(labels, scheme)
            ]
            wanted = [(m.start, m.end, m.label) for m in each.marks]
            # A span of words covers its entity; where one begins inside a word, the word is taken.
            assert [label for *_, label in spans] == [label for *_, label in wanted]
            for span, mark in zip(spans, wanted, strict=True):
                assert span[0] <= mark[0]
                assert mark[1] <= span[1]
        low, high = prepared.clean.offsets[rank : rank + 2]
        there = anew.offsets[rank]
        before, after = split(excerpt.text), split(excerpt.written.text)
        for word in range(high - low):
            place = anew.aligned[low + word]
            if place >= 0:
                aligned += 1
                assert anew.labels[there + place] == prepared.clean.labels[low + word]
                assert (
                    excerpt.text[before.starts[word] : before.ends[word]]
                    == excerpt.written.text[after.starts[place] : after.ends[place]]
                )
    assert aligned > prepared.about["words"] / 2


def test_a_passage_that_is_too_long_is_left_out_whole(folder: Path, tiny_encoder: Path) -> None:
    excerpts = list(read_written(folder, SLICE))
    prepared = prepare((), Recipe(str(tiny_encoder), pieces=60, variants=1), kept=excerpts)
    assert 0 < prepared.about["written"] < len(excerpts)


def test_a_run_reads_them_in_training_alone(
    folder: Path, tiny_encoder: Path, tmp_path: Path
) -> None:
    settings = settings_of("robust", (), encoder=str(tiny_encoder))
    plan = Plan(SLICE, tmp_path, words=2000, prose=0.001, written=folder)
    train, validation = prepared_sets(plan, settings)
    assert train.about["written"] > 10
    assert validation.about["written"] == 0
    again, _ = prepared_sets(plan, settings)
    assert again.about == train.about
    with pytest.raises(InputError, match="--written"):
        prepared_sets(Plan(SLICE, tmp_path, words=2000, prose=0.001), settings)


def test_what_does_not_belong_together_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"samples\.jsonl.*perturb-llm"):
        written_digest(tmp_path)
    other = tmp_path / "other.jsonl"
    changed = rows(SLICE)
    for row in changed:
        row["text"] = row["text"].upper().lower().swapcase()
    other.write_text("".join(json.dumps(row) + "\n" for row in changed), "utf-8")
    with pytest.raises(InputError, match="not of this corpus"):
        list(read_written(folder, other))
    for name in ("asked.jsonl", "samples.jsonl"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    whole = (tmp_path / "asked.jsonl").read_bytes()
    (tmp_path / "asked.jsonl").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"asked\.jsonl:\d+: no JSON"):
        list(read_written(tmp_path, SLICE))
    (tmp_path / "asked.jsonl").write_bytes(whole[: whole.index(b"\n") + 1])
    with pytest.raises(InputError, match="make the folder anew"):
        list(read_written(tmp_path, SLICE))


def test_the_card_says_how_many() -> None:
    record = json.loads(
        (Path(__file__).parents[2] / "src/decloak/tag/model/model.json").read_text("utf-8")
    )
    assert "written by language models" not in card(record)
    record["trained_on"]["written"] = 1234
    assert "1,234 of the disguised excerpts were written by language models" in card(record)
