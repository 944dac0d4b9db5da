"""What facts explain is blanked, and nothing else: a scan for dotted tokens finds the same others."""

from __future__ import annotations

import re
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from decloak.core.document import View
from decloak.core.span_set import SpanSet
from decloak.tag import unknown
from decloak.tag.base import Scene
from decloak.tag.unknown import PART, without_known

_PART = b"[" + re.escape(PART) + b"]"
_TOKEN = re.compile(rb"(?!-)" + _PART + rb"+(?:\." + _PART + rb"+)+")


def tokens(shadow: bytes) -> set[tuple[int, int]]:
    return {match.span() for match in _TOKEN.finditer(shadow)}


@given(
    text=st.text("ab1.-_ :/\n\u00e9", max_size=60),
    spans=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=12),
    whole=st.data(),
    low=st.integers(0, 10),
)
def test_only_known_tokens_are_lost(
    text: str, spans: list[tuple[int, int]], whole: st.DataObject, low: int
) -> None:
    view = View(text)
    low = min(low, len(text))
    here = sorted(tokens(view.shadow[low:]))
    told = whole.draw(st.lists(st.sampled_from(here))) if here else []
    known = sorted(
        {(start + low, end + low) for start, end in told}
        | {(start, start + size) for start, size in spans if low <= start < len(text) - size}
    )
    scene = Scene(view, low, len(text), SpanSet([a for a, _ in known], [b for _, b in known]))
    with patch.object(unknown, "_FEWEST", 1):
        left = without_known(scene)
    assert len(left) == len(text) - low
    unknown_ones = {span for span in here if (span[0] + low, span[1] + low) not in known}
    found = {span for span in tokens(left) if (span[0] + low, span[1] + low) not in known}
    assert found == unknown_ones


def test_tokens_that_facts_explain_are_not_found_again() -> None:
    text = " 192.0.2.1 www.example.com, a.b.example " * 2
    spans = [match.span() for match in re.finditer(r"192[.0-9]+|www[.a-z]+", text)]
    known = SpanSet([start for start, _ in spans], [end for _, end in spans])
    with patch.object(unknown, "_FEWEST", 1):
        left = without_known(Scene(View(text), 0, len(text), known))
    assert {left[start:end] for start, end in tokens(left)} == {b"a.b.example"}
