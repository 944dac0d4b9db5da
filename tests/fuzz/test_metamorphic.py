"""What a text looks like at its line ends says nothing, in documents of every source."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fuzz_seeds import seed_texts
from promises import broken_by_line_ends

import decloak
from decloak.core.document import Document

PAIRS, MOST_DIFFERING = 120, 15
PIPELINE = decloak.Pipeline(decloak.Settings(tagger="off", review=True))


def _run(text: str) -> decloak.Result:
    return PIPELINE.run(Document("x", text))


@pytest.mark.parametrize("part", range(4))
def test_returns_and_trailing_blanks_change_nothing(part: int) -> None:
    rng = Random(part)
    for text in seed_texts()[part::4]:
        for _ in range(2):
            assert list(broken_by_line_ends(text, _run(text), _run, rng)) == [], text[:200]


@pytest.mark.parametrize(
    "end", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", " \t\n", "\u00a0\n"]
)
def test_every_line_end_is_one(end: str) -> None:
    text = "Nmap scan report for 192.0.2.7\n22/tcp open  ssh OpenSSH 8.4p1\nhxxp://evil[.]exam\nple.com/a b"
    wanted = [(each.label, each.value) for each in _run(text).entities]
    changed = text.replace("\n", end)
    found = _run(changed).entities
    assert [(each.label, each.value) for each in found] == wanted
    assert len(wanted) > 5
    assert all(changed[each.start : each.end] == each.text == each.text.strip() for each in found)


@pytest.mark.parametrize(
    "text",
    [
        "path %TEMP%\\Logs.txt\u00a0and more",
        '{"ip_str": "192.0.2.1", "org": "Example\\r\\nInc.\\n", "port": 22, "product": " \\n"}',
        "r \u202e ::\ufeff5 and \u202e  0/0\r\nafter",
        "Registrant Organization: \u3000Example Inc.\u2003\r\n",
    ],
)
def test_values_have_no_white_space_at_their_edges_and_hold_no_line_end(text: str) -> None:
    found = _run(text).all_entities
    assert found
    for each in found:
        assert each.value == each.value.strip() != ""
        assert each.text == each.text.strip() == text[each.start : each.end]
        assert len(each.value.splitlines()) == 1


def test_what_a_decoder_wrote_at_once_is_told_in_order() -> None:
    found = _run("68:74:74:70:73:3A:2F:2F:77:77:77:2E:62:72:F").all_entities
    assert len(found) > 1
    places = [(each.start, each.end) for each in found]
    assert places == sorted(places)


def test_documents_with_blank_lines_between_are_read_like_each_alone() -> None:
    """Some do differ: a text of one line is believed to be a banner only where it is all there is."""
    rng = Random(13)
    texts = [text for text in seed_texts() if len(text) < 3000]
    pairs = [rng.sample(texts, 2) for _ in range(PAIRS)]
    differing = [pair for pair in pairs if _together(*pair) != _apart(*pair)]
    assert len(differing) <= MOST_DIFFERING, [(a[:60], b[:60]) for a, b in differing]


def _together(first: str, second: str) -> set[tuple[str, str, int]]:
    found = _run(first + "\n\n\n" + second).entities
    return {(each.label, each.value, each.start) for each in found}


def _apart(first: str, second: str) -> set[tuple[str, str, int]]:
    shift = len(first) + 3
    return {(each.label, each.value, each.start) for each in _run(first).entities} | {
        (each.label, each.value, each.start + shift) for each in _run(second).entities
    }
