"""Versions: which is the later, and what a distribution added."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.link.versions import is_within, parse_version, version_key

IN_ORDER = [
    "0.9",
    "1.0alpha1",
    "1.0beta2",
    "1.0rc1",
    "1.0",
    "1.0a",
    "1.0p1",
    "1.0.1",
    "1.0.2a",
    "1.0.2k",
    "1.0.10",
    "2",
]

MIXED = IN_ORDER[::-1]


def test_versions_are_in_the_order_of_their_release():
    assert sorted(MIXED, key=version_key) == IN_ORDER
    assert len({version_key(each) for each in IN_ORDER}) == len(IN_ORDER)
    assert version_key("1.0") == version_key("1.0.0")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("8.4p1 Debian 5+deb11u1", ("8.4", "p1", "Debian 5+deb11u1")), ("1.18.0", ("1.18.0", "", "")),
        ("7.6p1 Ubuntu 4ubuntu0.3", ("7.6", "p1", "Ubuntu 4ubuntu0.3")), ("2.2.22 (Debian)", ("2.2.22", "", "Debian")),
        ("1.0.2k-fips", ("1.0.2", "k", "")), ("4.7.6-Ubuntu", ("4.7.6", "", "Ubuntu")), ("10.0 SP2", ("10.0", "sp2", "")),
        ("v1.2.x", ("1.2", "", "")), ("7.2 build 33", ("7.2", "", "")), ("5.5.5-10.3.34-MariaDB-0+deb10u1", ("5.5.5", "", "deb10u1")),
    ],
)  # fmt: skip
def test_versions_are_read_in_their_parts(text, parts):
    assert parse_version(text) == parts


def test_what_begins_with_no_number_is_no_version():
    assert parse_version("unknown") is None


@given(st.lists(st.text("0123456789.abprc-", min_size=1, max_size=8), min_size=3, max_size=3))
def test_the_order_is_one_order(texts):
    low, middle, high = sorted(texts, key=version_key)
    assert is_within(middle, low, high, low_open=False, high_open=False)
    assert not is_within(middle, middle, "", low_open=True, high_open=False)
    assert not is_within(middle, "", middle, low_open=False, high_open=True)


@given(st.text(max_size=200))
def test_any_text_may_be_called_a_version(text):
    assert version_key(text)
    found = parse_version(text)
    assert found is None or found.number
