"""The autoencoder of words: shapes, determinism, refusals, and what it is asked about."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.document import View
from decloak.core.errors import ModelFileError
from decloak.decode import Models, decode
from decloak.decode.base import Near, Rebuilt
from decloak.decode.broken_words import broken_words
from decloak.decode.characters import LONGEST, SIZE, codes, fold, spelt
from decloak.decode.denoiser_folder import RECORD, open_denoiser


@given(st.text(max_size=50))
def test_any_word_becomes_numbers_of_bounded_size(word: str) -> None:
    numbers = codes([fold(word), "x"])
    assert numbers.shape[0] == 2
    assert 1 <= numbers.shape[1] <= LONGEST
    assert numbers.min() >= 0
    assert numbers.max() < SIZE


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("NGINX", "nginx"),
        ("\u0430p\u0430che", "apache"),
        ("\xdcb\xfcntu", "ubuntu"),
        ("a*b", "a*b"),
    ],
)
def test_a_folded_word_reads_the_same_in_numbers(word: str, folded: str) -> None:
    assert fold(word) == folded
    assert spelt(codes([folded])[0].tolist()) == folded


class Repeater:
    """A stand-in that reads every word as one name; what may be asked is what is tested here."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked: list[str] = []

    def encode(self, words):
        self.asked += words
        return np.ones((len(words), 2), dtype=np.float32)

    def rebuild(self, vectors, longest):  # noqa: ARG002 - the protocol's
        return [Rebuilt(self.name, 0.99)] * len(vectors)

    def nearest(self, vectors):
        return [Near(self.name, 1.0, 1.0, vectors[0])] * len(vectors)

    def confidence(self, near):  # noqa: ARG002 - the protocol's
        return 0.99


HONEST = [
    "The server at web01.example.com answers on 192.0.2.1 with nginx/1.18.0 and OpenSSH_8.9p1.",
    "See https://example.com/opennshs/path?opennshs=1 and C:\\opennshs\\file.exe or /usr/opennshs",
    "d41d8cd98f00b204e9800998ecf8427e deadbeef00 user@openshs.example openshs.example.com",
    "getElementById addEventListener whitespace frameworks",
]


@pytest.mark.parametrize("text", HONEST)
@pytest.mark.parametrize("strategy", ["canonical", "realign"])
def test_what_is_honest_is_never_shown_to_the_model(text: str, strategy: str) -> None:
    model = Repeater("openssh")
    decoded = decode(text, strategy=strategy, model=Models(words=model))
    assert decoded.text == decode(text, strategy=strategy).text
    assert model.asked == []


@pytest.mark.parametrize("strategy", ["canonical", "realign"])
def test_a_broken_name_is_taken_from_the_model_and_points_home(strategy: str) -> None:
    text = "The host runs op3nzsh today."
    decoded = decode(text, strategy=strategy, model=Models(words=Repeater("openssh")))
    assert decoded.text == "The host runs OpenSSH today."
    (edit,) = decoded.edits
    assert text[edit.start : edit.end] == "op3nzsh"


@pytest.mark.parametrize("name", ["zzzzzz", "report", "a", "openssh"])
def test_what_is_no_name_or_too_far_is_not_taken(name: str) -> None:
    text = "The host runs qqqqqqqqq today."
    for strategy in ("canonical", "realign"):
        assert decode(text, strategy=strategy, model=Models(words=Repeater(name))).text == text


def test_a_spelling_that_comes_again_is_meant() -> None:
    assert broken_words(View("opennshs is here"))
    assert not broken_words(View("opennshs one, opennshs two, opennshs three"))


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000_000,
        "qwrtzp " * 100_000,
        "\x00" * 100_000 + "opennshs",
        "\ud800opennshs \udfff" * 1000,
        "".join(
            f"qwrt{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}zp{chr(97 + i // 676)} "
            for i in range(17_000)
        ),
    ],
    ids=["one word", "one word repeated", "NUL", "surrogates", "all unknown"],
)
def test_hostile_text_is_looked_at_within_bounds(text: str) -> None:
    found = broken_words(View(text))
    assert len(found) <= len(text) // 60 + 100
    for word, places in found.items():
        assert all(text[start:end] == word for start, end in places)


def test_a_missing_folder_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="nowhere"):
        open_denoiser(tmp_path / "nowhere")
    with pytest.raises(ModelFileError, match=RECORD):
        open_denoiser(tmp_path)


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"format": 1}', '{"format": 7}', "[" * 100_000]
)
def test_a_record_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / RECORD).write_text(content, "utf-8")
    with pytest.raises(ModelFileError, match=RECORD):
        open_denoiser(tmp_path)
