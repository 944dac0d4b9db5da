"""The denoiser that comes with the package, asked through each strategy."""

from __future__ import annotations

import json
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from decloak.cli.app import app
from decloak.core.document import Document
from decloak.core.errors import SettingsError
from decloak.decode import Models, decode
from decloak.decode.denoiser import shared_denoiser
from decloak.decode.denoiser_folder import FILES, RECORD, SHIPPED
from decloak.evaluation import decoders
from decloak.evaluation.honest import honest_texts
from decloak.evaluation.strong import strong_families
from decloak.kb.words import ordinary_words
from decloak.options import Settings
from decloak.perturb import Marked, disguise_document
from decloak.pipeline import Pipeline, models_of

STRATEGIES = ("canonical", "realign")
WORDS = ordinary_words()


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(words=shared_denoiser())


def test_it_is_small_and_says_what_it_was_made_from() -> None:
    assert sum((SHIPPED / name).stat().st_size for name in (*FILES, RECORD)) <= 3_000_000
    record = shared_denoiser().folder.record
    assert {"seed", "settings", "trained_on", "measured", "code_version", "kept_back"} <= {*record}


def test_every_word_of_names_is_nearest_to_itself_trained_on_or_not() -> None:
    denoiser = shared_denoiser()
    vectors = denoiser.encode(denoiser.words)
    found = denoiser.nearest(vectors)
    right = sum(near.word == word for near, word in zip(found, denoiser.words, strict=True))
    assert right >= 0.99 * len(denoiser.words)
    assert np.allclose(np.linalg.norm(denoiser.latents, axis=1), 1, atol=1e-3)


@pytest.mark.parametrize("strategy", STRATEGIES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=12))
def test_ordinary_words_stay_as_they_are(strategy: str, words: list[str]) -> None:
    text = " ".join(words)
    asked = decode(text, strategy=strategy, model=Models(words=shared_denoiser()))
    assert asked.text == decode(text, strategy=strategy).text


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_honest_text_stays_as_it_is(models: Models, strategy: str) -> None:
    for _, text in honest_texts(Random(4), 5):
        asked = decode(text, strategy=strategy, model=models)
        assert asked.text == decode(text, strategy=strategy).text


def test_realign_reads_names_that_slips_and_signs_broke_together(models: Models) -> None:
    names = ("OpenSSH", "ProFTPD", "Elasticsearch", "PostgreSQL", "Cloudflare", "Kubernetes")
    without = with_model = 0
    for family in strong_families():
        for seed, name in enumerate(names):
            text = f"The host runs {name} today."
            mark = Marked(14, 14 + len(name), "SOFTWARE", name)
            made = disguise_document(text, [mark], [family], Random(seed), share=1.0)
            without += name in decode(made.text, strategy="realign").meant
            with_model += name in decode(made.text, strategy="realign", model=models).meant
    assert without < with_model


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize(
    "text",
    [
        "opn3sh" * 200_000,
        "\x00opn3sh\x00 " * 5000,
        "\ud800 opn3sh \udfff\u0301\u0301",
        " ".join(f"zq{i:x}wrtpk" for i in range(20_000)),
    ],
    ids=["one long word", "NUL", "surrogates", "nothing known"],
)
def test_hostile_text_is_decoded(models: Models, strategy: str, text: str) -> None:
    asked = decode(text, strategy=strategy, model=models)
    for edit in asked.edits:
        assert 0 <= edit.start < edit.end <= len(text)
    assert decode(text, strategy=strategy, model=models).text == asked.text


def test_a_line_of_a_megabyte_is_decoded(models: Models) -> None:
    text = "a opn3sh b " * 100_000 + "."
    assert decode(text, strategy="canonical", model=models).text == text


def test_the_pipeline_finds_what_the_model_reads_where_it_stands() -> None:
    text = "The server runs Po5tgr35L 1.20 today."
    plain = Pipeline(Settings(strategy="realign", tagger="off")).run(Document("a", text))
    assert not [entity for entity in plain.entities if entity.label == "SOFTWARE"]
    asked = Settings(strategy="realign", tagger="off", neural=True)
    found = [e for e in Pipeline(asked).run(Document("a", text)).entities if e.label == "SOFTWARE"]
    assert [(entity.value, entity.text) for entity in found] == [("PostgreSQL", "Po5tgr35L")]
    assert models_of(Settings()) is None
    assert models_of(Settings(strategy="off", neural=True)) is None


def test_the_command_asks_the_model_only_when_told(tmp_path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("The server runs Po5tgr35L 1.20 today.\n")
    command = ["decode", str(path), "-f", "jsonl", "--set", "decode.strategy=realign"]
    plain = CliRunner().invoke(app, command)
    asked = CliRunner().invoke(app, [*command, "--set", "decode.neural=true"])
    assert json.loads(plain.stdout)["edits"] == []
    [edit] = json.loads(asked.stdout)["edits"]
    assert (edit["before"], edit["after"], edit["decoder"]) == (
        "Po5tgr35L", "PostgreSQL", "realigned",
    )  # fmt: skip


def test_consensus_without_a_tagger_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("decloak.tag.judge.find_folder", lambda _: None)
    with pytest.raises(SettingsError, match=r"decode\.neural"):
        models_of(Settings(neural=True))


@pytest.mark.slow
def test_the_measurement_runs_from_end_to_end() -> None:
    made = decoders.tables(seed=3, count=1, documents=[], honest=1)
    assert all(len(table.columns) >= 6 for table in made)
    families = {row[0] for row in made[1].rows}
    assert {"swap 20 %", "substitute 30 %"} & families
    speed = made[-1]
    assert all(float(cell) > 0 for cell in speed.rows[0])
