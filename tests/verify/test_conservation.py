"""Nothing is lost in silence: what a proposer or the model gives is accepted, or held with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from decloak.core.entity import Candidate, Status, Tagged
from decloak.core.facts import Facts
from decloak.verify import Decision, decide, threshold_of
from decloak.verify.claims import claim_of
from decloak.verify.decisions import Decisions
from decloak.verify.refine import refined

TEXT = (
    "Emotet at Example Corp. uses 192.0.2.1:443 and nginx/1.18.0 from https://www.example.com/a?b=192.0.2.2 "
    "or kite-fennel<b>[DOT</b>]me as bob@mail.example.org said"
)
EDGES = sorted({0, len(TEXT), *(i for i, char in enumerate(TEXT) if not char.isalnum())})
EDGES = sorted({*EDGES, *(edge + 1 for edge in EDGES if edge < len(TEXT))})
LABELS = [
    "DOMAIN",
    "URL",
    "IP_ADDRESS",
    "SOFTWARE",
    "VERSION",
    "ORGANIZATION",
    "EMAIL",
    "MALWARE",
    "PORT",
]
ORIGINS = [
    "pattern.url",
    "pattern.domain",
    "pattern.domain.code-like",
    "lexicon.context",
    "pattern.product",
]


@st.composite
def places(draw: st.DrawFn) -> tuple[int, int]:
    low = draw(st.integers(0, len(EDGES) - 2))
    high = draw(st.integers(low + 1, min(low + 12, len(EDGES) - 1)))
    return EDGES[low], EDGES[high]


CANDIDATES = st.lists(
    st.builds(
        lambda where, label, origin: Candidate(*where, label, origin),
        places(), st.sampled_from(LABELS), st.sampled_from(ORIGINS),
    ),
    max_size=8,
)  # fmt: skip
SPANS = st.lists(
    st.builds(
        lambda where, label, sure: Tagged(*where, label, sure),
        places(), st.sampled_from(LABELS), st.sampled_from([0.3, 0.7, 0.9, 0.999]),
    ),
    max_size=8,
)  # fmt: skip
FACTS = st.lists(st.tuples(places(), st.sampled_from(LABELS)), max_size=4)
UNDONE = st.lists(places(), max_size=2).map(sorted)


@dataclass(frozen=True)
class Case:
    facts: list[tuple[tuple[int, int], str]]
    candidates: list[Candidate]
    spans: list[Tagged]
    undone: list[tuple[int, int]]
    nested: bool

    def decisions(self) -> list[Decision]:
        facts = Facts("prose")
        for (start, end), label in self.facts:
            facts.note(label, start, end, "detail")
        options = {"undone": self.undone, "nested": self.nested, "keep_all": True}
        return decide(TEXT, facts, self.candidates, self.spans, **options)[0]


def _from_word_to_word(spans: list[Tagged]) -> list[Tagged]:
    """Return spans as the model gives them."""
    bare = ((span, *_bare(span.start, span.end)) for span in spans)
    return [span._replace(start=start, end=end) for span, start, end in bare if start < end]


CASES = st.builds(Case, FACTS, CANDIDATES, SPANS.map(_from_word_to_word), UNDONE, st.booleans())


def _bare(start: int, end: int) -> tuple[int, int]:
    piece = TEXT[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


@settings(max_examples=300)
@given(CASES)
def test_all_that_the_model_is_sure_of_is_told(case: Case) -> None:
    decisions = case.decisions()
    said = {(*place, label) for place, label in case.facts} | {each[:3] for each in case.candidates}
    for start, end, label, confidence in case.spans:
        if (start, end, label) in said:
            continue  # others say the same, and answer for it
        if confidence < max(threshold_of(label), threshold_of("")):
            continue
        told = [each for each in decisions if start <= each.start and each.end <= end]
        assert any("tagger" in each.evidence for each in told), decisions


@settings(max_examples=300)
@given(CASES)
def test_all_that_a_proposer_is_sure_of_is_told_or_part_of_what_is(case: Case) -> None:
    decisions = case.decisions()
    for start, end, label, origin, _ in case.candidates:
        place = _bare(start, end)
        if place[0] >= place[1]:
            continue
        claim = claim_of(origin, label, TEXT[slice(*place)])
        if claim.status is not Status.ACCEPTED:
            continue
        assert any(
            each.start <= place[0] and place[1] <= each.end
            and (each.status is Status.ACCEPTED or each.label == claim.label)
            for each in decisions
        ), (place, claim, decisions)  # fmt: skip


@settings(max_examples=300)
@given(CASES)
def test_what_is_held_says_why_and_what_is_accepted_does_not_overlap(case: Case) -> None:
    accepted = [each for each in case.decisions() if each.status is Status.ACCEPTED]
    if not case.nested:
        assert all(one.end <= other.start for one, other in pairwise(accepted))
    for each in case.decisions():
        if each.status is not Status.ACCEPTED:
            assert len(each.evidence) > 1, each
        else:
            assert not each.claim.is_refuted


def test_the_parts_of_what_loses_stand_for_themselves() -> None:
    facts = Facts("prose")
    facts.note("SOFTWARE", TEXT.index("a?b="), TEXT.index(" or kite"), "detail")
    url, host = TEXT.index("https"), TEXT.index("www")
    candidates = [
        Candidate(url, TEXT.index("192.0.2.2") + 4, "URL", "pattern.url"),
        Candidate(host, TEXT.index("/a?b"), "DOMAIN", "pattern.domain"),
    ]
    for nested in (False, True):
        found = decide(TEXT, facts, candidates, nested=nested, keep_all=True)[0]
        told = {(each.label, each.status.value) for each in found}
        assert {("URL", "rejected"), ("DOMAIN", "accepted"), ("SOFTWARE", "accepted")} <= told


def test_what_context_cannot_raise_as_it_overlaps_is_told() -> None:
    sure = claim_of("pattern.domain", "DOMAIN", "example.com")
    unsure = claim_of("pattern.domain.code-like", "DOMAIN", "example.com")
    assert unsure.status is Status.REVIEW
    kept = Decisions.of([Decision(10, 20, sure)])
    crossing, part = Decision(15, 25, unsure), Decision(12, 18, unsure)
    assert refined(kept, [crossing, part], [], nested=False) == ([], [crossing.beaten("DOMAIN")])
