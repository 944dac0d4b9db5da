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
    ("Infections with Remcs have doubled.", "with Remcos have"),
    ("The loader then fetches Ryuv, which hides.", "fetches Ryuk, which"),
    ("It is attributed to Gamredon again.", "to Gamaredon again"),
    ("The attackers used WireGurd to get in.", "used WireGuard to"),
    ("All libss instances older than 1.2", "All libssh instances"),
    ("not in conflict with CrowdSrtike\u2019s findings", "with CrowdStrike\u2019s"),
    ("hosted by Malwarebytse in Frankfurt", "by Malwarebytes in Frankfurt"),
    ("a shell on the OpeSnSL server", "the OpenSSL server"),
    ("Registrant Organization: Nvida\n", "Organization: NVIDIA\n"),
    ("The appliance runs OpenSSH 5~9~12 today.", "OpenSSH 5.9.12 today"),
    ("Fixed in version 5*16*0.", "version 5.16.0."),
    ("OpenSIPS (1^7^2-notls)", "(1.7.2-notls)"),
    ("Redis 12|1|22|14", "Redis 12.1.22.14"),
    ('version="7^93"', '"7.93"'),
    ("OpenSSH_6.0p1 ebian-4+deb9u6", "p1 Debian-4+deb9u6"),
]

KEPT = [
    "% version : FRNIC-2.5",
    "We observed Suid binaries being scanned.",
    "def opnessh_config(): pass",
    "The team uses Gandle and PHP.",
    "* Netwired RAT - commodity malware",
    "2024-03-01-marck-7",
    "the novel BlackWater malware",  # near BlackMatter, and made of words
    "also known as Vjw0rm, which is",  # near njw0rm
    "variants of ViperRAT.",  # near TigerRAT
    "Microsoft Windows 7|2008|8.1",
    "SQL Server 2012|2014|2016",
    "https 443|8443|9443",
    "Running: Linux 2|3|4",
    "nginx 8*5",
    "f47ac10b-58cc-4372-a567-0e02b2c3d479",
]


@pytest.mark.parametrize(("text", "shown"), UNDONE)
def test_names_are_read_where_they_are_spoken_of(text: str, shown: str) -> None:
    assert shown in decode(text).meant


@pytest.mark.parametrize("text", KEPT)
def test_other_words_are_left_alone(text: str) -> None:
    assert decode(text).meant == text


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
    assert shown in decode(text).meant
