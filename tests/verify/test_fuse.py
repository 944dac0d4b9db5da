"""One rule for facts, patterns, tables and the model, whatever the order in which they speak."""

from __future__ import annotations

import itertools
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decloak.core.entity import Candidate, Status, Tagged, Voice
from decloak.core.facts import Facts
from decloak.verify import Decisions, agreed, decide, questions
from decloak.verify.fuse import fuse
from decloak.verify.thresholds import confidence_of

TEXT = "Emotet at Example Corp. uses 192.0.2.1 and nginx/1.18.0 from www.example.com today"


def at(surface: str) -> tuple[int, int]:
    start = TEXT.index(surface)
    return start, start + len(surface)


def tagged(surface: str, label: str, confidence: float) -> Tagged:
    return Tagged(*at(surface), label, confidence)


def proposed(surface: str, label: str, origin: str) -> Candidate:
    return Candidate(*at(surface), label, origin)


def settled(candidates: list[Candidate], spans: list[Tagged], facts: Facts | None = None) -> dict[str, tuple[str, str, float, tuple[str, ...]]]:  # fmt: skip
    """Surface -> label, status, confidence, evidence; of one place, what was accepted."""
    decisions, _ = decide(TEXT, facts or Facts("prose"), candidates, tagged=spans, keep_all=True)
    return {
        TEXT[each.start : each.end]: (
            each.label, each.status.value, each.claim.confidence, each.evidence,
        )
        for each in sorted(decisions, key=lambda each: each.status is Status.ACCEPTED)
    }  # fmt: skip


def test_the_model_alone_is_judged_by_the_threshold_of_labels_in_general():
    found = settled([], [tagged("Emotet", "SOFTWARE", 0.9), tagged("today", "ORGANIZATION", 0.7)])
    assert found["Emotet"] == ("SOFTWARE", "accepted", 0.9, ("tagger",))
    assert found["today"][1] == "review"
    assert "below 0.85" in found["today"][3][-1]


def test_names_whose_confidence_is_measured_where_the_model_is_alone_need_no_more_than_that():
    found = settled([], [tagged("Emotet", "MALWARE", 0.45), tagged("today", "MALWARE", 0.35)])
    assert found["Emotet"] == ("MALWARE", "accepted", 0.45, ("tagger",))
    assert "below 0.40" in found["today"][3][-1]


@pytest.mark.parametrize(("confidence", "status"), [(0.6, "accepted"), (0.4, "review")])
def test_a_disguise_helps_what_is_more_likely_right_than_wrong(confidence: float, status: str):
    spans = [tagged("today", "SOFTWARE", confidence)]
    options = {"undone": [at("today")], "keep_all": True}
    [decision], _ = decide(TEXT, Facts("prose"), [], spans, **options)
    assert decision.status.value == status


def test_what_the_model_is_sure_of_and_a_check_refutes_is_for_review_with_both_reasons():
    found = settled([], [tagged("nginx", "IP_ADDRESS", 0.99), tagged("today", "CIDR", 0.8)])
    assert found["nginx"][1] == "review"
    assert found["nginx"][3][:2] == ("tagger", "the model is sure of IP_ADDRESS: 0.9900")
    assert found["nginx"][3][2].startswith("pattern fails: ")
    assert found["today"][1] == "rejected"


def test_nothing_accepts_what_a_check_refutes():
    text = "nginx and nginx"
    spans = [Tagged(0, 5, "IP_ADDRESS", 1.0), Tagged(10, 15, "IP_ADDRESS", 1.0)]
    decisions, _ = decide(text, Facts("prose"), [], spans, undone=[(0, 5)], keep_all=True)
    voices = [Voice(0, 5, "IP_ADDRESS", f"llm.{n}") for n in range(5)]
    heard = list(agreed(text, Decisions.of(decisions), voices))
    assert [each.status for each in heard] == [Status.REVIEW, Status.REVIEW]
    assert questions(heard) == []


def test_a_fact_stands():
    facts = Facts("prose")
    facts.note("SERVICE", *at("nginx"), "list.name")
    found = settled([], [tagged("nginx", "SOFTWARE", 1.0)], facts)
    assert found["nginx"][0] == "SERVICE"


def test_a_confirmed_pattern_stands_and_the_model_keeps_the_rest():
    address = proposed("192.0.2.1", "IP_ADDRESS", "pattern.ipv4")
    found = settled([address], [tagged("Example Corp. uses 192.0.2.1", "ORGANIZATION", 0.99)])
    assert found["192.0.2.1"][:2] == ("IP_ADDRESS", "accepted")
    assert found["Example Corp. uses"] == (
        "ORGANIZATION", "accepted", 0.99, ("tagger", "without the IP_ADDRESS beside it"),
    )  # fmt: skip


