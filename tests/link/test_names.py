"""Links by name: what sources call so, all of them, the best first."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.remember import forget_all
from decloak.kb.store import add
from decloak.link import links_of
from decloak.link.names import stripped

FEEDS = Path(__file__).parents[1] / "kb" / "feeds"
"""Small files in the formats that are really published."""


def first(label, value):
    return next(iter(links_of(label, value)), None)


@pytest.mark.parametrize(
    ("label", "value", "target"),
    [
        ("THREAT_ACTOR", "APT28", "G0007"), ("THREAT_ACTOR", "fancy bear", "G0007"), ("THREAT_ACTOR", "the Lazarus Group", "G0032"),
        ("THREAT_ACTOR", "Lazarus", "G0032"), ("MALWARE", "Emotet", "S0367"), ("MALWARE", "the Emotet banking trojan", "S0367"),
        ("MALWARE", "Trojan.Win32.Emotet.gen", "S0367"), ("SOFTWARE", "Mimikatz", "S0002"), ("SOFTWARE", "PsExec", "S0029"),
        ("TECHNIQUE", "T1566.001", "T1566.001"), ("TECHNIQUE", "spearphishing attachment", "T1566.001"),
        ("TECHNIQUE", "spear-phishing attachments", "T1566.001"), ("TECHNIQUE", "Lateral Movement", "TA0008"),
        ("TECHNIQUE", "dumped LSASS memory", "T1003.001"), ("TECHNIQUE", "T1574.002", "T1574.001"),
    ],
)  # fmt: skip
def test_the_first_link_is_what_is_meant(label, value, target):
    link = first(label, value)
    assert link is not None
    assert (link.relation, link.target, link.source) == (
        "attack",
        target,
        "MITRE ATT&CK Enterprise",
    )


def test_sources_that_disagree_are_all_told():
    links = links_of("THREAT_ACTOR", "Winnti Group")
    assert {"G0044"} < {link.target for link in links}
    assert len({link.source for link in links}) > 1
    assert all(link.why and link.version for link in links)
    assert [link.score for link in links] == sorted((link.score for link in links), reverse=True)


@pytest.mark.parametrize(
    ("label", "value"),
    [("SOFTWARE", "Hive"), ("ORGANIZATION", "Elise"), ("SOFTWARE", "Apache httpd"), ("MALWARE", "zzyzx"), ("TECHNIQUE", "the quick brown fox")],
)  # fmt: skip
def test_what_nobody_means_is_tied_to_nothing(label, value):
    assert links_of(label, value) == ()


@pytest.mark.parametrize("label", ["THREAT_ACTOR", "MALWARE", "TECHNIQUE", "SOFTWARE", "ORGANIZATION", "CVE", "MAC_ADDRESS", "IP_ADDRESS"])  # fmt: skip
@given(value=st.text(max_size=60))
def test_any_value_may_be_asked_about(label, value):
    assert all(0 < link.score <= 1 for link in links_of(label, value))


def test_names_of_words_alone_stay():
    assert stripped("the ransomware") == "the ransomware"
    assert stripped("the Conti ransomware gang") == "Conti"


def test_what_the_user_adds_takes_part_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("DECLOAK_KB", str(tmp_path / "kb.sqlite"))
    forget_all()
    assert links_of("THREAT_ACTOR", "velvet-wombat") == ()
    add(FEEDS / "threat-actor.json", tmp_path / "kb.sqlite")
    add(FEEDS / "ours.csv", tmp_path / "kb.sqlite")
    assert (
        first("THREAT_ACTOR", "velvet-wombat").target == 'misp-galaxy:threat-actor="Gilded Numbat"'
    )
    own = first("MALWARE", "w0mbat")
    assert (own.relation, own.target, own.source) == ("name", "INT-7", "ours.csv")
    forget_all()
