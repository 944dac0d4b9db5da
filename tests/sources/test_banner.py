"""Banners: software, systems and versions where the place says that they are named."""

from __future__ import annotations

import pytest

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.sources.banner import BANNER
from decloak.sources.prose import PROSE


def read(text: str) -> set[tuple[str, str]]:
    facts = Facts("banner")
    BANNER.parse(View(text), 0, len(text), facts)
    return {(fact.label, text[fact.start : fact.end]) for fact in facts.items}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "SSH-2.0-OpenSSH_8.4p1 Debian-5+deb11u1",
            {("SOFTWARE", "OpenSSH"), ("VERSION", "8.4p1"), ("OS", "Debian")},
        ),
        ("runs OpenSSH 8.2p1 here", {("SOFTWARE", "OpenSSH"), ("VERSION", "8.2p1")}),
        (
            "Server: Apache/2.4.54 (Ubuntu) OpenSSL/1.1.1f",
            {("SOFTWARE", "Apache"), ("VERSION", "2.4.54"), ("OS", "Ubuntu"),
             ("SOFTWARE", "OpenSSL"), ("VERSION", "1.1.1f")},
        ),
        ("220 (vsFTPd 3.0.3)", {("SOFTWARE", "vsFTPd"), ("VERSION", "3.0.3")}),
        ("Jetty(9.4.48.v20220622)", {("SOFTWARE", "Jetty"), ("VERSION", "9.4.48.v20220622")}),
        ("9.16.1-P2", {("VERSION", "9.16.1-P2")}),
        ("5.5.5-10.3.34-MariaDB-log", {("VERSION", "10.3.34"), ("SOFTWARE", "MariaDB")}),
        (
            'version="ntpd 4.2.6p5@1.2349-o", system="Linux/3.10.0"',
            {("SOFTWARE", "ntpd"), ("VERSION", "4.2.6p5@1.2349-o"), ("OS", "Linux"),
             ("VERSION", "3.10.0")},
        ),
        ("Host: www.box.htb:8080", {("DOMAIN", "www.box.htb")}),
        ("Linux UPnP/1.0 Example/2.1", {("OS", "Linux"), ("SOFTWARE", "Example"), ("VERSION", "2.1")}),
    ],
)  # fmt: skip
def test_banner(text: str, expected: set[tuple[str, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "HTTP/1.1 200 OK",
        "https://www.example.com/uploads/2020/02/image-7.png",
        "login:",
        "User Access Verification",
        "",
    ],
)
def test_a_banner_without_a_product_says_nothing(text: str) -> None:
    assert read(text) == set()


def test_a_greeting_names_its_host() -> None:
    assert ("DOMAIN", "mail.example.com") in read("220 mail.example.com ESMTP ready")


@pytest.mark.parametrize(
    "text",
    [
        "The team patched nginx 1.18.0 and Apache/2.4.54 in March, and that was all.",
        "See https://www.example.com/a/2.0/b for the details.",
    ],
)
def test_a_sentence_is_no_banner(text: str) -> None:
    assert BANNER.score(View(text), 0, len(text)) == 0


def test_a_list_of_indicators_in_prose() -> None:
    text = "C2: drop.box.htb\nMD5: d41d8cd98f00b204e9800998ecf8427e\nMD5: none\nIP: 192.0.2.7\n"
    facts = Facts("prose")
    PROSE.parse(View(text), 0, len(text), facts)
    assert [(fact.label, text[fact.start : fact.end]) for fact in facts.items] == [
        ("DOMAIN", "drop.box.htb"),
        ("HASH", "d41d8cd98f00b204e9800998ecf8427e"),
        ("IP_ADDRESS", "192.0.2.7"),
    ]
