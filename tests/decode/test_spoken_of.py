"""Names with slips where running text or a banner says that a name of their kind must stand."""

from __future__ import annotations

import pytest

from decloak.decode import decode

UNDONE = [
    ("Vulnerable versions of Varnsih include 4.1.", "versions of Varnish include"),
    ("The backend uses Promeuheus and PHP.", "uses Prometheus and"),
    ("We observed crul servers being scanned.", "observed curl servers"),
    ("Attackers exploited a flaw in raefik before 1.2.", "flaw in Traefik before"),
    ("Attackers exploited a flaw in ZooKepeer before 7.2.1.", "flaw in ZooKeeper before"),
    ("Install the patch for Squidd soon.", "patch for Squid soon"),
    ("tracked by\u00a0Proofpiont since", "by\u00a0Proofpoint since"),
    ("OpneSSH_5.8p1-hpn14v9", "OpenSSH_5.8p1"),
    ("5.5.5-10.0.15-MabiaDB-1~xenial", "-MariaDB-1~xenial"),
    ("OpenSSH_6.0p1 ebian-4+deb9u6", "p1 Debian-4+deb9u6"),
]

KEPT = [
    "% version : FRNIC-2.5",
    "We observed Suid binaries being scanned.",
    "def opnessh_config(): pass",
    "The team uses Gandle and PHP.",
    "* Netwired RAT - commodity malware",
    "2024-03-01-marck-7",
    "f47ac10b-58cc-4372-a567-0e02b2c3d479",
]


@pytest.mark.parametrize(("text", "shown"), UNDONE)
def test_names_are_read_where_they_are_spoken_of(text: str, shown: str) -> None:
    assert shown in decode(text).text


@pytest.mark.parametrize("text", KEPT)
def test_other_words_are_left_alone(text: str) -> None:
    assert decode(text).text == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("flaw in Coalt Strie before", "in Cobalt Strike before"),
        ("impersonated Deutsce Teekom employees", "impersonated Deutsche Telekom employees"),
        ("According to Albaa Cloud, it began", "to Alibaba Cloud, it"),
        ("Researchers at Trend Micr published it", "at Trend Micro published"),
        ("Sponsoring Registrar: arkMonitor\n", "Registrar: MarkMonitor\n"),
        ("Billing Organization: Gooogle Inc.\n", "Organization: Google Inc.\n"),
    ],
)
def test_every_word_of_a_name_may_be_damaged(text: str, shown: str) -> None:
    assert shown in decode(text).text
