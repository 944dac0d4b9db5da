from __future__ import annotations

from array import array
from itertools import accumulate
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.tag import passages as module
from decloak.tag.passages import passages
from decloak.tag.tokens import Pieces
from decloak.tag.windows import cut

WIDTHS = st.lists(st.integers(1, 8), max_size=120)


@given(WIDTHS, st.sets(st.integers(0, 119)), st.integers(8, 40), st.integers(0, 3))
def test_every_word_belongs_to_one_window_that_holds_it(
    widths: list[int], lines: set[int], budget: int, overlap: int
) -> None:
    offsets = array("I", [0, *accumulate(widths)])
    windows = cut(offsets, sorted(line for line in lines if line < len(widths)), budget, overlap)
    owned = [word for window in windows for word in range(window.own, window.own_stop)]
    assert owned == list(range(len(widths)))
    for first, stop, own, own_stop in windows:
        assert first <= own <= own_stop <= stop
        assert 0 < offsets[stop] - offsets[first] <= budget


def test_windows_end_behind_lines_and_begin_at_them_where_they_can() -> None:
    offsets = list(range(101))
    windows = cut(offsets, [15, 17, 33, 35], budget=20, overlap=4)
    assert windows[0] == (0, 18, 0, 17)
    assert windows[1].first == 16
    assert windows[1].stop == 36


def test_words_in_the_overlap_go_to_the_window_with_more_context() -> None:
    first, second, *_ = cut(list(range(101)), [], budget=20, overlap=8)
    assert first[:2] == (0, 20)
    assert second.first == 12
    assert first.own_stop == second.own == 16


def spelt(text: str, words: object) -> Pieces:
    """One piece for every two code points, whatever they are."""
    offsets, ids = array("I", [0]), array("i")
    for start, end in zip(words.starts, words.ends, strict=True):  # type: ignore[attr-defined]
        ids.extend([ord(text[start])] * ((end - start + 1) // 2))
        offsets.append(len(ids))
    return Pieces(ids, offsets)


TEXTS = st.text(st.sampled_from("ab \n.\u00e9\t"), max_size=600)


@given(TEXTS, st.integers(90, 200))
def test_a_text_read_in_chunks_has_the_windows_of_one_read_at_once(text: str, chunk: int) -> None:
    encoder = SimpleNamespace(encode=spelt)

    def windows(size: int) -> list[tuple[object, ...]]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "_CHUNK", size)
            found = passages(text, 0, len(text), encoder, budget=40, overlap=9)  # type: ignore[arg-type]
            return [(each.words, each.own, each.own_stop, each.ids, each.offsets) for each in found]

    assert windows(chunk) == windows(10_000)
