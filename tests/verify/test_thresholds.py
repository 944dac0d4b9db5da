"""The numbers of the decision table are data, and small counts prove little."""

from __future__ import annotations

import pytest

from decloak.core.labels import LABELS
from decloak.tag import PROPOSERS
from decloak.verify import thresholds
from decloak.verify.thresholds import confidence_of, threshold_of


@pytest.fixture
def tables(monkeypatch):
    data = {
        "confidence": {
            "a.few|DOMAIN": {"right": 2, "wrong": 0},
            "a.many|DOMAIN": {"right": 990, "wrong": 10},
        },
        "prior": {"default": 0.5, "a": 0.8},
        "thresholds": {"default": 0.85, "DOMAIN": 0.7},
    }
    confidence_of.cache_clear()
    threshold_of.cache_clear()
    monkeypatch.setattr(thresholds, "_table", data.__getitem__)
    yield
    confidence_of.cache_clear()
    threshold_of.cache_clear()


@pytest.mark.usefixtures("tables")
def test_few_observations_stay_near_the_assumption_and_many_leave_it():
    assert confidence_of("a.few", "DOMAIN") == pytest.approx((2 + 8) / 12, abs=1e-4)
    assert confidence_of("a.many", "DOMAIN") == pytest.approx(998 / 1010, abs=1e-4)


@pytest.mark.usefixtures("tables")
def test_an_unmeasured_origin_takes_the_assumption_of_its_longest_known_prefix():
    assert confidence_of("a.new.one", "DOMAIN") == 0.8
    assert confidence_of("b", "DOMAIN") == 0.5


@pytest.mark.usefixtures("tables")
def test_a_label_without_a_threshold_of_its_own_takes_the_default():
    assert (threshold_of("DOMAIN"), threshold_of("URL")) == (0.7, 0.85)


def test_every_number_in_the_box_is_a_probability():
    for proposer in PROPOSERS:
        for origin in proposer.origins:
            for label in proposer.labels:
                assert 0 < confidence_of(origin, label) < 1
    for label in LABELS:
        assert 0 < threshold_of(label) < 1
