from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.indicators.skeleton import skeleton


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("g\u043e\u043egle.com", "google.com"),
        ("\u0430\u0440\u0440\u04cf\u0435.com", "apple.com"),
        ("\xdcb\xfcntu", "Ubuntu"),
        ("\uff11\uff19\uff12\u3002\uff10", "192.0"),
        ("\u0661\u06f2\u0967", "121"),
        ("\u2460\u00b2\u2163", "12IV"),
        ("\U0001d41a\U0001d7d8", "a0"),
        ("\u13aapache", "Apache"),
        ("\u0578\u0581", "ng"),
        ("Z\u0334\u0322a\u0336", "Za"),
        ("\u65e5\u672c", "\u65e5\u672c"),
    ],
)
def test_look_alikes_are_made_plain(text: str, plain: str) -> None:
    assert skeleton(text) == plain


@given(st.text())
def test_skeleton_is_idempotent(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text)


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_is_unchanged(text: str) -> None:
    assert skeleton(text) == text


@given(st.text(), st.text())
def test_skeleton_of_a_joined_text_is_the_joined_skeletons(left: str, right: str) -> None:
    assert skeleton(left + right) == skeleton(left) + skeleton(right)
