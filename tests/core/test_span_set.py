"""A set of spans is the set of its pairs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from decloak.core.span_set import SpanSet

SPANS = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), max_size=30).map(sorted)
"""Few places, so that many spans begin at one."""


@given(SPANS, st.tuples(st.integers(0, 9), st.integers(1, 9)))
def test_it_holds_what_it_was_made_of(spans: list[tuple[int, int]], other: tuple[int, int]) -> None:
    held = SpanSet([start for start, _ in spans], [end for _, end in spans])
    assert set(held) == set(spans)
    assert len(held) == len(set(spans))
    assert (other in held) == (other in spans)
    assert all(span in held for span in spans)


def test_what_is_no_span_is_not_in_it() -> None:
    held = SpanSet([1, 1], [2, 3])
    assert (1, 2) in held
    assert all(other not in held for other in (None, 1, "ab", (1,), (1, 2, 3), (2, 1)))
