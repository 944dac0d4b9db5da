"""The JSON scanner on honest, broken and hostile text."""

from __future__ import annotations

import json

import pytest

from decloak.core.document import View
from decloak.core.limits import MAX_NESTING
from decloak.sources.json_scan import CLOSE, OPEN, PROBLEM, STRING, Token, scan_json


def scalars(text: str) -> list[tuple[str, str]]:
    return [
        (".".join(token.path), text[token.start : token.end])
        for token in scan_json(View(text))
        if token.kind not in {OPEN, CLOSE, PROBLEM}
    ]


def problem(text: str) -> Token | None:
    last = list(scan_json(View(text)))[-1:]
    return last[0] if last and last[0].kind == PROBLEM else None


def test_values_stand_where_the_scanner_says() -> None:
    text = '{"a": {"b": ["x", 2, null]}, "c" : -1.5e3}'
    assert scalars(text) == [("a.b", "x"), ("a.b", "2"), ("a.b", "null"), ("c", "-1.5e3")]
    assert problem(text) is None


def test_a_key_is_found_through_its_offset() -> None:
    text = '{"vulns": {"CVE-2021-44228": {"verified": true}}}'
    [key] = [t for t in scan_json(View(text)) if t.kind == OPEN and len(t.path) == 2]
    assert text[key.key :].startswith("CVE-2021-44228")


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (r"a\u002eb", "a.b"),
        (r"\ud83d\ude00", "\U0001f600"),
        (r"http:\/\/a", "http://a"),
        (r"a\qb\n\\n", "a\\qb\n\\n"),
        (r"\u00zz", r"\u00zz"),
        ("plain", None),
    ],
)
def test_escapes_are_decoded_and_unknown_ones_kept(content: str, value: str | None) -> None:
    [token] = [t for t in scan_json(View(f'["{content}"]')) if t.kind == STRING]
    assert (token.start, token.end, token.value) == (2, 2 + len(content), value)


@pytest.mark.parametrize("cut", range(1, 30))
def test_a_truncated_text_yields_what_is_complete(cut: int) -> None:
    text = '{"ip_str": "192.0.2.1", "port": 443}'
    whole = scalars(text)
    assert scalars(text[:cut]) == whole[: len(scalars(text[:cut]))]
    tokens = list(scan_json(View(text[:cut])))
    assert tokens[-1].kind == PROBLEM
    assert sum(t.kind == OPEN for t in tokens) == sum(t.kind == CLOSE for t in tokens)


def test_a_cut_number_is_not_a_value() -> None:
    assert scalars('{"port": 44') == []


def test_documents_follow_each_other() -> None:
    assert scalars('\ufeff{"a": 1}\n{"a": 2}\r\n[3]\n') == [("a", "1"), ("a", "2"), ("", "3")]


def test_text_after_the_document_ends_the_scan_there() -> None:
    text = '{"a": 1}\nand so on {"b": 2}'
    assert scalars(text) == [("a", "1")]
    found = problem(text)
    assert found is not None
    assert text[found.start :].startswith("and so on")


@pytest.mark.parametrize(
    "text", ['{"a": 1]', "]", '["a": 1]', '{"a" "b"}', "{1: 2}", '["x]', '{"a": é}', "{'a': 1}"]
)
def test_what_is_no_json_is_a_problem(text: str) -> None:
    assert problem(text) is not None


def test_nan_and_duplicate_keys_pass() -> None:
    assert scalars('{"a": NaN, "a": -Infinity}') == [("a", "NaN"), ("a", "-Infinity")]


def test_deep_nesting_stops_with_a_problem() -> None:
    deep = "[" * 200_000
    tokens = list(scan_json(View(deep)))
    assert sum(t.kind == OPEN for t in tokens) == MAX_NESTING
    assert f"{MAX_NESTING}" in (tokens[-1].value or "")


def test_hostile_characters_do_not_raise() -> None:
    text = '{"\x00\ud800": "\udfff\u202e\x00", "k": "é日"}'
    values = [t for t in scan_json(View(text)) if t.kind == STRING]
    assert [text[t.start : t.end] for t in values] == ["\udfff\u202e\x00", "é日"]


def test_pretty_and_compact_agree() -> None:
    data = {"a": [1, {"b": "x\ny"}], "c": {}}
    assert scalars(json.dumps(data)) == scalars(json.dumps(data, indent=4))
