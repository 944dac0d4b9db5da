"""Scores against examples worked by hand."""

import itertools

import pytest

from decloak.core.entity import Entity, Status
from decloak.evaluation.score import Counts, Gold, key, match_spans, match_values


def entity(label, start, end, value, resembles=None):
    return Entity(
        label, start, end, value, value, value, 0.9, Status.ACCEPTED, ("test.made",), (), resembles
    )


def test_counts_add_up():
    assert Counts(1, 2, 3) + Counts(10, 20, 30) == Counts(11, 22, 33)
    assert sum([Counts(1), Counts(0, 1), Counts(0, 0, 1)], Counts()) == Counts(1, 1, 1)


def test_undefined_is_not_zero():
    assert Counts(missed=3).precision is None
    assert Counts(spurious=3).recall is None
    assert Counts(spurious=3).f1 is None
    assert Counts(spurious=3).precision == 0.0
    assert Counts(3, 1, 1).precision == Counts(3, 1, 1).recall == Counts(3, 1, 1).f1 == 0.75


def test_one_prediction_matches_one_gold_only():
    gold = [Gold(0, 5, "DOMAIN", "a.org"), Gold(9, 14, "DOMAIN", "a.org")]
    matches = match_spans(gold, [entity("DOMAIN", 0, 5, "a.org")])
    assert len(matches.hits) == 1
    assert matches.missed == (gold[1],)
    assert matches.spurious == ()


def test_own_label_goes_before_an_alternative():
    malware = Gold(0, 4, "MALWARE", "Zeus", frozenset({"SOFTWARE"}))
    software = Gold(0, 4, "SOFTWARE", "Zeus")
    found = [entity("SOFTWARE", 0, 4, "Zeus")]
    matches = match_spans([malware, software], found)
    assert [gold for gold, _ in matches.hits] == [software]
    assert matches.missed == (malware,)


def test_an_alternative_is_right_too():
    gold = Gold(0, 5, "THREAT_ACTOR", "APT28", frozenset({"ORGANIZATION"}))
    matches = match_spans([gold], [entity("ORGANIZATION", 0, 5, "APT28")])
    assert len(matches.hits) == 1


def test_values_match_in_any_spelling_and_count_once():
    gold = [Gold(0, 9, "DOMAIN", "Example.COM"), Gold(20, 31, "DOMAIN", "example.com")]
    found = [entity("DOMAIN", 0, 9, "example.com"), entity("DOMAIN", 20, 31, "example.com")]
    matches = match_values(gold, found)
    assert len(matches.hits) == 1
    assert not matches.missed
    assert not matches.spurious


def test_another_value_is_missed_and_spurious():
    matches = match_values(
        [Gold(0, 9, "IP_ADDRESS", "192.0.2.1")], [entity("IP_ADDRESS", 0, 9, "192.0.2.2")]
    )
    assert not matches.hits
    assert len(matches.missed) == len(matches.spurious) == 1


@pytest.mark.parametrize("match", [match_spans, match_values])
def test_the_order_of_the_lists_does_not_matter(match):
    gold = [
        Gold(0, 4, "MALWARE", "Zeus", frozenset({"SOFTWARE"})),
        Gold(0, 4, "SOFTWARE", "Zeus"),
        Gold(6, 9, "SOFTWARE", "vim"),
    ]
    found = [
        entity("SOFTWARE", 0, 4, "Zeus"),
        entity("SOFTWARE", 6, 9, "vim"),
        entity("MALWARE", 0, 4, "Zeus"),
    ]
    sizes = {
        (len(m.hits), len(m.missed), len(m.spurious))
        for g in itertools.permutations(gold)
        for f in itertools.permutations(found)
        for m in [match(g, f)]
    }
    assert sizes == {(3, 0, 0)}


def test_key_joins_spellings_of_an_address():
    assert key("IP_ADDRESS", "2001:DB8:0::1") == key("IP_ADDRESS", "2001:db8::1")
    assert key("SOFTWARE", "Some  Thing") == "some thing"
