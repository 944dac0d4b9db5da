"""Every source parser, on hostile text and on broken samples: it never raises and its spans hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import decloak.sources  # noqa: F401 - importing it fills the registry
from decloak.core.document import View
from decloak.core.facts import RECORDS, Facts
from decloak.core.labels import LABELS
from decloak.sources.base import PARSERS

SAMPLES = sorted((Path(__file__).parents[1] / "golden" / "sources").glob("*--*.txt"))
NOISE = st.text(
    st.one_of(
        st.sampled_from("\x00\r\n\t \"'<>&;:|/\\.,()[]{}=#%$-_*?@0123456789abcXYZ"),
        st.characters(),  # with lone surrogates
    ),
    max_size=200,
)

PARTS = re.compile(r"\w+|[^\w\s]+|\s+")

relaxed = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def samples_of(name: str) -> list[str]:
    return [
        path.read_bytes().decode("utf-8")
        for path in SAMPLES
        if path.stem.partition("--")[0] == name
    ]


def check(name: str, text: str, start: int, end: int) -> None:
    parser = PARSERS.get(name)
    view = View(text)
    assert 0 <= parser.score(view, start, end) <= 1
    facts = Facts(parser.source)
    parser.parse(view, start, end, facts)
    assert all(kind in RECORDS for kind in facts.kinds)
    for index, parent in enumerate(facts.parents):
        assert -1 <= parent < index
    for fact in facts.items:
        assert start <= fact.start < fact.end <= end, fact
        assert fact.label == "" or fact.label in LABELS, fact
        assert fact.value is None or isinstance(fact.value, str), fact
        if fact.record >= 0:
            kind = RECORDS[facts.kinds[fact.record]]
            assert fact.field in kind.one + kind.many, fact


@pytest.mark.parametrize("name", PARSERS.names())
@relaxed
@given(text=NOISE)
def test_hostile_text_is_survived(name: str, text: str) -> None:
    check(name, text, 0, len(text))


@pytest.mark.parametrize("name", PARSERS.names())
@relaxed
@given(data=st.data())
def test_broken_samples_are_survived(name: str, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(samples_of(name)))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.sampled_from([0, 0, 1, 2, 5, 40]))
        text = text[:at] + data.draw(NOISE) + text[at + cut :]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.one_of(st.just(len(text)), st.integers(start, len(text))))
    check(name, text, start, end)


@pytest.mark.parametrize("name", PARSERS.names())
def test_text_may_end_behind_any_word_or_sign(name: str) -> None:
    """Keys without their values: each line of a sample alone, cut behind each of its parts."""
    lines = dict.fromkeys(line for text in samples_of(name) for line in text.split("\n"))
    heads = {line[: part.end()] for line in lines for part in PARTS.finditer(line[:160])}
    for head in sorted(heads):
        check(name, head, 0, len(head))


@pytest.mark.parametrize("name", PARSERS.names())
def test_values_differ_from_the_text_they_unescape(name: str) -> None:
    for text in samples_of(name):
        facts = Facts(PARSERS.get(name).source)
        PARSERS.get(name).parse(View(text), 0, len(text), facts)
        for fact in facts.items:
            assert fact.value != text[fact.start : fact.end], fact


@pytest.mark.parametrize("name", PARSERS.names())
def test_facts_do_not_depend_on_what_stands_before(name: str) -> None:
    """A segment in the middle of a document gives the facts of the segment alone, shifted."""
    for text in samples_of(name):
        parser = PARSERS.get(name)
        alone, within = Facts(parser.source), Facts(parser.source)
        before = "Some prose\nbefore it.\n"
        parser.parse(View(text), 0, len(text), alone)
        parser.parse(View(before + text + "\nand after"), len(before), len(before + text), within)
        shift = len(before)
        assert within.items == [
            f._replace(start=f.start + shift, end=f.end + shift) for f in alone.items
        ]
