"""A search sees every distinct token, and gets every place of those that it chooses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.document import View
from decloak.decode import stretches
from decloak.decode.once import release
from decloak.decode.stretches import located, search_in, tokens_with

TEXTS = st.text("axy. \n\t\u00e9\u2003", max_size=80)


class WithX:
    """Chooses the tokens with an x."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    def choose(self, tokens: list[bytes]) -> Iterator[bytes]:
        self.seen += tokens
        return (token for token in tokens if b"x" in token)


class WithY(WithX):
    """Chooses those with a y."""

    def choose(self, tokens: list[bytes]) -> Iterator[bytes]:
        self.seen += tokens
        return (token for token in tokens if b"y" in token)


@pytest.fixture(autouse=True)
def only_these() -> Iterator[None]:
    with patch.object(stretches, "_makers", [WithX, WithY]):
        yield


@given(TEXTS, st.integers(1, 40), st.integers(0, 5))
def test_all_places_are_found(text: str, stretch: int, most: int) -> None:
    view = View(text)
    with patch.object(stretches, "_STRETCH", stretch), patch.object(stretches, "_MOST_SEEN", most):
        for search, mark in ((WithX, b"x"), (WithY, b"y")):
            made, found = search_in(view, search)
            places = [(start + low, start + high) for start, _, each in found for low, high in each]
            pieces = [view.shadow[low:high] for low, high in places]
            assert places == sorted(set(places))
            assert all(mark in piece for piece in pieces)
            if stretch > len(text):
                expected = re.finditer(rb"[^ \n\t]+", view.shadow)
                assert places == [each.span() for each in expected if mark in each.group()]
                assert sorted(made.seen) == sorted(set(view.shadow.split()))
    release(view)


def test_a_token_that_no_white_space_ends_is_cut_and_none_is_lost() -> None:
    view = View("x" * 50 + " y")
    with patch.object(stretches, "_STRETCH", 20):
        _, found = search_in(view, WithX)
        assert [(start, places) for start, _, places in found] == [
            (0, [(0, 20)]), (20, [(0, 20)]), (40, [(0, 10)]),
        ]  # fmt: skip


@given(st.text("ab ", max_size=60), st.sets(st.text("ab", min_size=1, max_size=3), max_size=12))
def test_words_are_located_one_by_one_or_all_at_once(text: str, words: set[str]) -> None:
    plain = text.encode()
    wanted = {word.encode() for word in words}
    expected = [m.span() for m in re.finditer(rb"[^ ]+", plain) if m.group() in wanted]
    assert list(located(plain, wanted)) == expected
    with patch.object(stretches, "_FEW", -1):
        assert list(located(plain, wanted)) == expected


def test_tokens_with_a_word_are_told() -> None:
    joined = b"one/two three,two four"
    plain = joined.replace(b"/", b" ").replace(b",", b" ")
    assert list(tokens_with(joined, plain, {b"two"})) == [b"one/two", b"three,two"]
    assert list(tokens_with(joined, plain, {b"four"})) == [b"four"]
