"""Suspect words are found wherever they stand in a text and among its tokens."""

from __future__ import annotations

import pytest

from decloak.core.document import View
from decloak.decode.suspects import Kind, suspects

GENITIVES = [
    "CrowdSrtike\u2019s findings",
    "the findings are CrowdSrtike\u2019s",
    "are CrowdSrtike\u2019s own findings and not CrowdSrtike\u2019s",
]


@pytest.mark.parametrize("text", GENITIVES)
def test_a_genitive_hides_no_name(text: str) -> None:
    found = {text[start:end] for start, end, kind in suspects(View(text)) if kind is Kind.NEAR}
    assert found == {"CrowdSrtike"}


@pytest.mark.parametrize("lead", ["", "words " * 80, "22/tcp open ssh OpenSHS 8.9\n" * 3])
def test_all_places_of_a_word_are_told(lead: str) -> None:
    text = lead + "see Microsfot, (Microsfot) and Microsfot."
    places = [start for start, end, _ in suspects(View(text)) if text[start:end] == "Microsfot"]
    assert places == [index for index in range(len(text)) if text.startswith("Microsfot", index)]


def test_an_unknown_word_matters_behind_a_port_only() -> None:
    text = "saw (qwzx) there\n8080/tcp open qwzx\n" + "x " * 200 + "saw (qwzx) there\n"
    kinds = [(text[:start].count("\n"), kind) for start, _, kind in suspects(View(text))]
    assert kinds == [(1, Kind.UNKNOWN)]
