"""The JSON scanner agrees with the standard library on every JSON text."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from decloak.core.document import View
from decloak.sources.json_scan import CLOSE, OPEN, PROBLEM, STRING, scan_json

KEYS = st.text(max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(KEYS, children, max_size=4),
    max_leaves=20,
)


def leaves(value: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        return [leaf for key, child in value.items() for leaf in leaves(child, (*path, key))]
    if isinstance(value, list):
        return [leaf for child in value for leaf in leaves(child, path)]
    return [(path, repr(value))]


def read(text: str) -> list[tuple[tuple[str, ...], str]]:
    found = []
    for token in scan_json(View(text)):
        assert token.kind != PROBLEM
        if token.kind in {OPEN, CLOSE}:
            continue
        surface = text[token.start : token.end]
        if token.kind == STRING:
            value = surface if token.value is None else token.value
        else:
            value = json.loads(surface)
        found.append((token.path, repr(value)))
    return found


@given(VALUES, st.booleans(), st.sampled_from([None, 0, 2, "\t"]))
def test_scanner_and_standard_library_agree(value: Any, ascii_only: bool, indent: Any) -> None:  # noqa: FBT001 - drawn
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert read(text) == leaves(json.loads(text))


@given(st.text(alphabet='{}[]",:\\ua01 \n\x00é', max_size=60))
def test_any_text_ends_and_keeps_its_offsets(text: str) -> None:
    depth = 0
    for token in scan_json(View(text)):
        assert 0 <= token.start <= token.end <= len(text)
        depth += (token.kind == OPEN) - (token.kind == CLOSE)
    assert depth == 0
