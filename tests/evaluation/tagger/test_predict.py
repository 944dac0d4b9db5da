"""Answers on disk: nothing is asked twice, nothing is lost, nothing stale is used."""

from dataclasses import dataclass, field

import pytest

from decloak.evaluation.tagger import predict
from decloak.evaluation.tagger.mentions import Mention
from decloak.evaluation.tagger.predict import Answers
from decloak.evaluation.tagger.systems import NameAndVersion, PipelineSystem

ASKED = []


@dataclass
class Counting:
    key: str = "counting"
    name: str = "counting"
    fail_at: int = 10**9
    opened: list = field(default_factory=list)

    def open(self):
        self.opened.append(1)

        def extract(text):
            if len(ASKED) == self.fail_at:
                raise KeyboardInterrupt
            ASKED.append(text)
            return [Mention(0, len(text), "SOFTWARE", 0.5, text)]

        return extract


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    ASKED.clear()
    monkeypatch.setattr(predict, "_opened", {})


TEXTS = [f"text {i}" for i in range(100)]


def test_answers_come_in_the_order_of_the_texts():
    texts = [*TEXTS, "text 3"]
    made = Answers().of(Counting(), texts)
    assert [row[0].value for row in made] == texts
    assert len(ASKED) == 100


def test_what_is_known_is_not_asked_again(tmp_path):
    file = tmp_path / "deep" / "answers.jsonl"
    first = Answers(file).of(Counting(), TEXTS)
    ASKED.clear()
    system = Counting()
    assert Answers(file).of(system, TEXTS) == first
    assert ASKED == []
    assert system.opened == []


def test_another_system_is_asked(tmp_path):
    file = tmp_path / "answers.jsonl"
    Answers(file).of(Counting(), TEXTS)
    Answers(file).of(Counting(key="other"), TEXTS[:3])
    assert len(ASKED) == 103


def test_other_code_is_asked(tmp_path, monkeypatch):
    file = tmp_path / "answers.jsonl"
    Answers(file).of(Counting(), TEXTS[:3])
    monkeypatch.setattr(predict, "code_version", lambda: "another")
    Answers(file).of(Counting(), TEXTS[:3])
    assert len(ASKED) == 6


def test_an_interrupted_run_goes_on_where_it_was(tmp_path):
    file = tmp_path / "answers.jsonl"
    with pytest.raises(KeyboardInterrupt):
        Answers(file).of(Counting(fail_at=60), TEXTS)
    kept = file.read_bytes()
    file.write_bytes(kept + b'["torn", [[0, 1')
    predict._opened.clear()
    done = len(kept.splitlines())
    assert 0 < done < 60
    ASKED.clear()
    made = Answers(file).of(Counting(), TEXTS)
    assert len(ASKED) == 100 - done
    assert [row[0].value for row in made] == TEXTS
    ASKED.clear()
    assert Answers(file).of(Counting(), TEXTS) == made
    assert ASKED == []


def test_processes_say_what_one_process_says():
    texts = [f"Server: Apache/2.4.{i} nginx/1.{i}" for i in range(30)]
    alone = Answers().of(NameAndVersion(), texts)
    with Answers(jobs=2) as answers:
        assert answers.of(NameAndVersion(), texts) == alone
        assert answers.of(NameAndVersion(), texts[:3]) == alone[:3]
    assert [each.value for each in alone[7]] == ["Apache", "2.4.7", "nginx", "1.7"]


def test_the_pattern_is_linear():
    text = "a" * 200_000 + "/" * 200_000
    assert NameAndVersion().open()(text) == []


def test_the_pipeline_says_values():
    (made,) = Answers().of(PipelineSystem("off", "off"), ["see 192[.]0[.]2[.]10 there"])
    assert [(each.label, each.value) for each in made] == [("IP_ADDRESS", "192.0.2.10")]


def test_lone_surrogates_are_texts_too(tmp_path):
    assert len(Answers(tmp_path / "a.jsonl").of(Counting(), ["a\ud800b"])) == 1
