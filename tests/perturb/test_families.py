"""Every family: deterministic, varied, and faithful to what it says about itself."""

import random

import pytest

from decloak.perturb import PERTURBATIONS, Perturbation

VALUES = {
    "IP_ADDRESS": ("192.0.2.10", "198.51.100.205", "2001:db8::a:1"),
    "CIDR": ("192.0.2.0/24",),
    "DOMAIN": ("mail.silvergate.example.com", "xn--mnchen-3ya.example", "harbor.org"),
    "URL": (
        "http://192.0.2.10/a",
        "https://portal.silvergate.org/login?x=1",
        "ftp://example.org/x",
    ),
    "EMAIL": ("abuse@greenstone.org",),
    "HASH": ("d41d8cd98f00b204e9800998ecf8427e",),
    "CVE": ("CVE-2021-44228",),
    "VERSION": ("1.18.0",),
    "SOFTWARE": ("OpenSSH", "Apache httpd"),
    "SERVICE": ("domain", "https"),
    "ORGANIZATION": ("Microsoft", "Amazon Web Services"),
}
CASES = [
    (family, label, value)
    for family in PERTURBATIONS
    for label in sorted(family.labels)
    for value in VALUES[label]
]


def drawn(family: Perturbation, value: str, label: str, times: int = 200):
    for seed in range(times):
        made = family.apply(value, label, random.Random(seed))
        if made is not None:
            yield made


@pytest.mark.parametrize(("family", "label", "value"), CASES, ids=lambda c: getattr(c, "name", c))
def test_the_same_seed_gives_the_same_disguise(family, label, value):
    first = family.apply(value, label, random.Random(7))
    assert first == family.apply(value, label, random.Random(7))


@pytest.mark.parametrize("family", PERTURBATIONS, ids=lambda f: f.name)
def test_every_family_writes_many_surfaces(family):
    surfaces, variants = set(), set()
    for label in family.labels:
        for value in VALUES[label]:
            for made in drawn(family, value, label):
                surfaces.add(made.lead + made.surface)
                variants.add(made.variant)
    fewest = 4 if family.name == "abbreviation" else 20
    assert len(surfaces) >= fewest
    assert len(variants) >= min(len(family.variants), 2)


@pytest.mark.parametrize(("family", "label", "value"), CASES, ids=lambda c: getattr(c, "name", c))
def test_a_disguise_changes_what_stands_there_and_promises_something(family, label, value):
    for made in drawn(family, value, label, 50):
        assert made.lead or made.surface != value
        assert made.surface
        assert made.value is not None or made.resembles is not None


def test_every_variant_is_reached_by_some_value():
    for family in PERTURBATIONS:
        reached = {
            made.variant
            for label in family.labels
            for value in VALUES[label]
            for made in drawn(family, value, label, 400)
        }
        assert set(family.variants) - reached == set(), family.name


def test_labels_outside_the_family_are_left_alone():
    assert PERTURBATIONS.get("leet").apply("1.18.0", "VERSION", random.Random(1)) is None


def test_zero_width_and_reversal_keep_the_characters():
    for made in drawn(PERTURBATIONS.get("zero_width"), "192.0.2.10", "IP_ADDRESS"):
        assert "".join(c for c in made.surface if c.isascii()) == "192.0.2.10"
    for made in drawn(PERTURBATIONS.get("bidi"), "192.0.2.10", "IP_ADDRESS"):
        assert sorted(c for c in made.surface if c.isascii()) == sorted("192.0.2.10")


def test_look_alike_letters_make_another_name():
    family = PERTURBATIONS.get("confusable")
    made = [m for m in drawn(family, "harbor.org", "DOMAIN") if "cyrillic" in m.variant]
    assert made
    for one in made:
        assert one.value.startswith("xn--")
        assert one.resembles == "harbor.org"


def test_letters_that_idna_maps_back_make_no_other_name():
    family = PERTURBATIONS.get("confusable")
    made = [m for m in drawn(family, "harbor.org", "DOMAIN") if m.variant == "letters_full_width"]
    assert made
    assert {(m.value, m.resembles) for m in made} == {("harbor.org", None)}


def test_names_that_idna_refuses_are_left_to_others():
    family = PERTURBATIONS.get("encoding")
    for value in ("_kerberos._tcp.xn--mnchen-3ya.example", "xn--a.example"):
        assert all(made.variant != "unicode_name" for made in drawn(family, value, "DOMAIN"))


def test_a_broken_address_stays_an_address_and_is_its_own_value():
    for name in ("swap", "delete", "substitute"):
        for made in drawn(PERTURBATIONS.get(name), "198.51.100.205", "IP_ADDRESS"):
            assert made.value == made.surface != "198.51.100.205"


def test_a_broken_known_name_is_another_that_resembles_it_but_for_a_service():
    for made in drawn(PERTURBATIONS.get("delete"), "OpenSSH", "SOFTWARE"):
        assert (made.value, made.resembles) == (made.surface, "OpenSSH")
        assert len(made.surface) == 6
    for made in drawn(PERTURBATIONS.get("swap"), "postgresql", "SERVICE"):
        assert (made.value, made.resembles) == ("postgresql", None)


def test_another_digit_makes_another_thing():
    for made in drawn(PERTURBATIONS.get("substitute"), "365 10 20", "SOFTWARE"):
        assert (made.value, made.resembles) == (made.surface, None)
