"""Stored order and shown order compete; the one that reads as an indicator is the value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import decloak
from decloak.indicators.bidi import ALL, displayed, logical, shown_at

RLO, PDF = "\u202e", "\u202c"
NOISE = "\u200e\u200f\u061c\u202a\u202b\u202d\u2066\u2067\u2068\u202e"
VALUES = (
    ("IP_ADDRESS", "198.51.100.23"),
    ("IP_ADDRESS", "2001:db8:df47:393d:302:c5d0:1224:d995"),
    ("DOMAIN", "backup-ember.example.org"),
    ("URL", "https://mail.river.example.org/index.php?option=com_users&view=1"),
    ("EMAIL", "ada+micro@urban.example.org"),
    ("HASH", "eb38203e2dfc3c523d1a35203422defedd03dbe6b79f154a353fe8983ef6f585"),
    ("CVE", "CVE-2019-14818"),
)
LINES = (
    "contacts {} daily",
    "setup.exe\t{}\t412 KB\tWin32 EXE",
    "field:       {}\nnext: word",
    "|   {} |",
)


def found(text):
    return {(each.label, each.value) for each in decloak.extract(text, tagger="off").entities}


@pytest.mark.parametrize(("label", "value"), VALUES)
@pytest.mark.parametrize("line", LINES)
@given(
    noise=st.lists(st.tuples(st.integers(1, 13), st.sampled_from(NOISE)), max_size=2),
    wrapped=st.booleans(),
)
def test_noise_never_changes_a_value(label, value, line, noise, wrapped):
    made = value
    for place, control in noise:
        made = made[:place] + control + made[place:]
    made = f"{RLO}{made}{PDF}" if wrapped else made
    assert (label, value) in found(line.format(made))


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("closed", [PDF, ""])
def test_what_is_valid_only_as_shown_is_read_as_shown(line, closed):
    hidden = RLO + "198.51.100.23"[::-1] + closed
    assert ("IP_ADDRESS", "198.51.100.23") in found(line.format(hidden))


def test_where_both_orders_are_valid_the_shown_one_is_resembled():
    entity = decloak.extract(f"from {RLO}moc.elpmaxe.live{PDF} today", tagger="off").entities[0]
    assert (entity.label, entity.value, entity.resembles) == (
        "DOMAIN",
        "moc.elpmaxe.live",
        "evil.example.com",
    )
    assert "bidi" in entity.obfuscation


def test_an_override_that_nothing_closes_swallows_no_line():
    text = f"one {RLO}two 192.0.2.1 three\tfour evil.example.org five\nsix 192.0.2.2 seven"
    assert found(text) == {
        ("IP_ADDRESS", "192.0.2.1"), ("DOMAIN", "evil.example.org"), ("IP_ADDRESS", "192.0.2.2"),
    }  # fmt: skip


@given(st.text("ab.1:\t " + NOISE + PDF + "\u2069", max_size=60))
def test_values_stand_in_one_of_the_two_readings(text):
    readings = (logical(text).lower(), displayed(text).lower())
    for entity in decloak.extract(text, tagger="off").entities:
        assert any(entity.decoded.lower() in reading for reading in readings)


@given(st.text("abc(1 " + NOISE + PDF + "\u2069", max_size=60))
def test_both_readings_hold_the_same_characters(text):
    plain = sorted(logical(text).replace(")", "("))
    assert sorted(displayed(text).replace(")", "(")) == plain
    assert not ALL & set(displayed(text))


def test_what_is_shown_is_asked_of_a_whole_token():
    text = f"a {RLO}cba{PDF} d"
    assert shown_at(text, 3, 6) == "abc"
    assert shown_at(text, 0, 1) is None
