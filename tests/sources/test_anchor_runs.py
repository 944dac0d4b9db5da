"""Anchors are searched for without bounds: the same lines go to the same grammars as with them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decloak.core.document import View
from decloak.indicators.bounds import LEAST_BOUND, unbounded
from decloak.indicators.engine import compile_pattern
from decloak.sources import anchor_runs
from decloak.sources.anchor_runs import anchor_of, find_runs
from decloak.sources.base import PARSERS, LineParser

LINE_PARSERS = [
    parser for parser in map(PARSERS.get, PARSERS.names()) if isinstance(parser, LineParser)
]
PIECES = (
    "Nmap scan report for a.example", "Host: 192.0.2.1 (", ")\tStatus: Up", "22/tcp open ssh", "; <<>> DiG 9.18",
    "www.example.com.", " 300 IN A 192.0.2.1", "Registrar", "Domain Name", " email", ":", " X", "SSH-2.0-OpenSSH_8.4",
    "220 ", "ESMTP", "% whois.example", "$ nmap -sV", "host ", "2001:db8::1\t22\tx", "\t80\tx", "+OK ready", ".", " ", ">", "a",
    "\n", "\n", "\n", "\n\n",
)  # fmt: skip
TIMES = st.sampled_from([1, 1, 1, 1, 2, 39, 40, 41, 80, 81, 200, 201, 260])
TEXTS = st.lists(st.tuples(st.sampled_from(PIECES), TIMES), max_size=14).map(
    lambda parts: "".join(piece * times for piece, times in parts)
)


def test_only_far_bounds_go():
    assert (
        unbounded(rb"a{0,39}b{1,40}[c]{2,300}?d{40}\{1,99}") == rb"a{0,39}b{1,}[c]{2,}?d{40}\{1,99}"
    )


def found(pattern, text):
    return {match.start(): match.end() for match in pattern.finditer(text)}


@pytest.mark.parametrize("parser", LINE_PARSERS, ids=lambda parser: parser.name)
@settings(max_examples=40)
@given(text=TEXTS)
def test_an_anchor_without_bounds_finds_every_line_and_the_same_short_texts(parser, text):
    shadow = View(text).shadow
    exact = found(anchor_of(parser.name), shadow)
    loose = found(compile_pattern(unbounded(parser.anchor), capture=False), shadow)
    assert exact.keys() <= loose.keys()
    for start, end in loose.items():
        assert start == 0 or shadow[start - 1 : start] == b"\n"
        assert b"\n" not in shadow[start : end - 1]
        if end - start < LEAST_BOUND:
            assert exact[start] == end


def runs(text):
    return [(run.parser.name, run.start, run.end) for run in find_runs(View(text), 0, len(text))]


@given(text=TEXTS)
def test_runs_are_those_of_anchors_with_bounds(text):
    loose = runs(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(anchor_runs, "_union", exact_union)
        patch.setattr(anchor_runs, "_grammars", grammars)
        patch.setattr(anchor_runs, "_first_seen", lambda _names: {})
        assert runs(text) == loose


def exact_union(parsers):
    anchors = b"|".join(b"(?:%s)" % parser.anchor for parser in parsers)
    return compile_pattern(anchors, capture=False, memory=1 << 25)


def grammars(names):
    lines = tuple(each for each in map(PARSERS.get, names) if isinstance(each, LineParser))
    made = tuple(anchor_runs._Grammar(each, order, lines) for order, each in enumerate(lines))
    return exact_union(lines), made
