"""What is known of a name moves how sure the model is of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.entity import Tagged
from decloak.kb.store import add, the_store
from decloak.tag.standing import KNOWN_AS, moved, standing_of, weighed

FEEDS = Path(__file__).parents[1] / "kb" / "feeds"


def confidence(text, label, store=None, at=0.8):
    [found, *_] = weighed([Tagged(0, len(text), label, at)], text, store)
    return found.confidence


@pytest.mark.parametrize(
    ("label", "name", "standing"),
    [
        ("THREAT_ACTOR", "APT-28", "known"), ("MALWARE", "Emotet", "known"), ("MALWARE", "Hive", "weak"),
        ("MALWARE", "Fancy Bear", "other"), ("THREAT_ACTOR", "Zorbling", "unknown"),
    ],
)  # fmt: skip
def test_names_are_known_for_something_or_for_something_else(label, name, standing):
    assert standing_of(label, name, None) == standing


def test_what_is_known_weighs_and_what_nobody_knows_does_not():
    assert confidence("APT28", "THREAT_ACTOR") > 0.8
    assert confidence("Fancy Bear", "MALWARE") < 0.8
    assert confidence("Zorbling", "MALWARE") == confidence("Zorbling", "THREAT_ACTOR") == 0.8
    assert confidence("192.0.2.1", "IP_ADDRESS") == 0.8


@given(st.floats(0, 1), st.floats(-8, 8), st.text(max_size=20), st.sampled_from([*KNOWN_AS, "URL"]))
def test_confidence_stays_a_probability(probability, weight, name, label):
    assert 0 <= moved(probability, weight) <= 1
    assert all(
        0 <= each.confidence <= 1 for each in weighed([Tagged(0, len(name), label, probability)], name, None)
    )  # fmt: skip


def test_a_release_that_the_dictionary_has_is_evidence(tmp_path):
    path = tmp_path / "kb.sqlite"
    add(FEEDS / "nvdcpe.json", path)
    for version, is_surer in (("3.1:rc2", True), ("99", False)):
        text = f"Burrow Server {version}"
        spans = [Tagged(0, 13, "SOFTWARE", 0.8), Tagged(14, len(text), "VERSION", 0.9)]
        found, _ = weighed(spans, text, the_store(path))
        assert (found.confidence > 0.8) == is_surer
