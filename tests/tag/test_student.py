"""The student in NumPy: the same whatever shares a batch, its files checked, and the cascade around it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.entity import Tagged
from decloak.core.errors import ModelFileError
from decloak.tag import cascade
from decloak.tag.cascade import Cascade, sentence_at
from decloak.tag.model_folder import open_folder
from decloak.tag.name_confidence import believed, lines_of
from decloak.tag.neural import encoder_of, shared_student
from decloak.tag.places import SHIPPED, STUDENT, STUDENT_RECORD, TOKENIZER
from decloak.tag.student.folder import open_student
from decloak.tag.student.reader import Doubt, Read, Student
from decloak.tag.student.spelling import tokens_of
from decloak.tag.words import split

REPORT = (
    "Researchers at Trend Micro saw APT28 deploy the Zebrocy backdoor against several ministries.\n"
    "The loader fetches Cobalt Strike from hxxp://evil[.]example/x and writes C:\\Temp\\a.dll, they said. "
    "Emotet\u200b was seen too;  the group behind it is called\tMummy Spider.\n\n"
)


@pytest.fixture(scope="module")
def student() -> Student:
    found = shared_student(SHIPPED)
    assert found is not None
    return found


@given(st.text("ab C9\n\t.\u200b\u00e9-_/", max_size=60))
def test_tokens_are_the_words_with_the_white_space_before_them(text: str) -> None:
    words, place = split(text), 0
    tokens = tokens_of(text, 0, len(text))
    assert len(tokens) == len(words)
    for token, start, end in zip(tokens, words.starts, words.ends, strict=True):
        assert text[place:end] == token
        assert token.endswith(text[start:end])
        place = end


def test_what_is_found_depends_on_the_stretch_alone(student: Student) -> None:
    text = REPORT * 40
    step = len(REPORT)
    alone = next(student.read(REPORT, [(0, step)]))
    assert {span.label for span in alone.spans} >= {"MALWARE", "THREAT_ACTOR"}
    folder = open_folder(SHIPPED)
    fresh = Student(student.folder, encoder_of(folder))
    ranges = [(low, low + step) for low in range(0, len(text), step)]
    for low, read in zip(range(0, len(text), step), fresh.read(text, ranges), strict=True):
        assert read.spans == [s._replace(start=s.start + low, end=s.end + low) for s in alone.spans]
        assert [d.share for d in read.doubts] == [d.share for d in alone.doubts]


def test_a_long_stretch_is_read_in_parts_and_none_of_it_is_lost(student: Student) -> None:
    text = "The Emotet malware spread. " * 4000
    found = [span for read in student.read(text, [(0, len(text))]) for span in read.spans]
    hits = [span for span in found if text[span.start : span.end].startswith("Emotet")]
    assert len(hits) >= 3990


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in (STUDENT, STUDENT_RECORD):
        (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
    return tmp_path


def opened(folder: Path) -> Any:
    teacher = open_folder(SHIPPED)
    return open_student(folder, teacher.crf.labels, teacher.record["files"][TOKENIZER]["sha256"])


def test_a_folder_without_a_student_has_none(tmp_path: Path) -> None:
    assert opened(tmp_path) is None


def test_damaged_files_are_refused_by_name(copied: Path) -> None:
    weights = (copied / STUDENT).read_bytes()
    (copied / STUDENT).write_bytes(weights[:-100])
    with pytest.raises(ModelFileError, match=r"student\.npz"):
        opened(copied)
    (copied / STUDENT).unlink()
    with pytest.raises(ModelFileError, match=r"student\.npz"):
        opened(copied)


@pytest.mark.parametrize(
    "change",
    [
        {"labels": ["O"]}, {"tokenizer": "0" * 64}, {"features": []}, {"temperature": 0}, {"doubt": 2},
        {"format": 99}, {"sha256": "0" * 64},
    ],
)  # fmt: skip
def test_a_record_of_another_student_is_refused(copied: Path, change: dict[str, Any]) -> None:
    record = json.loads((copied / STUDENT_RECORD).read_text("utf-8"))
    (copied / STUDENT_RECORD).write_text(json.dumps(record | change), "utf-8")
    with pytest.raises(ModelFileError):
        opened(copied)


@pytest.mark.parametrize("lines", [{"MALWARE": {}}, [], {"MALWARE": None}])
def test_lines_of_confidence_that_are_none_are_refused(copied: Path, lines: Any) -> None:
    record = json.loads((copied / STUDENT_RECORD).read_text("utf-8"))
    (copied / STUDENT_RECORD).write_text(json.dumps(record | {"lines": lines}), "utf-8")
    with pytest.raises(ModelFileError, match="lines"):
        lines_of(copied / STUDENT_RECORD)


class Folder(NamedTuple):
    doubt: float = 0.2


class Unsure:
    """Finds every X, and is in doubt about each as its neighbour, a digit, says."""

    folder = Folder()

    def read(self, text: str, ranges: Iterable[tuple[int, int]]) -> Iterator[Read]:
        for low, high in ranges:
            places = [place for place in range(low, high) if text[place] == "X"]
            yield Read(
                [Tagged(place, place + 1, "MALWARE", 0.5) for place in places],
                [Doubt(place, place + 1, int(text[place + 1]) / 10) for place in places],
            )


class Sure:
    """Finds every X that it is asked about, and is sure."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def each(self, texts: list[str]) -> Iterator[list[Tagged]]:
        self.asked += texts
        for text in texts:
            places = [place for place, sign in enumerate(text) if sign == "X"]
            yield [Tagged(place, place + 1, "MALWARE", 1.0) for place in places]


