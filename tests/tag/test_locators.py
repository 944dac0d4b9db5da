"""Where a URL ends, in a sentence that goes on around it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from decloak.tag.locators import trim_url

TRAILING, PAIRS = ".,;:!?'\"", {")": "(", "]": "[", "}": "{", ">": "<"}


def _twin(text: str) -> int:
    """Count the brackets again for each that is taken off."""
    end = len(text)
    while end:
        char = text[end - 1]
        unopened = char in PAIRS and text.count(char, 0, end) > text.count(PAIRS[char], 0, end)
        if char not in TRAILING and not unopened:
            break
        end -= 1
    return end


@given(st.text("a()[]{}<>.,;", max_size=40))
def test_brackets_that_the_url_did_not_open_are_no_part_of_it(text: str) -> None:
    assert trim_url(text, 0, len(text)) == _twin(text)


def test_many_brackets_are_counted_once() -> None:
    text = "http://a.example/" + ")]" * 500_000  # the twin takes minutes
    assert trim_url(text, 0, len(text)) == len("http://a.example/")
