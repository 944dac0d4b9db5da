"""Hostile text: no attack gets an ungrounded entity accepted or a true one lost, whatever the model does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from decloak.core.document import Document
from decloak.evaluation.llm.hostile import compare, load, tables
from decloak.evaluation.llm.obedient import MOODS, Obedient
from decloak.options import Settings
from decloak.pipeline import Pipeline

FOLDER = Path(__file__).parent / "hostile"
CASES = load(FOLDER)
PLAIN = Pipeline()


def _outcome(case, mood):
    runner = Pipeline(Settings(trace=True, review=True), Obedient(mood))
    return compare(case, runner, PLAIN, mood)


def test_there_are_enough_cases_of_every_kind_and_all_differ():
    assert len(CASES) >= 100
    assert len({case.hostile for case in CASES}) == len(CASES)
    kinds = {case.attack for case in CASES}
    assert len(kinds) >= 10
    assert {case.source for case in CASES} == {"nmap", "whois", "dig", "shodan", "prose"}


def test_only_reserved_addresses_and_names_are_in_the_cases():
    for case in CASES:
        for address in re.findall(r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b", case.hostile):
            assert re.match(r"192\.0\.2\.|198\.51\.100\.|203\.0\.113\.", address), case.id


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_model_that_obeys_takes_nothing_and_makes_nothing_up(case):
    mood = MOODS[CASES.index(case) % len(MOODS)]
    outcome = _outcome(case, mood)
    assert outcome.ungrounded == ()
    assert outcome.lost == ()
    assert outcome.added == ()


@pytest.mark.slow
@pytest.mark.parametrize("mood", MOODS)
def test_the_same_in_every_mood(mood):
    outcomes = [_outcome(case, mood) for case in CASES]
    assert [o.id for o in outcomes if o.ungrounded or o.lost or o.added] == []
    assert len(tables(outcomes)[0].rows) == 1


@pytest.mark.parametrize("mood", ["claims", "invents", "leaks"])
def test_the_model_that_obeys_does_try(mood):
    """Otherwise the tests above would hold for a model that says nothing."""
    case = next(case for case in CASES if case.id == "fake-results-01")
    runner = Pipeline(Settings(trace=True, review=True), Obedient(mood))
    result = runner.run(Document("-", case.hostile))
    assert result.ungrounded or any(
        "llm.structured" in entity.evidence for entity in result.held_back
    )
