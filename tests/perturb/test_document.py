"""Disguised documents: spans are exact before and after."""

import random

import pytest

from decloak.perturb import PERTURBATIONS, Marked, disguise_document

TEXT = "Report\nthe host 192.0.2.10 asked mail.silvergate.org,\nthen http://harbor.org/x ran OpenSSH.\n"


def marks() -> list[Marked]:
    found = []
    for value, label in (
        ("192.0.2.10", "IP_ADDRESS"),
        ("mail.silvergate.org", "DOMAIN"),
        ("http://harbor.org/x", "URL"),
        ("OpenSSH", "SOFTWARE"),
    ):
        start = TEXT.index(value)
        found.append(Marked(start, start + len(value), label, value))
    return found


@pytest.mark.parametrize("family", PERTURBATIONS, ids=lambda f: f.name)
@pytest.mark.parametrize("seed", range(20))
def test_spans_are_exact(family, seed):
    made = disguise_document(TEXT, marks(), [family], random.Random(seed))
    assert len(made.planted) + len(made.kept) == 4
    for mark in made.kept:
        assert made.text[mark.start : mark.end] == mark.value
    for planted in made.planted:
        surface = made.text[planted.start : planted.end]
        assert surface
        assert family.name == planted.family
        low, high = made.alignment.to_raw(planted.start, planted.end)
        assert TEXT[low:high] == planted.plain


def test_the_rest_of_the_text_stays():
    made = disguise_document(TEXT, marks(), [PERTURBATIONS.get("defang")], random.Random(3))
    assert made.text.startswith("Report\nthe host ")
    assert made.text.endswith(" ran OpenSSH.\n")


def test_share_zero_changes_nothing():
    made = disguise_document(TEXT, marks(), PERTURBATIONS, random.Random(3), share=0.0)
    assert made.text == TEXT
    assert made.kept == tuple(sorted(marks()))


def test_a_quoted_wrap_opens_its_line_with_the_quote():
    family = PERTURBATIONS.get("soft_break")
    for seed in range(200):
        made = disguise_document(TEXT, marks()[:1], [family], random.Random(seed))
        if made.planted and made.planted[0].variant == "mail_quote":
            lines = made.text.splitlines()
            assert lines[1].startswith(">")
            assert lines[2].startswith(">")
            return
    pytest.fail("no quoted wrap was drawn")
