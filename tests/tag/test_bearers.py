"""Whose name it is: a malware's or an attacker's, by what is known and what stands beside."""

from __future__ import annotations

import pytest

from decloak.core.entity import Tagged
from decloak.tag.bearers import settled


@pytest.mark.parametrize(
    ("text", "name", "label"),
    [
        ("It was targeted by Leviathan again.", "Leviathan", "THREAT_ACTOR"),
        ("Files were locked by Emotet again.", "Emotet", "MALWARE"),
        ("A threat actor that we previously dubbed Zorbling is back.", "Zorbling", "THREAT_ACTOR"),
        ("The Zorbling group is back.", "Zorbling", "THREAT_ACTOR"),
        ("The Zorbling gang is back.", "Zorbling gang", "THREAT_ACTOR"),
        ("The Zorbling implant is back.", "Zorbling", "MALWARE"),
        ("A group of servers ran Zorbling.", "Zorbling", "MALWARE"),
        ("The group used Emotet.", "Emotet", "MALWARE"),
        ("We attribute this attack with confidence to Zorbling.", "Zorbling", "THREAT_ACTOR"),
    ],
)
def test_a_name_is_of_whoever_bears_it(text, name, label):
    start = text.index(name)
    [found] = settled([Tagged(start, start + len(name), "MALWARE", 0.9)], text)
    assert found == (start, start + len(name), label, 0.9)


def test_other_labels_are_left_alone():
    for label in ("THREAT_ACTOR", "ORGANIZATION", "SOFTWARE"):
        [found] = settled([Tagged(4, 13, label, 0.9)], "The Leviathan group.")
        assert found.label == label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("There are links between Zorbling and APT28.", "THREAT_ACTOR"),
        ("APT28 or Zorbling may be behind it.", "THREAT_ACTOR"),
        ("APT28, Zorbling", "MALWARE"),
        ("Zorbling and Emotet", "MALWARE"),
        ("Zorbling in the hands of APT28", "MALWARE"),
    ],
)
def test_a_name_that_is_joined_to_an_attackers_is_one(text, label):
    spans = []
    for name, known in (("Zorbling", "MALWARE"), ("APT28", "THREAT_ACTOR"), ("Emotet", "MALWARE")):
        if (start := text.find(name)) >= 0:
            spans.append(Tagged(start, start + len(name), known, 0.9))
    found = {text[each.start : each.end]: each.label for each in settled(sorted(spans), text)}
    assert found["Zorbling"] == label
