"""Counts and figures worked by hand."""

import numpy as np
import pytest

from decloak.evaluation.score import Gold
from decloak.evaluation.tagger.mentions import Mention, Text
from decloak.evaluation.tagger.results import UNDISGUISED, Results
from decloak.evaluation.tagger.tally import LABEL_ORDER, Tally, figures, tally

GOLD = (Gold(0, 5, "SOFTWARE", ""), Gold(6, 9, "VERSION", ""), Gold(20, 30, "DOMAIN", ""))


def counted(text, *said):
    return tally([text], [said])


def test_exact_and_overlap():
    made = counted(
        Text("a", "nmap", "x" * 40, GOLD),
        Mention(0, 5, "SOFTWARE"), Mention(6, 8, "VERSION"), Mention(31, 33, "DOMAIN"),
    )  # fmt: skip
    exact, overlap = figures(made.exact), figures(made.overlap)
    assert (exact.precision, exact.recall, exact.gold) == (1 / 3, 1 / 3, 3)
    assert exact.f1 == pytest.approx(1 / 3)
    assert (overlap.precision, overlap.recall) == (2 / 3, 2 / 3)
    version = LABEL_ORDER.index("VERSION")
    assert figures(made.exact[:, version]).f1 == 0.0
    assert figures(made.overlap[:, version]).f1 == 1.0


def test_only_complete_labels_outside_the_excused_places_make_a_mention_spurious():
    text = Text("a", "whois", "x" * 60, GOLD, frozenset({"DOMAIN"}), ((40, 60),))
    made = counted(
        text,
        Mention(20, 30, "DOMAIN"), Mention(45, 48, "DOMAIN"), Mention(32, 34, "DOMAIN"),
        Mention(36, 38, "SOFTWARE"), Mention(0, 5, "SOFTWARE"),
    )  # fmt: skip
    got = figures(made.exact)
    assert got.precision == 1 / 2
    assert got.recall == 2 / 3
    assert got.f1 == pytest.approx(2 / 3)


def test_nothing_complete_leaves_precision_undefined():
    text = Text("a", "whois", "x" * 60, GOLD, frozenset())
    got = figures(counted(text, Mention(0, 5, "SOFTWARE")).exact)
    assert got.precision is None
    assert got.f1 is None
    assert got.recall == 1 / 3


def test_an_alternative_label_counts_under_the_golds_own():
    text = Text("a", "report", "x" * 9, (Gold(0, 4, "MALWARE", "", frozenset({"SOFTWARE"})),))
    made = counted(text, Mention(0, 4, "SOFTWARE"))
    assert figures(made.exact[:, LABEL_ORDER.index("MALWARE")]).recall == 1.0
    assert figures(made.exact).precision == 1.0


def test_labels_that_decloak_lacks_are_left_out_on_both_sides():
    text = Text("a", "banner", "x" * 9, (Gold(0, 4, "DEVICE", ""),))
    assert counted(text, Mention(0, 4, "DEVICE")).exact.sum() == 0


def test_disguised_entities_are_counted_apart():
    text = Text("a", "nmap", "x" * 40, GOLD, disguised=frozenset({(0, 5), (6, 9)}))
    made = counted(
        text, Mention(0, 5, "SOFTWARE"), Mention(6, 8, "VERSION"), Mention(20, 30, "DOMAIN")
    )
    assert made.disguised.tolist() == [[1, 2, 2]]
    assert made.found == ((True, True, True),)


def test_attacks_succeed_where_something_found_is_hidden():
    twin = Text("a", "nmap", "x" * 40, GOLD)
    moved = tuple(each._replace(start=each.start + 3, end=each.end + 3) for each in GOLD)
    text = Text("a", "nmap", "y" * 43, moved, disguised=frozenset({(3, 8), (9, 12)}))
    before = counted(twin, Mention(0, 5, "SOFTWARE"), Mention(6, 9, "VERSION"))
    after = counted(text, Mention(3, 8, "SOFTWARE"))
    made = Results(
        ("s",), {UNDISGUISED: [twin], "leet": [text]}, {},
        {(UNDISGUISED, "s"): before, ("leet", "s"): after},
    )  # fmt: skip
    assert made.lost("leet", "s") == (1, 2)


def test_tallies_join():
    one = counted(Text("a", "nmap", "x" * 40, GOLD), Mention(0, 5, "SOFTWARE"))
    two = counted(Text("b", "nmap", "x" * 40, GOLD))
    both = Tally.joined([one, two])
    assert both.ids == ("a", "b")
    assert figures(both.exact).recall == 1 / 6
    assert np.array_equal(both.exact.sum(axis=0), one.exact[0] + two.exact[0])
