"""Narrator: what is told can be labelled, and the complete narrative names all of the gold."""

from decloak.corpus.sample import Label, Sample
from decloak.evaluation.reproduce.items.checklist import EXAMPLE
from decloak.evaluation.reproduce.narrator import Narrator, complete, labelled
from decloak.evaluation.score import Gold
from decloak.identify.omissions import is_named
from decloak.identify.places import fold

GOLD = {"example.com": "DOMAIN", "192.0.2.10": "IP_ADDRESS", "OpenSSH": "SOFTWARE", "443": "PORT"}


def sample():
    entities = sorted(
        Label(EXAMPLE.index(value), EXAMPLE.index(value) + len(value), label, value, "test")
        for value, label in GOLD.items()
    )
    return Sample("a", EXAMPLE, "nmap", "g", tuple(entities), split="train")


def test_labels_of_a_narrative_stand_where_they_say():
    (told,) = labelled([sample()])
    assert not told.problems()
    assert {(told.text[each.start : each.end], each.label) for each in told.entities} == set(
        GOLD.items()
    )
    assert told.text != EXAMPLE


def test_a_text_of_which_nothing_is_told_is_left_out():
    nothing = Sample("a", "Nothing to see here.", "nmap", "g", ())
    assert list(labelled([nothing])) == []


def test_a_complete_narrative_names_all_that_the_narrator_left_out():
    gold = [Gold(0, 1, "ORGANIZATION", "Nobody Ltd"), Gold(0, 1, "IP_ADDRESS", "192.0.2.10")]
    told = Narrator().narrative(EXAMPLE)
    whole = complete(told, gold)
    assert whole.startswith(told)
    assert all(is_named(fold(whole), each.label, each.value) for each in gold)
    assert whole.count("192.0.2.10") == told.count("192.0.2.10")