def test_what_surrounds_a_confirmed_pattern_is_rejected_with_the_reason():
    address = proposed("192.0.2.1", "IP_ADDRESS", "pattern.ipv4")
    lost = fuse(TEXT, [], [address], [tagged("uses 192.0.2.1 and", "SOFTWARE", 0.9)]).lost
    assert [each.claim.evidence[-1] for each in lost] == ["overlaps a IP_ADDRESS"]
    lost = fuse(TEXT, [], [address], [tagged("0.2", "VERSION", 0.9)]).lost
    assert [each.claim.evidence[-1] for each in lost] == ["inside a IP_ADDRESS"]


def test_a_pattern_that_doubts_a_form_is_not_overruled():
    doubtful = proposed("www.example.com", "DOMAIN", "pattern.domain.code-like")
    found = settled([doubtful], [tagged("www.example.com", "DOMAIN", 0.99)])
    assert found["www.example.com"][1] != "accepted"
    lost = fuse(TEXT, [], [doubtful], [tagged("www.example.com", "DOMAIN", 0.99)]).lost
    assert [each.claim.evidence[-1] for each in lost] == ["a pattern doubts this DOMAIN"]


def test_signs_that_no_name_has_refute_it():
    text = "caf\ufffd \U0001f600 came"
    [decision], _ = decide(
        text, Facts("prose"), [], [Tagged(0, 6, "ORGANIZATION", 1.0)], keep_all=True
    )
    assert decision.status is Status.REVIEW


def test_two_that_agree_are_surer_than_either():
    name = proposed("Emotet", "MALWARE", "lexicon.word")
    alone = confidence_of("lexicon.word", "MALWARE")
    found = settled([name], [tagged("Emotet", "MALWARE", 0.6)])
    label, status, confidence, evidence = found["Emotet"]
    assert (label, status) == ("MALWARE", "accepted")
    assert confidence == pytest.approx(1 - (1 - alone) * 0.4, abs=1e-3)
    assert set(evidence) == {"tagger", "lexicon.word"}


@pytest.mark.parametrize(("confidence", "winner"), [(0.99, "MALWARE"), (0.45, "ORGANIZATION")])
def test_of_two_that_overlap_the_surer_one_stands(confidence: float, winner: str):
    name = proposed("Example Corp.", "ORGANIZATION", "pattern.company")
    decisions, _ = decide(
        TEXT, Facts("prose"), [name], [tagged("Example Corp. uses", "MALWARE", confidence)]
    )
    assert [each.label for each in decisions] == [winner]


def test_what_a_table_knows_and_believes_is_what_it_says():
    name = proposed("nginx", "SOFTWARE", "lexicon.name")
    found = settled([name], [tagged("nginx", "MALWARE", 0.99)])
    assert found["nginx"][:2] == ("SOFTWARE", "accepted")
    lost = fuse(TEXT, [], [name], [tagged("nginx", "MALWARE", 0.99)]).lost
    assert [each.claim.evidence[-1] for each in lost] == ["known as a SOFTWARE"]


WORDS = [(start, start + len(word)) for word in TEXT.split() for start in [TEXT.index(word)]]
LABELS = ["ORGANIZATION", "SOFTWARE", "MALWARE", "DOMAIN", "IP_ADDRESS", "VERSION"]
ORIGINS = ["lexicon.name", "lexicon.weak", "pattern.company", "pattern.product", "pattern.ipv4"]


@st.composite
def ranges(draw: st.DrawFn) -> tuple[int, int]:
    first = draw(st.integers(0, len(WORDS) - 1))
    last = draw(st.integers(first, min(first + 2, len(WORDS) - 1)))
    low = draw(st.integers(0, 2))
    start, end = WORDS[first][0], WORDS[last][1]
    inside = start + low < end and not TEXT[start + low].isspace()
    return (start + low, end) if inside else (start, end)


CANDIDATES = st.lists(
    st.builds(
        lambda where, label, origin: Candidate(*where, label, origin),
        ranges(), st.sampled_from(LABELS), st.sampled_from(ORIGINS),
    ),
    max_size=8,
)  # fmt: skip
SPANS = st.lists(
    st.builds(
        lambda where, label, sure: Tagged(*where, label, sure),
        ranges(), st.sampled_from(LABELS), st.floats(0, 1),
    ),
    max_size=6,
)  # fmt: skip


