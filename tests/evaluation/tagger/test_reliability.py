"""Calibration errors worked by hand and against the definition."""

import itertools
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decloak.evaluation.score import Gold
from decloak.evaluation.tagger.calibration import Judged, curve, judge
from decloak.evaluation.tagger.mentions import Mention, Text
from decloak.evaluation.tagger.reliability import bins, calibration_error

SPANS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


@settings(deadline=None)
@given(SPANS)
def test_equal_width_is_the_definition(spans):
    total = 0.0
    for index in range(15):
        low, high = index / 15, (index + 1) / 15
        inside = [
            (sure, good)
            for sure, good in spans
            if low <= sure < high or (index == 14 and sure == 1)
        ]
        if inside:
            gap = sum(sure for sure, _ in inside) - sum(good for _, good in inside)
            total += abs(gap)
    made = bins(*zip(*spans, strict=True), equal_mass=False)
    assert calibration_error(made) == pytest.approx(
        total / len(spans), abs=0.02 / len(spans) + 1e-9
    )
    assert sum(each.size for each in made) == len(spans)


@settings(deadline=None)
@given(SPANS)
def test_equal_mass_has_bins_of_a_size(spans):
    made = bins(*zip(*spans, strict=True), equal_mass=True)
    sizes = [each.size for each in made]
    assert sum(sizes) == len(spans)
    assert max(sizes) - min(sizes) <= 1
    assert len(made) == min(15, len(spans))
    assert all(one.high <= other.low for one, other in itertools.pairwise(made))


def test_a_known_case():
    sure = [0.9] * 10 + [0.3] * 10
    good = [True] * 8 + [False] * 2 + [True] * 5 + [False] * 5
    assert calibration_error(bins(sure, good, equal_mass=False)) == pytest.approx(0.15)


def test_an_honest_model_has_a_small_error():
    rng = Random(1)
    sure = [rng.random() for _ in range(50_000)]
    good = [rng.random() < each for each in sure]
    for equal_mass in (True, False):
        assert calibration_error(bins(sure, good, equal_mass=equal_mass)) < 0.01
        boasting = [each**0.5 for each in sure]
        assert calibration_error(bins(boasting, good, equal_mass=equal_mass)) > 0.1


def test_no_spans_have_no_error():
    assert str(calibration_error(bins([], [], equal_mass=True))) == "nan"


TEXT = Text(
    "a", "nmap", "x" * 50, (Gold(0, 5, "OS", ""), Gold(6, 9, "VERSION", "")),
    frozenset({"OS", "VERSION"}), ((40, 50),),
)  # fmt: skip


def test_spans_are_judged_where_the_gold_can_tell():
    said = [
        Mention(0, 5, "OS", 0.9), Mention(6, 8, "VERSION", 0.4), Mention(10, 20, "HASH", 0.8),
        Mention(41, 45, "OS", 0.7),
    ]  # fmt: skip
    assert judge([TEXT], [said]) == Judged((0.9, 0.4), (True, False), 2)


def test_the_curve_drops_what_is_below():
    judged = Judged((0.9, 0.8, 0.4), (True, True, False), 3)
    low, middle, high, none = curve(judged, (0.0, 0.8, 0.9, 0.95))
    assert low[1:] == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert middle[1:] == pytest.approx((1.0, 2 / 3, 0.8))
    assert high[1:] == pytest.approx((1.0, 1 / 3, 0.5))
    assert none[1:] == (None, 0.0, None)
