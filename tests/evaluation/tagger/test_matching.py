"""Pairing against the stupid twin: try every one-to-one pairing."""

import itertools
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from decloak.evaluation.score import Gold
from decloak.evaluation.tagger.matching import pair
from decloak.evaluation.tagger.mentions import Mention

LABELS = ("SOFTWARE", "OS")


def spans(most):
    place = st.tuples(st.integers(0, 12), st.integers(1, 6), st.sampled_from(LABELS))
    return st.lists(place.map(lambda each: (each[0], each[0] + each[1], each[2])), max_size=most)


GOLD = spans(5).map(lambda rows: [Gold(low, high, label, "") for low, high, label in rows])
SAID = spans(5).map(lambda rows: [Mention(*row) for row in rows])
ALT = st.lists(st.booleans(), min_size=5, max_size=5)


def with_alternatives(gold, also):
    return [
        each._replace(alt=frozenset(LABELS)) if more else each
        for each, more in zip(gold, also, strict=False)
    ]


def fits(gold, mention, *, exact):
    if mention.label not in gold.labels:
        return False
    if exact:
        return (gold.start, gold.end) == (mention.start, mention.end)
    return gold.start < mention.end and mention.start < gold.end


def most_pairs(gold, said, *, exact):
    """Return the size of the largest pairing, by trying all."""
    padded = [*said, *[None] * len(gold)]
    return max(
        sum(
            one is not None and fits(each, one, exact=exact)
            for each, one in zip(gold, chosen, strict=True)
        )
        for chosen in itertools.permutations(padded, len(gold))
    )


@settings(deadline=None)
@given(GOLD.filter(lambda rows: len(rows) <= 4), SAID.filter(lambda rows: len(rows) <= 4), ALT)
def test_no_pairing_is_larger(gold, said, also):
    gold = with_alternatives(gold, also)
    for exact in (True, False):
        made = pair(gold, said, exact=exact)
        assert len(made.hits) == most_pairs(gold, said, exact=exact)
        assert all(fits(one, other, exact=exact) for one, other in made.hits)
        assert len(made.hits) + len(made.missed) == len(gold)
        assert len(made.hits) + len(made.spurious) == len(said)


@settings(deadline=None)
@given(GOLD, SAID, ALT, st.integers(0, 1000))
def test_the_order_of_lists_does_not_matter(gold, said, also, seed):
    gold = with_alternatives(gold, also)
    rng = Random(seed)
    for exact in (True, False):
        expected = pair(gold, said, exact=exact)
        mixed = pair(rng.sample(gold, len(gold)), rng.sample(said, len(said)), exact=exact)
        assert mixed == expected


@settings(deadline=None)
@given(GOLD, SAID)
def test_whoever_is_found_exactly_is_found_by_overlap(gold, said):
    exact = pair(gold, said, exact=True)
    overlap = pair(gold, said, exact=False)
    missed = [one for one, _ in exact.hits]
    for one, _ in overlap.hits:
        if one in missed:
            missed.remove(one)
    assert missed == []


def test_equal_ranges_are_paired_before_overlapping_ones():
    gold = [Gold(0, 4, "OS", ""), Gold(4, 8, "OS", "")]
    said = [Mention(4, 8, "OS"), Mention(2, 6, "OS")]
    assert dict(pair(gold, said, exact=False).hits)[gold[1]] == said[0]


def test_a_long_chain_is_no_recursion():
    gold = [Gold(10 * i, 10 * i + 8, "OS", "") for i in range(3000)]
    said = [Mention(10 * i + 6, 10 * i + 12, "OS") for i in range(3000)]
    assert len(pair(gold, said, exact=False).hits) == 3000
