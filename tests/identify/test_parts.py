"""The parts: places, chunks, grounding, omissions, agreement."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.document import View
from decloak.core.entity import Status, Voice
from decloak.core.facts import Segment
from decloak.identify.chunks import chunks_of
from decloak.identify.extract import salvaged
from decloak.identify.ground import Grounder, Mention
from decloak.identify.places import fold, names, occurrences
from decloak.identify.refine import keeps_slots
from decloak.identify.verbalise import verbalise
from decloak.sources.run import read_sources
from decloak.verify import Decisions, agreed
from decloak.verify.claims import claim_of

SCAN = (
    "Nmap scan report for a.example.com (192.0.2.1)\nHost is up (0.10s latency).\n"
    "PORT   STATE SERVICE VERSION\n"
    + "".join(f"{port}/tcp open  http    nginx 1.{port}.0\n" for port in range(8000, 8060))
    + "\nNmap scan report for b.example.com (192.0.2.2)\nHost is up (0.20s latency).\n"
    "PORT   STATE SERVICE VERSION\n22/tcp open  ssh     OpenSSH 8.4p1\n"
)


def _facts(text):
    view = View(text)
    segments, facts, _ = read_sources(view)
    facts.sort()
    return segments, facts


@pytest.mark.parametrize(
    ("text", "value", "is_there"),
    [
        ("port 22/tcp is open", "22", True),
        ("port 2222 is open", "22", False),
        ("at 192.0.2.10.", "192.0.2.10", True),
        ("at 192.0.2.100", "192.0.2.10", False),
        ("0.22s latency", "22", False),
        ("version 8.4p1 (Ubuntu 5)", "8.4p1 Ubuntu 5", True),
        ("version 8.4p1 (Debian 5)", "8.4p1 Ubuntu 5", False),
        ("MAIL.Example.COM answers", "mail.example.com", True),
        ("mail.example.com.example.org", "mail.example.com", False),
    ],
)
def test_a_value_is_named_as_a_whole_or_not_at_all(text, value, is_there):
    assert names(fold(text), value) is is_there


@given(st.text(max_size=60))
def test_fold_keeps_the_length(text):
    assert len(fold(text)) == len(text)


def test_the_search_for_a_frequent_value_ends():
    assert len(list(occurrences("a " * 100_000, "a"))) == 32


@pytest.mark.parametrize("room", [60, 200, 1000])
def test_chunks_hold_every_record_whole_and_all_of_the_text_in_order(room):
    [segment], facts = _facts(SCAN)
    found = facts.span(0, len(facts))
    made = list(chunks_of(SCAN, segment, found, facts, room, lambda text: len(text) // 3))
    assert [chunk.start for chunk in made[1:]] == [chunk.end for chunk in made[:-1]]
    assert (made[0].start, made[-1].end) == (segment.start, segment.end)
    assert [fact for chunk in made for fact in chunk.facts] == found
    where = {}
    for number, chunk in enumerate(made):
        for fact in chunk.facts:
            if facts.kinds[fact.record] == "port":
                assert where.setdefault(fact.record, number) == number, "a port is cut through"
    for chunk in made:
        if chunk.head != (0, 0):
            assert "scan report for" in SCAN[chunk.head[0] : chunk.head[1]]


@given(st.text(alphabet="ab .\n", max_size=300), st.integers(5, 60))
def test_any_text_is_cut_into_all_of_itself(text, room):
    if not text:
        return
    facts = _facts("")[1]
    segment = Segment(0, len(text), "prose", "text", 0.5)
    made = list(chunks_of(text, segment, [], facts, room, len))
    assert "".join(text[c.start : c.end] for c in made) == text


def test_grounding_finds_what_is_there_and_a_slip_in_a_name_but_no_other_address():
    text = "Server of Example Networks Inc. at 192.0.2.10, runs Postfix smtpd."
    grounder = Grounder(text, [(0, len(text))])

    def place(label, value):
        return [text[p.start : p.end] for p in grounder.places(Mention(label, value, "llm.x"))]

    assert place("IP_ADDRESS", "192.0.2.10") == ["192.0.2.10"]
    assert place("IP_ADDRESS", "192.0.2.11") == []
    assert place("IP_ADDRESS", "192.0.2.1") == []
    assert place("ORGANIZATION", "Example Network Inc") == ["Example Networks Inc"]
    assert place("ORGANIZATION", "Another Company Ltd") == []
    assert place("SOFTWARE", "postfix SMTPD") == ["Postfix smtpd"]
    assert place("DOMAIN", "") == []
    assert place("SOFTWARE", "x" * 10_000) == []


@given(st.text(max_size=120), st.text(min_size=1, max_size=40), st.sampled_from(["OS", "DOMAIN"]))
def test_what_is_grounded_is_near_to_what_was_said(text, value, label):
    for place in Grounder(text, [(0, len(text))]).places(Mention(label, value, "llm.x")):
        stands = text[place.start : place.end]
        assert stands
        if not place.slips:
            assert " ".join(fold(stands).split()) in " ".join(fold(value).split())


def test_every_fact_with_a_label_is_told_without_a_model():
    _, facts = _facts(SCAN)
    found = facts.span(0, len(facts))
    story = fold(" ".join(sentence.text for sentence in verbalise(SCAN, found, facts)))
    for fact in found:
        if fact.label:
            assert names(story, SCAN[fact.start : fact.end])


def test_items_before_the_cut_are_saved():
    reply = '{"entities": [{"label": "OS", "text": "a\\"b"}, {"label": "PORT", "text": "2'
    assert list(salvaged(reply)) == [{"label": "OS", "text": 'a"b'}]


@pytest.mark.parametrize(
    ("new", "holds"),
    [
        ("Report [boundary], [focus], [labels].", True),
        ("Report [boundary], [focus].", False),
        ("Report [boundary], [focus], [labels], [labels].", False),
        ("Report [boundary], [focus], [labels] and [secrets].", False),
    ],
)
def test_a_new_wording_keeps_the_slots(new, holds):
    assert keeps_slots("Write [boundary] [focus] [labels]", new) is holds


TEXT = "192.0.2.1 runs nginx at example.com for Example Widgets and 198.51.100.2"
SPANS = st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda pair: (pair[0], sum(pair)))
VOICES = st.builds(
    lambda span, label, origin, weight: Voice(*span, label, origin, weight),
    SPANS,
    st.sampled_from(["IP_ADDRESS", "DOMAIN", "SOFTWARE", "ORGANIZATION", "PORT", "MALWARE"]),
    st.sampled_from(["llm.narrative", "llm.structured", "llm.confirmed"]),
    st.floats(0, 1),
)


@given(st.lists(VOICES, max_size=25))
def test_second_opinions_take_nothing_away_and_nothing_accepted_overlaps(voices):
    decisions = Decisions()
    for start, end, label in ((0, 9, "IP_ADDRESS"), (24, 35, "DOMAIN"), (60, 72, "IP_ADDRESS")):
        decisions.add(start, end, claim_of("pattern.x", label, TEXT[start:end]))
    heard = list(agreed(TEXT, decisions, voices))
    before = {(d.start, d.end, d.label): d.claim for d in decisions}
    after = {(d.start, d.end, d.label): d for d in heard}
    for place, claim in before.items():
        assert after[place].status is Status.ACCEPTED
        assert after[place].claim.confidence >= claim.confidence
        assert after[place].claim.value == claim.value
    accepted = sorted((d.start, d.end) for d in heard if d.status is Status.ACCEPTED)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(accepted))


def test_one_origin_counts_once_and_two_add_up():
    decisions = Decisions()
    decisions.add(0, 9, claim_of("pattern.x", "IP_ADDRESS", "192.0.2.1"))
    once = Voice(0, 9, "IP_ADDRESS", "llm.narrative")
    other = Voice(0, 9, "IP_ADDRESS", "llm.structured")

    def confidence(*voices):
        return next(iter(agreed(TEXT, decisions, voices))).claim.confidence

    base = confidence()
    assert confidence(once) == pytest.approx(1 - (1 - base) * 0.5, abs=1e-3)
    assert confidence(once, once) == confidence(once)
    assert confidence(once) < confidence(once, other) <= 0.99 or confidence(once) == 0.99
