"""The mix: what is drawn, how often, how strongly, and what is never drawn in training."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decloak.core.errors import SettingsError
from decloak.perturb import PERTURBATIONS, Marked, compose, load_mix
from decloak.perturb.mix import _data
from decloak.perturb.typo import typo_families

VALUES = {
    "IP_ADDRESS": "198.51.100.205",
    "DOMAIN": "mail.silvergate.example.com",
    "URL": "https://portal.silvergate.org/login?x=1",
    "EMAIL": "abuse@greenstone.org",
    "HASH": "d41d8cd98f00b204e9800998ecf8427e",
    "CVE": "CVE-2021-44228",
    "VERSION": "1.18.0",
    "SOFTWARE": "OpenSSH",
    "SERVICE": "domain",
    "ORGANIZATION": "Microsoft",
    "STATE": "open",
}
MIXES = ("default", "reserved", "experiment_1", "experiment_2")


@st.composite
def documents(draw):
    """A text with entities at known places, words and line ends between them."""
    parts, marks, length = [], [], 0
    for label in draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=8)):
        gap = draw(st.sampled_from((" ", "\n", " and ", "\nhost: ", " \u4e2d ", "\t", '"')))
        parts.append(gap)
        length += len(gap)
        parts.append(VALUES[label])
        marks.append(Marked(length, length + len(VALUES[label]), label, VALUES[label]))
        length += len(VALUES[label])
    return "".join(parts) + " end\n", marks


@pytest.mark.parametrize("name", MIXES)
@settings(max_examples=60)
@given(document=documents(), seed=st.integers(0, 2**32), share=st.floats(0, 1))
def test_every_span_is_exact(name, document, seed, share):
    text, marks = document
    made = load_mix(name).disguise(text, marks, random.Random(seed), share=share)
    assert len(made.planted) + len(made.kept) == len(marks)
    for mark in made.kept:
        assert made.text[mark.start : mark.end] == mark.value
    at, built = 0, []
    for planted in made.planted:
        low, high = made.alignment.to_raw(planted.start, planted.end)
        assert text[low:high] == planted.plain
        assert planted.start >= at
        at = planted.end
        built.append((low, high))
    # What lies outside the entities is as it was, but for what a disguise needs around it.
    for low, high in zip(
        [0] + [b for _, b in built], [a for a, _ in built] + [len(text)], strict=True
    ):
        for word in text[low:high].split():
            assert word in made.text


@pytest.mark.parametrize("name", MIXES)
def test_the_same_seed_gives_the_same_text(name):
    marks = [Marked(0, 7, "SOFTWARE", "OpenSSH")]
    texts = {
        load_mix(name).disguise("OpenSSH", marks, random.Random(5), share=1).text for _ in "ab"
    }
    assert len(texts) == 1


def test_what_is_reserved_is_never_drawn_in_training():
    reserved = _data()["reserved"]
    mix = load_mix()
    names = {each.name for each in mix.perturbations}
    assert not names & set(reserved["families"])
    assert not names & {"+".join(pair) for pair in reserved["compositions"]}
    seen = Counter()
    for seed in range(3000):
        for label, value in VALUES.items():
            if seed % 11 == sorted(VALUES).index(label):
                marks = [Marked(0, len(value), label, value)]
                for planted in mix.disguise(value, marks, random.Random(seed), share=1).planted:
                    seen[planted.family, planted.variant] += 1
    for family, variants in reserved["variants"].items():
        for inner, variant in seen:
            parts = zip(inner.split("+"), variant.split("+"), strict=True)
            assert not any(part == family and way in variants for part, way in parts)
    assert {family for family, _ in seen} > {"defang", "leet", "zero_width", "delete"}


def test_only_the_reserved_is_drawn_for_unseen_attacks():
    mix, train = load_mix("reserved"), load_mix()
    seen = {
        (planted.family, planted.variant)
        for seed in range(400)
        for label, value in VALUES.items()
        for planted in mix.disguise(
            value, [Marked(0, len(value), label, value)], random.Random(seed), share=1
        ).planted
    }
    drawable = {
        (each.family, variant)
        for each in train.perturbations
        for variant in getattr(each, "variants", ())
    }
    assert seen
    assert not seen & drawable


def test_weights_decide_how_often_a_family_comes():
    mix = load_mix()
    drawn = Counter(
        planted.family
        for seed in range(2000)
        for planted in mix.disguise(
            "192.0.2.10", [Marked(0, 10, "IP_ADDRESS", "192.0.2.10")], random.Random(seed), share=1
        ).planted
    )
    assert drawn["defang"] > 1.5 * drawn["encoding"]
    composed = sum(count for family, count in drawn.items() if "+" in family)
    assert 0.02 < composed / drawn.total() < 0.25


@pytest.mark.parametrize("family", typo_families(), ids=lambda f: f.name)
def test_about_twelve_percent_of_the_characters_are_touched(family):
    value, touched, total = "Cascadia Harbour Shipping and Logistics", 0, 0
    for seed in range(300):
        made = family.apply(value, "ORGANIZATION", random.Random(seed))
        same = sum(a == b for a, b in zip(value, made.surface, strict=False))
        touched += len(value) - len(made.surface) if family.name == "delete" else len(value) - same
        total += len(value)
    share = touched / total / (2 if family.name == "swap" else 1)
    assert 0.08 < share < 0.16


def test_a_stronger_family_touches_more():
    weak, strong = typo_families(0.05)[2], typo_families(0.5)[2]
    value = "Cascadia Harbour Shipping and Logistics"

    def changed(family):
        made = [family.apply(value, "ORGANIZATION", random.Random(s)).surface for s in range(50)]
        return sum(a != b for surface in made for a, b in zip(value, surface, strict=True))

    assert changed(strong) > 4 * changed(weak)


def test_a_composition_keeps_what_the_inner_one_promises():
    pair = compose(PERTURBATIONS.get("defang"), PERTURBATIONS.get("zero_width"))
    made = [pair.apply("mail.silvergate.org", "DOMAIN", random.Random(s)) for s in range(50)]
    made = [each for each in made if each is not None]
    assert made
    for each in made:
        assert each.value == "mail.silvergate.org"
        assert not each.surface.isascii()
        assert each.variant.count("+") == 1


def test_a_family_that_reads_the_grammar_cannot_go_over_another():
    with pytest.raises(SettingsError, match="cannot go over"):
        compose(PERTURBATIONS.get("leet"), PERTURBATIONS.get("percent"))


def test_an_unknown_mix_names_the_known_ones():
    with pytest.raises(SettingsError, match="experiment_1"):
        load_mix("nothing")
