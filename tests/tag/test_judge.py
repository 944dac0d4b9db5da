"""The consensus decoder's judge: the shipped tagger's marginals over a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from decloak.core.document import Document
from decloak.core.errors import ModelFileError
from decloak.decode import Models, decode
from decloak.options import Settings
from decloak.pipeline import Pipeline, models_of
from decloak.tag import judge_of

LINE = "The attackers scanned {} from a rented server last week"


def test_a_name_reads_more_like_an_entity_than_words_do() -> None:
    judge = judge_of(None)
    low = LINE.index("{}")
    readings = [
        (LINE.format(word), low, low + len(word))
        for word in ("192.0.2.1", "www.example.com", "everything", "slowly")
    ]
    address, domain, *ordinary = judge.score(readings)
    assert all(0 <= each <= 1 for each in judge.score(readings))
    assert min(address, domain) > 0.8
    assert max(ordinary) < 0.5


def test_answers_are_kept_and_do_not_depend_on_what_else_is_asked() -> None:
    one = (LINE.format("nginx"), 22, 27)
    alone, again = judge_of(None).score([one, one])
    beside = judge_of(None).score([(LINE.format("x" * 300), 22, 30), one, ("", 0, 0)])
    assert alone == again == beside[1]
    assert beside[2] == 0
    assert judge_of(None).score([]) == []


@pytest.mark.parametrize("text", ["\x00\ud800", " \n\t", "a" * 5000, "\u202e\u0301" * 50])
def test_any_place_of_any_text_has_a_score(text: str) -> None:
    (score,) = judge_of(None).score([(text, 0, len(text))])
    assert 0 <= score <= 1


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="nowhere"):
        judge_of(tmp_path / "nowhere").score([("nginx", 0, 5)])


class Counting:
    def __init__(self, answer: float) -> None:
        self.answer, self.asked = answer, []

    def score(self, readings):
        self.asked.append(list(readings))
        return [self.answer if place % 2 else 1 - self.answer for place, _ in enumerate(readings)]


def test_only_what_is_contested_is_asked_once_per_round_and_within_bounds() -> None:
    sure = Counting(1.0)
    decode("see hxxps://www[.]example[.]com/ and 192[.]0[.]2[.]1", model=Models(judge=sure))
    assert sure.asked == []
    many = Counting(1.0)
    decode("143/tcp open i-m-a-p\n" * 500, model=Models(judge=many))
    assert many.asked
    assert all(len(each) <= 64 * 4 for each in many.asked)


def test_the_pipeline_gives_consensus_its_judge_and_clean_text_stays() -> None:
    settings = Settings(neural=True)
    models = models_of(settings)
    assert models is not None
    assert models.judge is not None
    text = "Nmap scan report for web01.example.com (192.0.2.1)\n22/tcp open ssh OpenSSH 8.9p1\n"
    result = Pipeline(settings).run(Document("clean", text))
    assert result.edits == ()
    assert {"192.0.2.1", "web01.example.com"} <= {entity.value for entity in result.entities}
