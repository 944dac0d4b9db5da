"""Known names in disguise, where what kind of name it is has been said."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak import extract
from decloak.evaluation.gold import load
from decloak.kb.lexicon import entries
from decloak.verify.restore import restored, slipped
from decloak.verify.values import canonical

DATA = Path(__file__).parents[3] / "shared" / "data"
KINDS = ("ORGANIZATION", "SOFTWARE", "OS", "MALWARE", "THREAT_ACTOR")
DISGUISED = [
    ("ORGANIZATION", "D311", ("Dell", "leet")),
    ("ORGANIZATION", "Pro0fpo!nt", ("Proofpoint", "leet")),
    ("ORGANIZATION", "Ora\u00e7le", ("Oracle", "diacritic")),
    ("ORGANIZATION", "D\u0435ll", ("Dell", "confusable")),
    ("ORGANIZATION", "Dellll", ("Dell", "symbol")),
    ("OS", "Fed+ora", ("Fedora", "symbol")),
    ("SOFTWARE", "ProFT-PD", ("ProFTPD", "symbol")),
    ("MALWARE", "E-motet", ("Emotet", "symbol")),
]
HONEST = [
    ("ORGANIZATION", "Dell"), ("ORGANIZATION", "3Com"), ("ORGANIZATION", "NETWORK SOLUTIONS, LLC."),
    ("ORGANIZATION", "Google+"), ("SOFTWARE", "Node.js"), ("SOFTWARE", "nginx 1.18.0"),
    ("ORGANIZATION", "Caf\u00e9 Example GmbH"), ("THREAT_ACTOR", "APT28"), ("SOFTWARE", "D311"),
    ("ORGANIZATION", "Lidll"), ("ORGANIZATION", "Cloud-Flare"), ("ORGANIZATION", "Microsooft"),
    ("ORGANIZATION", ""), ("ORGANIZATION", "....."), ("ORGANIZATION", "x" * 500),
]  # fmt: skip


@pytest.mark.parametrize(("label", "name", "expected"), DISGUISED)
def test_a_known_name_is_restored(label: str, name: str, expected: tuple[str, str]) -> None:
    assert restored(label, name) == expected


@pytest.mark.parametrize(
    ("label", "name", "expected"),
    [
        ("SOFTWARE", "ISC BIN", "ISC BIND"),
        ("SOFTWARE", "SC BIND", "ISC BIND"),
        ("SOFTWARE", "Apahce Tomcat", "Apache Tomcat"),
        ("SOFTWARE", "Apache Tomcut", "Apache Tomcat"),
        ("ORGANIZATION", "Microsof", "Microsoft"),
        ("SOFTWARE", "Apache Tomcat", None),
        ("OS", "Windows 11", None),
        ("OS", "Windows 01", None),
        ("SOFTWARE", "x" * 500, None),
        ("SOFTWARE", "", None),
    ],
)
def test_one_slip_in_a_name_resembles_the_known_one_and_stays(
    label: str, name: str, expected: str | None
) -> None:
    assert slipped(label, name) == expected
    reading = canonical(label, name)
    assert (reading.value, reading.resembles) == (name, expected)


@pytest.mark.parametrize(("label", "name"), HONEST)
def test_an_honest_name_stays(label: str, name: str) -> None:
    assert restored(label, name) is None


def test_no_known_name_is_read_as_another_one() -> None:
    for label in KINDS:
        assert [
            name
            for entry in entries(label)
            for name in entry.names
            if restored(label, name) or slipped(label, name)
        ] == []


@pytest.mark.shared
def test_no_labelled_name_of_others_is_read_as_another_one() -> None:
    if not DATA.is_dir():
        pytest.skip("the labelled documents are not beside this checkout")
    names = {
        (entity.label, " ".join(document.text[entity.start : entity.end].split()))
        for document in load(DATA)
        for entity in document.entities
        if entity.label in KINDS
    }
    assert len(names) > 1000
    assert [each for each in names if restored(*each)] == []
    near = {name.casefold() for label, name in names if slipped(label, name)}
    assert near <= {"micorsoft", "palo alto network", "racoon stealer"}  # slips of their sources


@given(st.text(max_size=40), st.sampled_from(["ORGANIZATION", "SOFTWARE", "OS"]))
def test_whatever_is_restored_is_known(name: str, label: str) -> None:
    found = restored(label, name)
    assert found is None or (restored(label, found[0]) is None and found[0] != name)


def test_the_entity_says_which_disguise_was_undone() -> None:
    text = "Registrar: Example\nRegistrant Organization: D\u00e8ll\nRegistrant Country: US\n"
    entity = next(each for each in extract(text).entities if each.text == "D\u00e8ll")
    assert (entity.value, entity.obfuscation, entity.resembles) == ("Dell", ("diacritic",), None)
