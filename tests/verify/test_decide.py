"""The decision table, cell by cell."""

from __future__ import annotations

from decloak.core.entity import Candidate, Status
from decloak.core.facts import Facts
from decloak.verify import decide


def _one(text, label, origin, **options):
    decisions, _ = decide(
        text, Facts(), [Candidate(0, len(text), label, origin)], keep_all=True, **options
    )
    [decision] = decisions
    return decision


def test_sure_and_well_formed_is_accepted():
    decision = _one("192.0.2.1", "IP_ADDRESS", "pattern.ipv4")
    assert decision.status is Status.ACCEPTED
    assert decision.evidence == ("pattern.ipv4",)


def test_a_failed_pattern_rejects_however_sure():
    decision = _one("192.0.2.256", "IP_ADDRESS", "nmap.host.address")
    assert decision.status is Status.REJECTED
    assert "pattern fails" in decision.evidence[-1]


def test_a_form_that_holds_but_cannot_be_is_for_people_to_look_at():
    for year in ("1998", "2999"):
        decision = _one(f"CVE-{year}-0001", "CVE", "nmap.script.vulners", undone=[(0, 3)])
        assert decision.status is Status.REVIEW
        assert decision.evidence[-1] == "pattern fails: no CVE has this year"
        assert decision.claim.value == f"CVE-{year}-0001"


def test_no_pattern_and_sure_is_accepted_because_grounded():
    assert _one("Acme Works", "ORGANIZATION", "whois.domain.registrar").status is Status.ACCEPTED


def test_no_pattern_and_unsure_is_for_review():
    assert _one("Acme", "ORGANIZATION", "lexicon.weak").status is Status.REVIEW


def test_well_formed_and_unsure_is_for_review_unless_the_context_helps():
    assert _one("evil.sh", "DOMAIN", "pattern.domain.file-like").status is Status.REVIEW
    helped = _one("evil.sh", "DOMAIN", "pattern.domain.file-like", undone=[(4, 5)])
    assert helped.status is Status.ACCEPTED
    assert helped.evidence[-1] == "refined: disguised"


def test_a_value_stated_elsewhere_is_believed_again():
    text = "evil.sh evil.sh"
    decisions, _ = decide(
        text,
        Facts(),
        [Candidate(0, 7, "DOMAIN", "nmap.host.name"),
         Candidate(8, 15, "DOMAIN", "pattern.domain.file-like")],
    )  # fmt: skip
    assert [d.status for d in decisions] == [Status.ACCEPTED, Status.ACCEPTED]


def test_the_longest_wins_and_parts_are_not_told_twice():
    text = "http://192.0.2.1/"
    candidates = [Candidate(7, 16, "IP_ADDRESS", "pattern.ipv4"),
                  Candidate(0, 17, "URL", "pattern.url")]  # fmt: skip
    decisions, _ = decide(text, Facts(), candidates)
    assert [d.label for d in decisions] == ["URL"]
    decisions, _ = decide(text, Facts(), candidates, nested=True)
    assert [d.label for d in decisions] == ["URL", "IP_ADDRESS"]


def test_parts_that_begin_with_the_whole_come_first():
    text = "NIOS THREAT"
    candidates = [
        Candidate(0, 11, "SOFTWARE", "lexicon.name"),
        Candidate(0, 4, "OS", "lexicon.name"),
    ]
    decisions, _ = decide(text, Facts(), candidates, nested=True)
    assert [each.end for each in decisions] == [4, 11]


def test_two_proposers_of_one_span_are_both_evidence():
    facts = Facts("nmap")
    facts.add(facts.open("host"), "address", "IP_ADDRESS", 0, 9)
    decisions, values = decide("192.0.2.1", facts, [Candidate(0, 9, "IP_ADDRESS", "pattern.ipv4")])
    assert decisions[0].evidence == ("nmap.host.address", "pattern.ipv4")
    assert values == ["192.0.2.1"]


def test_a_fact_beats_a_pattern_that_it_partly_overlaps():
    facts = Facts("nmap")
    facts.add(facts.open("host"), "name", "DOMAIN", 4, 15)
    decisions, _ = decide(
        "abc.box.example", facts, [Candidate(0, 7, "ORGANIZATION", "pattern.company")],
        keep_all=True,
    )  # fmt: skip
    assert [(d.label, d.status.value) for d in decisions] == [
        ("ORGANIZATION", "rejected"),
        ("DOMAIN", "accepted"),
    ]


def test_a_dotless_name_in_a_domain_field_is_a_host_name():
    facts = Facts("nmap")
    facts.add(facts.open("host"), "name", "DOMAIN", 0, 5)
    [decision], _ = decide("web01", facts, [])
    assert decision.label == "HOSTNAME"
