from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from decloak.tag.scheme import allowed_moves, allowed_starts, labels_of, scheme_of, spans_of
from decloak.tag.words import split

LABELS = scheme_of(["DOMAIN", "PORT"])
RANKS = st.lists(st.integers(0, len(LABELS) - 1), max_size=12)


@st.composite
def possible(draw: st.DrawFn) -> list[int]:
    moves, starts = allowed_moves(LABELS), allowed_starts(LABELS)
    path: list[int] = []
    for _ in range(draw(st.integers(0, 12))):
        fitting = [
            rank for rank in range(len(LABELS)) if (moves[path[-1]][rank] if path else starts[rank])
        ]
        path.append(draw(st.sampled_from(fitting)))
    return path


@given(possible())
def test_labels_and_spans_are_the_same_thing(path: list[int]) -> None:
    words = split(" ".join("x" for _ in path))
    spans = [
        (words.starts[first], words.ends[stop - 1], name)
        for first, stop, name in spans_of(path, LABELS)
    ]
    assert labels_of(words, spans, LABELS) == path


@given(RANKS)
def test_any_labels_give_spans_in_order(path: list[int]) -> None:
    last = 0
    for first, stop, _ in spans_of(path, LABELS):
        assert last <= first < stop <= len(path)
        last = stop


def test_a_span_inside_a_word_takes_the_word() -> None:
    words = split("see xexample.org/")
    assert labels_of(words, [(5, 16, "DOMAIN")], LABELS) == [0, 1, 2, 2, 0]
    assert labels_of(words, [(5, 16, "UNKNOWN")], LABELS) == [0, 0, 0, 0, 0]


def test_inside_follows_its_own_label_alone() -> None:
    moves = allowed_moves(LABELS)
    assert LABELS == ("O", "B-DOMAIN", "I-DOMAIN", "B-PORT", "I-PORT")
    assert moves[0] == [True, True, False, True, False]
    assert moves[1] == moves[2] == [True, True, True, True, False]
    assert allowed_starts(LABELS) == [True, True, False, True, False]
