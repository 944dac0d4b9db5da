"""Line ends of every kind, and blanks before them, come out as one line feed."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from decloak.core.lines import LINE_ENDS, even, one_line

TEXTS = st.lists(
    st.sampled_from([*LINE_ENDS, "\r\n", " ", "\t", "\u00a0", "\x1f", "ab", "\u200b", "\u3000"])
)


def _twin(text: str) -> str:
    """Say it with the regular expression that takes quadratic time."""
    return re.sub(
        rf"[^\S{LINE_ENDS}]*(\r\n|[{LINE_ENDS}]|\Z)", lambda end: "\n" if end[1] else "", text
    )


@given(TEXTS.map("".join))
def test_all_line_ends_are_line_feeds_with_nothing_blank_before(text: str) -> None:
    made, alignment = even(text)
    assert made == _twin(text)
    assert (alignment.raw_length, alignment.length) == (len(text), len(made))
    if made == text:
        assert made is text
        assert alignment.is_identity


@given(TEXTS.map("".join))
def test_what_is_left_points_back_at_itself(text: str) -> None:
    made, alignment = even(text)
    for place, char in enumerate(made):
        start, end = alignment.to_raw(place, place + 1)
        assert text[start:end] == char or (char == "\n" and text[start:end].isspace())
    assert even(made)[0] is made


def test_a_value_is_one_line() -> None:
    assert one_line("\u00a0Example\r\n Inc.\u2028") == "Example Inc."
    assert one_line("as it is") == "as it is"
