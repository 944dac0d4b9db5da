"""WHOIS: keys in many languages, sections, values that are none, and damage."""

from __future__ import annotations

import pytest

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.sources.whois import WHOIS
from decloak.sources.whois_keys import meaning_of, normalise
from decloak.sources.whois_values import is_handle, is_organization, is_person, is_placeholder


def facts_of(text: str) -> Facts:
    facts = Facts("whois")
    WHOIS.parse(View(text), 0, len(text), facts)
    return facts


def entities(text: str) -> list[tuple[str, str]]:
    return [
        (fact.label, text[fact.start : fact.end]) for fact in facts_of(text).items if fact.label
    ]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("Domain Name", ("domain", "", "name")),
        ("** Domain Name", ("domain", "", "name")),
        ("Domain Name............", ("domain", "", "name")),
        ("Nome de domínio / Domain Name", ("domain", "", "name")),
        ("ns1_hostname", ("domain", "", "name_servers")),
        ("도메인이름", ("domain", "", "name")),
        ("домен", ("domain", "", "name")),
        ("Sponsoring Registrar", ("domain", "", "registrar")),
        ("Registrant E-mail", ("contact", "registrant", "email")),
        ("Administrative Contact Organization", ("contact", "admin", "organization")),
        ("Registry Tech ID", ("contact", "tech", "id")),
        ("OrgAbuseEmail", ("contact", "abuse", "email")),
        ("NetRange", ("network", "", "range")),
        ("inet6num", ("network", "", "range")),
        ("OriginAS", ("network", "", "asn")),
        ("owner-organization", ("contact", "registrant", "organization")),
    ],
)
def test_keys_are_understood(key: str, expected: tuple[str, str, str]) -> None:
    meaning = meaning_of(key)
    assert meaning is not None
    assert (meaning.scope, meaning.role, meaning.field) == expected


@pytest.mark.parametrize(
    "key", ["WHOIS lookup made at 13", "By using this service you agree", "", "x" * 500]
)
def test_prose_is_no_key(key: str) -> None:
    assert meaning_of(key) is None


def test_normalised_names_have_no_accents_digits_or_punctuation() -> None:
    assert normalise("  Última_Actualización-2 (x): ") == "ultima actualizacion x"


@pytest.mark.parametrize(
    "value",
    [
        "REDACTED FOR PRIVACY",
        "Not Disclosed - visit us",
        "N/A",
        "None",
        "-",
        "HIDDEN!",
        "  ",
        "Data Protected",
    ],
)
def test_values_that_say_nothing(value: str) -> None:
    assert is_placeholder(value)
    assert entities(f"Registrant Organization: {value}\nDomain Name: example.com\n") == [
        ("DOMAIN", "example.com")
    ]


@pytest.mark.parametrize(
    "name",
    ["Example Inc.", "Beispiel GmbH", "Ejemplo C.A.", "주식회사 예시", "株式会社例", "ООО Пример", "Example & Co",
     "University of Example", "Example Sp. z o.o."],
)  # fmt: skip
def test_organizations_are_told_by_their_form(name: str) -> None:
    assert is_organization(name)


@pytest.mark.parametrize(
    "name",
    [
        "Jane Doe",
        "Domain Administrator",
        "DNS Admin",
        "IT Department",
        "Springfield, CA",
        "Denver CO",
    ],
)
def test_persons_roles_and_places_are_no_organizations(name: str) -> None:
    assert not is_organization(name)


def test_person_and_handle() -> None:
    assert is_person("Jane Doe")
    assert not is_person("Example UK")
    assert is_handle("MMR-135878")
    assert is_handle("REG-EXAMPLE")
    assert not is_handle("Key-Systems")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Example Inc. (R11-TEST)", ["Example Inc."]),
        ("Example Ltd t/a Sample Names [Tag = EXAMPLE]", ["Example Ltd", "Sample Names"]),
        ("(주)예시(http://www.example.com)", ["(주)예시"]),
        ("EXAMPLE-REG-RIPN", []),
        ("Example ( Delaware ) Inc.", ["Example ( Delaware ) Inc."]),
    ],
)
def test_names_lose_their_decorations(value: str, expected: list[str]) -> None:
    found = [text for label, text in entities(f"Registrar: {value}\n") if label == "ORGANIZATION"]
    assert found == expected


@pytest.mark.parametrize(
    "line",
    [
        "nserver: ns1.example.com [192.0.2.1 2001:db8::1]",
        "Name Server: ns1.example.com 192.0.2.1, 2001:db8::1",
        "Nameservers:\n   ns1.example.com (192.0.2.1) 2001:db8::1",
        "Domain servers in listed order:\n\n   ns1.example.com. 192.0.2.1 2001:db8::1",
    ],
)
def test_name_servers_with_glue(line: str) -> None:
    assert entities(line + "\n") == [
        ("DOMAIN", "ns1.example.com"),
        ("IP_ADDRESS", "192.0.2.1"),
        ("IP_ADDRESS", "2001:db8::1"),
    ]


def test_legal_notices_give_nothing() -> None:
    text = (
        "NOTICE: The data is provided by Example Inc. at example.com for information: you agree\n"
        "that www.example.net may be used (1) to: allow 192.0.2.1 nothing at 10:22:33.\n\n"
        "% Registrar: Example Inc.\n>>> Last update of WHOIS database: 2024-01-01T10:22:33Z <<<\n"
    )
    assert entities(text) == []


def test_thin_and_thick_answers_are_one_domain() -> None:
    facts = facts_of("Domain Name: EXAMPLE.COM\nRegistrar: X Inc.\n\nDomain Name: example.com\n")
    assert facts.kinds == ["domain"]


def test_an_address_below_a_field_is_no_organization() -> None:
    text = "Admin Contact\n  Name:     Jane Doe\n  Address:  1 Example Street\n            Springfield Net\n"
    assert entities("Domain: example.com\n\n" + text) == [("DOMAIN", "example.com")]


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000_000,
        "Registrar:" + "a " * 2_000_000,
        "".join(
            f"key{chr(97 + i % 26)}{i}x{'yz'[i % 2] * (i % 40)}: value\n" for i in range(100_000)
        ),
        "\x00\ud800Registrar:\ud800\x00\n\u202eDomain: \ud800.com\n",
        "[" * 100_000,
        "Registrant:\n" * 50_000,
        "Registrar: " + "(" * 100_000 + ")" * 100_000,
    ],
    ids=["line", "words", "keys", "nul", "brackets", "titles", "nested"],
)
def test_hostile_text_is_survived(text: str) -> None:
    assert all(0 <= fact.start < fact.end <= len(text) for fact in facts_of(text).items)


def test_a_list_of_networks_names_their_holders_and_ranges() -> None:
    text = "Example Org EXAMPLE-NET (NET-192-0-2-0-1) 192.0.2.0 - 192.0.2.255\n"
    facts = Facts("whois")
    WHOIS.parse(View(text), 0, len(text), facts)
    found = {(fact.field, fact.label, text[fact.start : fact.end]) for fact in facts.items}
    assert ("organization", "ORGANIZATION", "Example Org") in found
    assert ("range", "CIDR", "192.0.2.0 - 192.0.2.255") in found
