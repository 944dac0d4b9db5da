"""Claims: each has a verdict that follows from its interval alone, and names a figure that is measured."""

import pytest

from decloak.evaluation.reproduce.claims import VERDICTS, Claim, claims, judge
from decloak.evaluation.reproduce.items.registry import ITEMS
from decloak.evaluation.reproduce.outcome import Measure, Missing, Outcome


def verdict_of(measure, **claim):
    made = Outcome(measures={} if measure is None else {"it": measure})
    return judge(Claim("a", "b", "c", "item", "it", **claim), {"item": made}).verdict


@pytest.mark.parametrize(
    ("low", "high", "size", "verdict"),
    [
        (0.01, 0.03, None, "reproduced"),
        (0.01, 0.03, 0.02, "reproduced"),
        (0.01, 0.03, 0.05, "direction only"),
        (-0.01, 0.03, None, "tie"),
        (0.0, 0.0, None, "tie"),
        (-0.02, 0.0, None, "tie"),
        (-0.03, -0.01, None, "refuted"),
    ],
)
def test_a_difference_is_judged_by_its_interval(low, high, size, verdict):
    assert verdict_of(Measure((low + high) / 2, low, high, drawn=50), size=size) == verdict


@pytest.mark.parametrize(
    ("expects", "low", "high", "verdict"),
    [
        ("least", 0.9, 0.95, "reproduced"),
        ("least", 0.85, 0.95, "tie"),
        ("least", 0.7, 0.8, "refuted"),
        ("most", 0.8, 0.9, "reproduced"),
        ("most", 0.85, 0.95, "tie"),
        ("most", 0.95, 0.99, "refuted"),
    ],
)
def test_a_figure_is_held_against_its_bound(expects, low, high, verdict):
    measure = Measure((low + high) / 2, low, high, drawn=50)
    assert verdict_of(measure, expects=expects, bound=0.9) == verdict


def test_a_handful_of_documents_says_nothing():
    assert verdict_of(Measure(0.5, 0.4, 0.6, drawn=11)) == "too few to say"
    assert verdict_of(Measure(0.5, 0.4, 0.6, drawn=12)) == "reproduced"
    assert verdict_of(Measure(1.0, 1.0, 1.0), expects="least", bound=1.0) == "reproduced"


def test_what_was_not_measured_says_why():
    made = Outcome(
        missing=[Missing("it", "it takes a GPU", "decloak reproduce item --budget full")]
    )
    judged = judge(Claim("a", "b", "c", "item", "it"), {"item": made})
    assert (judged.verdict, judged.why) == ("not run under this budget", "it takes a GPU")
    assert judged.command == "decloak reproduce item --budget full"
    assert judge(Claim("a", "b", "c", "item", "it"), {}).verdict == "not run under this budget"
    assert judge(Claim("a", "b", "c", why="no data"), {}).verdict == "not testable here"


def test_every_claim_is_about_an_item_or_says_why_not():
    known = claims()
    assert len({claim.id for claim in known}) == len(known)
    for claim in known:
        assert bool(claim.why) != bool(claim.item and claim.measure), claim.id
        assert not claim.item or claim.item in ITEMS, claim.id
        assert claim.expects in {"more", "least", "most"}, claim.id
        assert judge(claim, {}).verdict in VERDICTS
