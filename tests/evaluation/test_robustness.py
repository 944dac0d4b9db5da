"""Judging disguised documents with entities made by hand."""

import json
import random
from dataclasses import replace

import pytest

from decloak.core.document import Document
from decloak.core.entity import Entity, Status
from decloak.core.result import Result
from decloak.evaluation import clean, confidence, documents, quiet, robustness
from decloak.evaluation.gold import GoldDocument
from decloak.evaluation.honest import honest_texts
from decloak.evaluation.hosts.draw import Draw
from decloak.evaluation.hosts.marks import collect, mark
from decloak.evaluation.score import Counts, Gold
from decloak.perturb import PERTURBATIONS, Marked, disguise_document

TEXT = "asked 192.0.2.10 for harbor.org today"
MARKS = (Marked(6, 16, "IP_ADDRESS", "192.0.2.10"), Marked(21, 31, "DOMAIN", "harbor.org"))


def entity(text, span, label, value):
    start, end = span
    return Entity(
        label, start, end, text[start:end], value, value, 0.9, Status.ACCEPTED,
        ("pattern.made: because",), (), None,
    )  # fmt: skip


class Parrot:
    """Says what it was told, whatever the document."""

    def __init__(self, *entities):
        self.entities = entities

    def run(self, doc: Document) -> Result:
        return Result(doc.id, "prose", doc.text, self.entities, (), ())


def disguised(name):
    made = disguise_document(TEXT, MARKS, [PERTURBATIONS.get(name)], random.Random(1))
    assert len(made.planted) == 2
    return made


def perfect(made):
    return tuple(
        replace(
            entity(made.text, (p.start, p.end), p.label, p.value or p.plain), resembles=p.resembles
        )
        for p in made.planted
    )


@pytest.mark.parametrize("name", ["defang", "zero_width", "confusable", "leet", "substitute"])
def test_a_perfect_reader_gets_full_marks(name):
    made = disguised(name)
    outcome = robustness.judge(made, perfect(made), ())
    assert all(each.found for each in outcome.judgements)
    assert outcome.spurious == ()


def test_a_look_alike_without_its_target_is_not_found():
    made = disguised("leet")
    blind = tuple(replace(e, resembles=None) for e in perfect(made))
    outcome = robustness.judge(made, blind, ())
    assert [j.found for j in outcome.judgements if j.planted.resembles] == [False]


def test_a_wrong_value_is_missed_and_spurious():
    made = disguised("defang")
    wrong = tuple(replace(e, value="198.51.100.9") for e in perfect(made))
    outcome = robustness.judge(made, wrong, ())
    assert not any(each.found for each in outcome.judgements)
    assert len(outcome.spurious) == 2


def test_a_second_entity_on_the_spot_is_spurious_and_old_news_elsewhere_is_not():
    made = disguised("defang")
    piece = entity(made.text, (made.planted[0].start, made.planted[0].start + 3), "VERSION", "192")
    word = entity(made.text, (0, 5), "SERVICE", "asked")
    outcome = robustness.judge(made, (*perfect(made), piece, word), (word,))
    assert all(each.found for each in outcome.judgements)
    assert outcome.spurious == (piece,)
    assert robustness.judge(made, (word,), ()).spurious == (word,)


def test_marks_leave_no_trace():
    text, marks = collect(f"a {mark('DOMAIN', 'EXAMPLE.ORG', 'example.org')} b")
    assert text == "a EXAMPLE.ORG b"
    assert marks == (Marked(2, 13, "DOMAIN", "example.org"),)


@pytest.mark.parametrize("kind", robustness.HOSTS)
def test_host_documents_are_exact_and_repeatable(kind):
    first = collect(robustness.HOSTS[kind](Draw(random.Random(5))))
    assert first == collect(robustness.HOSTS[kind](Draw(random.Random(5))))
    assert first != collect(robustness.HOSTS[kind](Draw(random.Random(6))))
    text, marks = first
    assert marks
    for each in marks:
        assert text[each.start : each.end].lower() == each.value.lower()


def test_every_family_is_measured():
    measured = {family for family, _ in robustness.measure(Parrot(), 1, 28)}
    assert measured >= set(PERTURBATIONS.names()) - {"abbreviation"}
    main, detail, misses, wrong = robustness.tables(Parrot(), 1, 7, variants=True, examples=3)
    assert main.rows
    assert detail.rows
    assert not misses.rows
    assert not wrong.rows
    assert main.markdown().startswith("## ")


def test_spurious_counts_only_where_the_gold_is_complete():
    document = GoldDocument(
        "a/1", "dig", TEXT, (Gold(6, 16, "IP_ADDRESS", "192.0.2.10"),),
        frozenset({"DOMAIN"}), ((0, 3),),
    )  # fmt: skip
    found = (
        entity(TEXT, (21, 31), "DOMAIN", "harbor.org"),
        entity(TEXT, (0, 5), "DOMAIN", "asked.org"),
        entity(TEXT, (0, 5), "VERSION", "1"),
    )
    scores = documents.score(document, found)
    assert scores["dig", "DOMAIN"] == (Counts(spurious=1), Counts(spurious=1))
    assert scores["dig", "IP_ADDRESS"] == (Counts(missed=1), Counts(missed=1))
    assert ("dig", "VERSION") not in scores
    assert documents.tables([document], Parrot(*found))[0].rows


def test_confidence_counts_right_and_wrong(tmp_path):
    document = GoldDocument(
        "a/1",
        "dig",
        TEXT,
        (Gold(6, 16, "IP_ADDRESS", "192.0.2.10"),),
        frozenset({"DOMAIN", "IP_ADDRESS"}),
        (),
    )
    found = (
        entity(TEXT, (6, 16), "IP_ADDRESS", "192.0.2.10"),
        entity(TEXT, (21, 31), "DOMAIN", "harbor.org"),
        entity(TEXT, (32, 37), "VERSION", "today"),
    )
    tally = confidence.measure([document], Parrot(*found))
    assert tally == {"pattern.made|IP_ADDRESS": [1, 0], "pattern.made|DOMAIN": [0, 1]}
    tally["pattern.other|URL"] = [4, 1]
    confidence.write(tally, tmp_path / "data" / "confidence.json")
    written = json.loads((tmp_path / "data" / "confidence.json").read_text())
    assert written == {"pattern.other|URL": {"right": 4, "wrong": 1}}
    assert confidence.tables(tally)[0].rows


def test_quiet_lines_are_repeatable_and_filled():
    lines = list(quiet.quiet_lines(random.Random(2), 200))
    assert lines == list(quiet.quiet_lines(random.Random(2), 200))
    assert not any("{word}" in line or "{n}" in line for line in lines)
    shares, _ = quiet.tables(Parrot(), 1, 10, ["nothing here"])
    assert [row[2] for row in shares.rows] == [0, 0]


def test_clean_lists_no_edit_of_a_reader_that_makes_none():
    shares, listed = clean.tables([("a", "dig", TEXT)], Parrot(), 1)
    assert not listed.rows
    assert {row[2] for row in shares.rows} == {0}
    assert len({kind for kind, _ in honest_texts(random.Random(1), 1)}) == 7
