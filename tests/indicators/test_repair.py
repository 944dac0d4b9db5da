"""Repair: values of a known label, read out of text that its check refuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.entity import Verdict
from decloak.indicators import check
from decloak.indicators.repair import REPAIRED, repaired


@pytest.mark.parametrize(
    ("label", "text", "value"),
    [
        ("IP_ADDRESS", "198 [~~.~~] 51 [.] 100 [.] 7", "198.51.100.7"),
        ("DOMAIN", 'exam<span class="x">ple (.</span>) com', "example.com"),
        ("IP_ADDRESS", "\u2081\u2089\u2082__.__\u2080.\u2080.\u2082", "192.0.0.2"),
        ("EMAIL", "bob [at] example [dot] com", "bob@example.com"),
        ("URL", "hxxps[:]//exa<b>mple</b>[.]com/a", "https://example.com/a"),
        ("CVE", "CVE-<b>2022</b>-4141", "CVE-2022-4141"),
    ],
)
def test_one_value_is_read(label: str, text: str, value: str) -> None:
    assert repaired(label, text) == (value,)


@pytest.mark.parametrize(
    ("label", "text"),
    [("DOMAIN", "foo bar"), ("IP_ADDRESS", "1.2.3"), ("HASH", "the hash"), ("SOFTWARE", "n*ginx")],
)
def test_nothing_is_made_up(label: str, text: str) -> None:
    assert repaired(label, text) == ()


@given(st.sampled_from(sorted(REPAIRED)), st.text(max_size=60))
def test_what_is_read_holds(label: str, text: str) -> None:
    for value in repaired(label, text):
        assert check(label, value).verdict is Verdict.CONFIRMED
