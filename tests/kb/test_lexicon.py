from __future__ import annotations

from collections import Counter

import pytest

from decloak.core.labels import LABELS
from decloak.kb.lexicon import LEXICON_LABELS, entries, is_word, lookup, lookup_all


@pytest.mark.parametrize("label", LEXICON_LABELS)
def test_table_is_sorted_and_names_are_unique(label: str) -> None:
    table = entries(label)
    names = [entry.name.casefold() for entry in table]
    assert names == sorted(names)
    every = Counter(name.casefold() for entry in table for name in entry.names)
    assert [name for name, count in every.items() if count > 1] == []
    assert all(name == name.strip() and name for entry in table for name in entry.names)


def test_labels_are_those_of_the_label_table() -> None:
    assert set(LEXICON_LABELS) <= set(LABELS)
    assert {entry.label for entry in entries()} == set(LEXICON_LABELS)


def test_unknown_label_is_refused() -> None:
    with pytest.raises(ValueError, match="no table for 'PORT'"):
        entries("PORT")


def test_services_have_ports_in_nmap_notation() -> None:
    for entry in entries("SERVICE"):
        for port in entry.ports:
            number, _, protocol = port.partition("/")
            assert 0 < int(number) < 65536, entry
            assert protocol in {"tcp", "udp", "sctp"}, entry


@pytest.mark.parametrize(
    ("name", "canonical", "label"),
    [
        ("msft", "Microsoft", "ORGANIZATION"),
        ("httpd", "Apache httpd", "SOFTWARE"),
        ("GH", "GitHub", "ORGANIZATION"),
        ("AWS", "Amazon Web Services", "ORGANIZATION"),
        ("ossh", "OpenSSH", "SOFTWARE"),
        ("Fancy Bear", "APT28", "THREAT_ACTOR"),
        ("heodo", "Emotet", "MALWARE"),
        ("win10", "Windows 10", "OS"),
        ("ssh", "ssh", "SERVICE"),
    ],
)
def test_aliases_lead_to_the_canonical_name(name: str, canonical: str, label: str) -> None:
    entry = lookup(name)
    assert entry is not None
    assert (entry.name, entry.label) == (canonical, label)


def test_weak_names_say_so() -> None:
    for name in ("GH", "Go", "Chrome", "bind", "Exchange"):
        assert all(entry.is_weak(name) for entry in lookup_all(name)), name
    assert not any(entry.is_weak("OpenSSH") for entry in lookup_all("OpenSSH"))


def test_label_chooses_among_homonyms() -> None:
    assert lookup("oracle", "SERVICE") is not None
    assert lookup("oracle", "MALWARE") is None
    assert lookup("no such thing") is None


def test_words() -> None:
    for word in ("the", "Server", "analyzed", "behavior", "backend", "Michael's"):
        assert is_word(word), word
    for word in ("nginx", "opnessh", "x", "", "g00gle"):
        assert not is_word(word), word
