"""The shadow has one byte per code point, whatever the text holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.shadow import HIDDEN, LETTER, OTHER, SPACE, shadow_of

ANY = st.text(
    st.one_of(st.characters(), st.sampled_from("\r\n\0\ud800\udfff\u200b\u202e\U0010ffff"))
)  # fmt: skip


@given(ANY)
def test_one_byte_per_code_point(text: str) -> None:
    assert len(shadow_of(text)) == len(text)


@given(ANY)
def test_ascii_keeps_its_byte_but_for_carriage_returns(text: str) -> None:
    shadow = shadow_of(text)
    for i, char in enumerate(text):
        if char == "\r":
            assert shadow[i] == (0x20 if text[i + 1 : i + 2] == "\n" else 0x0A)
        elif char.isascii():
            assert shadow[i] == ord(char)
        else:
            assert shadow[i] in {LETTER, HIDDEN, SPACE, OTHER}


@given(ANY, ANY)
def test_each_character_is_classified_alone(left: str, right: str) -> None:
    assert shadow_of(left + "|" + right) == shadow_of(left) + b"|" + shadow_of(right)


@pytest.mark.parametrize(
    ("char", "byte"),
    [
        ("\u00e9", LETTER), ("\u0301", LETTER), ("\uff11", LETTER), ("\u2460", LETTER),
        ("\u200b", HIDDEN), ("\u00ad", HIDDEN), ("\ufe0f", HIDDEN), ("\u202e", HIDDEN),
        ("\U000e0041", HIDDEN), ("\u00a0", SPACE), ("\u2028", SPACE), ("\u3002", OTHER),
        ("\ud800", OTHER), ("\U0010ffff", OTHER), ("\u20ac", OTHER),
    ],
)  # fmt: skip
def test_classes(char: str, byte: int) -> None:
    assert shadow_of(char) == bytes([byte])


def test_line_ends_are_one_kind() -> None:
    assert shadow_of("a\r\nb\rc\n") == b"a \nb\nc\n"
