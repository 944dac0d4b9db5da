"""Script output: what only the script's layout says."""

from __future__ import annotations

import pytest

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.sources.nmap_text import NmapText


def notes(text: str) -> list[tuple[str, str]]:
    facts = Facts("nmap")
    NmapText().parse(View(text), 0, len(text), facts)
    return [(fact.label, fact.value or text[fact.start : fact.end]) for fact in facts.items]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("| ssl-cert: Subject: commonName=*.example.com/organizationName=A/S Example/countryName=DK",
         [("DOMAIN", "example.com"), ("ORGANIZATION", "A/S Example")]),
        ("|_http-server-header: nginx/1.18.0 (Ubuntu)",
         [("SOFTWARE", "nginx"), ("VERSION", "1.18.0")]),
        ("|_http-generator: WordPress 5.4.2", [("SOFTWARE", "WordPress"), ("VERSION", "5.4.2")]),
        ("| dns-nsid: \n|_  bind.version: dnsmasq-2.62",
         [("SOFTWARE", "dnsmasq"), ("VERSION", "2.62")]),
        ("| rdp-ntlm-info: \n|   DNS_Computer_Name: db01.corp.example\n|_  Product_Version: 10.0.17763",
         [("DOMAIN", "db01.corp.example"), ("VERSION", "10.0.17763")]),
        ("| nbstat: NetBIOS name: NAS, NetBIOS user: <unknown>, NetBIOS MAC: <unknown> (unknown)",
         [("HOSTNAME", "NAS")]),
        ("| ssh-hostkey: \n|   256 00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff (ECDSA)",
         [("FINGERPRINT", "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff")]),
        ("| http-title: Site doesn't have a title (text/html).", []),
        ("| vulners: \n|   cpe:/a:example:thing:7.4: \n|     \tCVE-2020-15778\t6.8\thttps://vulners.example/cve/CVE-2020-15778",
         [("CPE", "cpe:/a:example:thing:7.4"), ("CVE", "CVE-2020-15778")]),
    ],
)  # fmt: skip
def test_script_fields(text: str, expected: list[tuple[str, str]]) -> None:
    assert notes(text) == expected


def test_vulnerabilities_belong_to_their_port() -> None:
    text = "22/tcp open ssh\n| vulners: \n|_  CVE-2020-15778 6.8\n"
    facts = Facts("nmap")
    NmapText().parse(View(text), 0, len(text), facts)
    found = next(fact for fact in facts.items if fact.label == "CVE")
    assert (facts.kinds[found.record], found.field) == ("port", "vulnerabilities")