def disjoint(spans: list[Tagged]) -> list[Tagged]:
    kept: list[Tagged] = []
    for span in sorted(spans):
        if not kept or kept[-1].end <= span.start:
            kept.append(span)
    return kept


@settings(deadline=None)
@given(CANDIDATES, SPANS, st.randoms(use_true_random=False))
def test_the_order_of_what_is_proposed_makes_no_difference(
    candidates: list[Candidate], spans: list[Tagged], dice: Random
) -> None:
    spans = disjoint(spans)
    first = fuse(TEXT, [], candidates, spans)
    mixed, turned = dice.sample(candidates, len(candidates)), dice.sample(spans, len(spans))
    second = fuse(TEXT, [], mixed, turned)
    assert sorted(first.candidates) == sorted(second.candidates)
    assert first.places == second.places
    assert sorted(map(repr, first.lost)) == sorted(map(repr, second.lost))


@settings(deadline=None)
@given(CANDIDATES, SPANS)
def test_nothing_overlaps_what_the_model_keeps_and_nothing_disappears(
    candidates: list[Candidate], spans: list[Tagged]
) -> None:
    spans = disjoint(spans)
    fusion = fuse(TEXT, [], candidates, spans)
    for start, end, claim in fusion.places:
        assert 0 <= start < end <= len(TEXT)
        assert TEXT[start:end].strip() == TEXT[start:end]
        if claim.status is not Status.ACCEPTED:
            continue
        for low, high, label, origin, _ in fusion.candidates:
            if low < end and start < high:
                verdict = decide(TEXT, Facts("prose"), [Candidate(low, high, label, origin)])[0]
                assert not verdict or verdict[0].status is not Status.ACCEPTED
    told = {(place.start, place.end) for place in (*fusion.places, *fusion.lost)}
    for start, end, *_ in spans:
        kept = any(low < end and start < high for low, high in told)
        agreed = any((each.start, each.end) == (start, end) for each in candidates)
        assert kept or agreed


@settings(deadline=None)
@given(CANDIDATES, SPANS)
def test_decisions_of_all_do_not_overlap(candidates: list[Candidate], spans: list[Tagged]) -> None:
    decisions, _ = decide(TEXT, Facts("prose"), candidates, tagged=disjoint(spans))
    for before, after in itertools.pairwise(decisions):
        assert before.end <= after.start


def test_a_plain_value_that_no_pattern_sees_is_held_for_review() -> None:
    text = "import java.util.Island and go to example [.] org"
    plain = Tagged(7, 23, "DOMAIN", 0.97)
    hidden = Tagged(34, 49, "DOMAIN", 0.97)
    fusion = fuse(text, [], [], [plain, hidden])
    held = {text[place.start : place.end]: place.claim for place in fusion.places}
    assert held["java.util.Island"].status is Status.REVIEW
    assert "patterns see no DOMAIN here" in held["java.util.Island"].evidence


@pytest.mark.parametrize(
    ("text", "span", "candidates", "reason"),
    [
        ("id 15.1.225.42 via", (3, 14, "IP_ADDRESS"), [Candidate(3, 14, "VERSION", "pattern.version.dotted")],
         "a pattern reads a version"),
        ("the registry hive was", (13, 17, "MALWARE"), [Candidate(13, 17, "MALWARE", "lexicon.weak.bare")],
         "an ordinary word"),
        ("diamond.ini | 55 ++--", (0, 11, "DOMAIN"), [Candidate(0, 11, "FILE_NAME", "pattern.file")],
         "a pattern reads the name of a file"),
        ("TCP_MISS/200 8080 GET", (13, 17, "PORT"), [], "patterns see no PORT"),
        ("HIER_DIRECT/203.0.113.31", (0, 11, "SOFTWARE"), [], "what an address stands behind"),
    ],
)  # fmt: skip
def test_the_model_alone_makes_nothing_of_what_the_text_around_denies(
    text: str, span: tuple[int, int, str], candidates: list[Candidate], reason: str
):
    spans = [Tagged(*span, 0.99)]
    decisions, _ = decide(text, Facts("prose"), candidates, spans, keep_all=True)
    held = [each for each in decisions if (each.start, each.end, each.label) == span]
    assert not [each for each in held if each.status is Status.ACCEPTED]
    assert any(reason in told for each in held for told in each.evidence)


def test_a_word_near_it_lets_the_model_find_a_port():
    text = "it listens on port 4444 there"
    decisions, _ = decide(text, Facts("prose"), [], [Tagged(19, 23, "PORT", 0.99)])
    assert [(each.label, each.status) for each in decisions] == [("PORT", Status.ACCEPTED)]
