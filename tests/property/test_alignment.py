"""Alignment against a slow twin that keeps one raw range per decoded code point."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.alignment import Alignment, Edit, Run, apply_edits
from decloak.core.errors import SpanError

HOSTILE = st.text(
    st.one_of(
        st.sampled_from("ab.\n\r\t\0 []"),
        st.sampled_from("\u200b\u202e\u0301\ufeff\ud800\udfff\U000e0041"),
        st.characters(),
    ),
    max_size=24,
)


@dataclass(frozen=True)
class Twin:
    """`origin[i]` is the raw range that decoded code point i came from."""

    origin: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str, edits: list[Edit]) -> Twin:
        origin: list[tuple[int, int]] = []
        place = 0
        for edit in edits:
            origin += [(i, i + 1) for i in range(place, edit.start)]
            size = len(edit.replacement)
            if edit.reversed:
                origin += [(edit.end - 1 - i, edit.end - i) for i in range(size)]
            else:
                origin += [(edit.start, edit.end)] * size
            place = edit.end
        origin += [(i, i + 1) for i in range(place, len(text))]
        return cls(tuple(origin))

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        parts = self.origin[start:end]
        return min(a for a, _ in parts), max(b for _, b in parts)

    def to_decoded(self, raw_start: int, raw_end: int) -> tuple[int, int] | None:
        hits = [i for i, (a, b) in enumerate(self.origin) if a < raw_end and raw_start < b]
        return (min(hits), max(hits) + 1) if hits else None

    def then(self, later: Twin) -> Twin:
        return Twin(tuple(self.to_raw(a, b) for a, b in later.origin))


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> list[Edit]:
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    edits = []
    for start, end in itertools.pairwise(cuts):
        kind = draw(st.sampled_from(["keep", "replace", "remove", "reverse"]))
        if kind == "reverse":
            edits.append(
                Edit(start, end, text[start:end][::-1], "bidi", "test", reversed=True)
            )  # fmt: skip
        elif kind != "keep":
            replacement = draw(st.text("xyz", max_size=3)) if kind == "replace" else ""
            edits.append(Edit(start, end, replacement, "defang", "test"))
    return edits


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(HOSTILE)
    return text, draw(edits_of(text))


def ranges(length: int) -> list[tuple[int, int]]:
    return [(a, b) for a in range(length) for b in range(a + 1, length + 1)]


@given(HOSTILE)
def test_without_edits_the_map_is_the_identity(text: str) -> None:
    new, alignment = apply_edits(text, [])
    assert new == text
    assert alignment.is_identity
    assert alignment.length == alignment.raw_length == len(text)
    for a, b in ranges(len(text)):
        assert alignment.to_raw(a, b) == (a, b) == alignment.to_decoded(a, b)


@given(edited())
def test_both_directions_agree_with_the_twin(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    new, alignment = apply_edits(text, edits)
    twin = Twin.of(text, edits)
    assert alignment.length == len(new) == len(twin.origin)
    for a, b in ranges(len(new)):
        assert alignment.to_raw(a, b) == twin.to_raw(a, b)
    for a, b in ranges(len(text)):
        assert alignment.to_decoded(a, b) == twin.to_decoded(a, b)


@given(edited())
def test_untouched_characters_come_from_themselves(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    new, alignment = apply_edits(text, edits)
    for i, char in enumerate(new):
        a, b = alignment.to_raw(i, i + 1)
        if not any(edit.start < b and a < edit.end for edit in edits):
            assert text[a:b] == char


@given(st.data())
def test_compose_is_one_after_the_other(data: st.DataObject) -> None:
    text, first = data.draw(edited())
    middle, one = apply_edits(text, first)
    second = data.draw(edits_of(middle))
    new, two = apply_edits(middle, second)
    both = one.compose(two)
    assert (both.raw_length, both.length) == (len(text), len(new))
    chained = Twin.of(text, first).then(Twin.of(middle, second))
    apart = not any(
        a.start <= b.raw_end and b.raw_start <= a.end for a in one.runs for b in two.runs
    )
    for a, b in ranges(len(new)):
        low, high = both.to_raw(a, b)
        exact_low, exact_high = chained.to_raw(a, b)
        assert 0 <= low <= exact_low < exact_high <= high <= len(text)
        if apart:
            assert (low, high) == (exact_low, exact_high)


@given(st.data())
def test_composing_widens_only_within_runs_that_share_characters(data: st.DataObject) -> None:
    """Outside every run of the composition each character still comes from exactly itself."""
    text, first = data.draw(edited())
    middle, one = apply_edits(text, first)
    second = data.draw(edits_of(middle))
    new, two = apply_edits(middle, second)
    both = one.compose(two)
    for run, following in zip(both.runs, both.runs[1:], strict=False):
        assert run.raw_end <= following.raw_start
        assert run.end <= following.start
    for i, char in enumerate(new):
        if not any(run.start <= i < run.end for run in both.runs):
            a, b = both.to_raw(i, i + 1)
            assert text[a:b] == char
    for run in both.runs:
        if run.reversed:
            assert run.raw_end - run.raw_start == run.end - run.start


@given(st.data())
def test_compose_is_associative_on_lengths_and_whole_ranges(data: st.DataObject) -> None:
    text, first = data.draw(edited())
    second_text, one = apply_edits(text, first)
    third_text, two = apply_edits(second_text, data.draw(edits_of(second_text)))
    new, three = apply_edits(third_text, data.draw(edits_of(third_text)))
    left, right = one.compose(two).compose(three), one.compose(two.compose(three))
    assert left.length == right.length == len(new)
    if new:
        assert left.to_raw(0, len(new)) == right.to_raw(0, len(new))


def test_removed_text_at_an_edge_does_not_widen_a_span() -> None:
    _, one = apply_edits("a\u200bevil[.]com\u200bb", [
        Edit(1, 2, "", "zero_width", "t"), Edit(12, 13, "", "zero_width", "t"),
    ])  # fmt: skip
    middle = "aevil[.]comb"
    new, two = apply_edits(middle, [Edit(5, 8, ".", "defang", "t")])
    start = new.index("evil.com")
    assert one.compose(two).to_raw(start, start + 8) == (2, 12)


def test_a_later_edit_that_touches_removed_text_does_not_swallow_it() -> None:
    _, one = apply_edits("ab\u200bcd", [Edit(2, 3, "", "zero_width", "t")])
    _, two = apply_edits("abcd", [Edit(2, 3, "X", "defang", "t")])
    assert one.compose(two).to_raw(2, 3) == (3, 4)
    assert one.compose(two).to_raw(1, 3) == (1, 4)


@pytest.mark.parametrize(("start", "end"), [(0, 0), (-1, 1), (2, 1), (0, 4)])
def test_ranges_that_cannot_be_are_refused(start: int, end: int) -> None:
    alignment = Alignment(3)
    with pytest.raises(SpanError):
        alignment.to_raw(start, end)
    with pytest.raises(SpanError):
        alignment.to_decoded(start, end)


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(0, 2, "", "f", "d"), Edit(1, 3, "", "f", "d")],
        [Edit(2, 3, "", "f", "d"), Edit(0, 1, "", "f", "d")],
        [Edit(2, 5, "", "f", "d")],
    ],
)
def test_edits_that_overlap_or_leave_the_text_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(SpanError):
        apply_edits("abc", edits)


def test_composing_with_an_alignment_of_another_text_is_refused() -> None:
    with pytest.raises(SpanError, match="cannot compose"):
        Alignment(3).compose(Alignment(4))


def test_empty_edits_are_refused() -> None:
    with pytest.raises(SpanError):
        Edit(1, 1, "x", "f", "d")


def test_equal_alignments_are_equal_and_hash_alike() -> None:
    one, other = Alignment(3, [Run(0, 1, 0, 2)]), Alignment(3, (Run(0, 1, 0, 2),))
    assert one == other
    assert hash(one) == hash(other)
    assert one != Alignment(3)
    assert one != "something else"
