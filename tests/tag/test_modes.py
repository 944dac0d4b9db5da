"""The model inside the pipeline: a random one, so every promise must hold for any model."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decloak import Pipeline, Settings, extract
from decloak.core.document import Document
from decloak.core.entity import Status
from decloak.core.errors import ModelFileError, SettingsError
from decloak.tag import places
from decloak.tag.modes import Reader, reader_of
from decloak.tag.neural import shared_tagger

SCAN = (
    "Nmap scan report for www.example.com (192.0.2.10)\nHost is up (0.21s latency).\n"
    "PORT   STATE SERVICE VERSION\n22/tcp open  ssh     OpenSSH 8.4p1\n"
)
PIECES = st.sampled_from(
    [SCAN, "nginx/1.18.0 ", "hxxp://www[.]example[.]com/a ", "Em\u200botet ", "\n", "\t  ", "x",
     "Lazarus Group ", "192[.]0[.]2[.]10 ", "g\u043e\u043egle.com ", "\ud800", "Example Corp. "]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=8).map("".join)


@pytest.mark.parametrize("mode", ["auto", "always"])
def test_whatever_the_model_says_entities_stand_where_they_say(tiny_model: Path, mode: str) -> None:
    pipeline = Pipeline(Settings(tagger=mode, model=tiny_model, review=True))

    @settings(max_examples=40, deadline=None)
    @given(TEXTS)
    def holds(text: str) -> None:
        last = 0
        for entity in pipeline.run(Document("-", text)).all_entities:
            assert text[entity.start : entity.end] == entity.text
            assert 0.0 <= entity.confidence <= 1.0
            if entity.status is Status.ACCEPTED:
                assert last <= entity.start
                last = entity.end

    holds()


def test_the_model_takes_nothing_from_the_grammars(tiny_model: Path) -> None:
    plain = {astuple(each)[:6] for each in extract(SCAN, tagger="off").entities}
    for mode in ("auto", "always"):
        found = {
            astuple(each)[:6] for each in extract(SCAN, tagger=mode, model=tiny_model).entities
        }
        assert plain <= found


def test_auto_asks_nothing_about_what_is_explained(tiny_model: Path) -> None:
    tagger = shared_tagger(tiny_model)
    asked = tagger.cache.hits + tagger.cache.misses
    result = extract(SCAN, tagger="auto", model=tiny_model)
    assert tagger.cache.hits + tagger.cache.misses == asked
    assert result == extract(SCAN, tagger="off")


def test_a_document_in_many_windows_is_read_like_one_in_one(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = ("See Fabrikam gadget 7.1 there.\n\n" + SCAN + "remark by Contoso: all fine\n\n") * 40
    whole = extract(text, tagger="auto", model=tiny_model).entities
    monkeypatch.setattr("decloak.pipeline._WINDOW", 1500)
    parts = extract(text, tagger="auto", model=tiny_model).entities
    same = {astuple(each)[:3] for each in whole} & {astuple(each)[:3] for each in parts}
    assert len(same) > 0.95 * len(whole)  # a stretch of prose may be cut between two windows


def test_blobs_are_not_read(tiny_model: Path) -> None:
    tagger = shared_tagger(tiny_model)
    blob = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo" * 60_000
    asked = tagger.cache.hits + tagger.cache.misses
    result = extract(f"before {blob} after", tagger="always", model=tiny_model, review=True)
    assert tagger.cache.hits + tagger.cache.misses - asked <= 4
    assert all(each.end <= 7 or each.start > 7 + len(blob) for each in result.all_entities)


def test_modes(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "SHIPPED", tiny_model.parent / "nothing")
    monkeypatch.delenv(places.VARIABLE, raising=False)
    assert reader_of("off", tiny_model) is None
    assert reader_of("auto", None) is None
    with pytest.raises(SettingsError, match="DECLOAK_TAGGER_MODEL"):
        reader_of("always", None)
    with pytest.raises(ModelFileError, match="nowhere"):
        reader_of("auto", tiny_model / "nowhere")
    assert isinstance(reader_of("always", tiny_model), Reader)
    monkeypatch.setenv(places.VARIABLE, str(tiny_model))
    reader = reader_of("auto", None)
    assert reader is not None
    assert reader.folder == tiny_model


def test_settings_tell_models_apart(tiny_model: Path) -> None:
    prints = {
        Settings().digest,
        Settings(tagger="off").digest,
        Settings(model=tiny_model).digest,
    }
    assert len(prints) == 3