def read_by(text: str, factor: float) -> tuple[list[Tagged], list[str]]:
    teacher = Sure()
    made = Cascade(Unsure, lambda: teacher, factor)  # type: ignore[arg-type,return-value]
    return made.read(text, [(0, len(text))]), teacher.asked


def test_the_model_is_asked_about_doubtful_sentences_alone() -> None:
    text = "An X1 here.\nAn X9 there. Nothing. And X5\n"
    found, asked = read_by(text, 3)
    assert asked == ["An X9 there. ", "And X5\n"]
    assert [(text[s.start : s.end + 1], s.confidence) for s in found] == [
        ("X1", 0.5), ("X9", 1.0), ("X5", 1.0),
    ]  # fmt: skip


def test_of_long_text_the_model_reads_its_share_the_most_doubtful_first() -> None:
    sentences = [
        f"A sentence of some length about X{number % 10} and more.\n" for number in range(4000)
    ]
    text = "".join(sentences)
    found, asked = read_by(text, 3)
    assert len(found) == len(sentences)
    assert sum(map(len, asked)) <= cascade.FREE + cascade.SHARE * len(text)
    assert sum(map(len, asked)) > 0.9 * cascade.SHARE * len(text)
    assert {each[each.index("X") + 1] for each in asked} == {"9"}
    more = read_by(text, 6)[1]
    assert 1.5 * len(asked) < len(more) < 2.5 * len(asked)


@given(st.text("aB .\n!", min_size=3, max_size=900), st.data())
def test_a_sentence_holds_its_place_and_stays_in_its_stretch(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 1, min(len(text), start + 40)))
    low, high = sentence_at(text, 0, len(text), start, end)
    assert 0 <= low <= start < end <= high <= len(text)


def test_confidence_in_names_is_what_the_record_says() -> None:
    lines = {"MALWARE": {"slope": 0.5, "known": 0.0, "one": -2.0, "several": -3.0, "small": -4.0}}
    text = "Emotet Blorp Blorp Zed blorp"
    spans = [Tagged(0, 6, "MALWARE", 0.9), Tagged(7, 12, "MALWARE", 0.9), Tagged(13, 22, "MALWARE", 0.9),
             Tagged(23, 28, "MALWARE", 0.9), Tagged(7, 12, "VERSION", 0.9)]  # fmt: skip
    sure = [span.confidence for span in believed(spans, text, lines)]
    assert sure == [*sorted(sure[:4], reverse=True), 0.9]
    np.testing.assert_allclose(sure[0], 0.75)
