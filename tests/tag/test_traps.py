"""The traps that extractors fall into, one line each: what must be found, and nothing else."""

from __future__ import annotations

import pytest

import decloak

FOUND = [
    # punctuation and brackets around URLs
    ("See http://a.example.com/x.", [("URL", "http://a.example.com/x")]),
    ("(http://example.com/a_(b))", [("URL", "http://example.com/a_(b)")]),
    ("[text](https://example.com/p), more", [("URL", "https://example.com/p")]),
    ("<https://example.com/p>", [("URL", "https://example.com/p")]),
    ('href="https://example.com/p">x', [("URL", "https://example.com/p")]),
    ("http://192.0.2.7/x is one thing", [("URL", "http://192.0.2.7/x")]),
    ("http://[2001:db8::7]:8080/x", [("URL", "http://[2001:db8::7]:8080/x")]),
    # addresses
    ("from 192.0.2.1, 192.0.2.2.", [("IP_ADDRESS", "192.0.2.1"), ("IP_ADDRESS", "192.0.2.2")]),
    ("192.0.2.1:8443 up", [("IP_ADDRESS", "192.0.2.1"), ("PORT", "8443")]),
    ("net 192.0.2.0/24.", [("CIDR", "192.0.2.0/24")]),
    ("192.0.2.1-192.0.2.9", [("CIDR", "192.0.2.1-192.0.2.9")]),
    ("192.0.2.1-9", [("CIDR", "192.0.2.1-9")]),
    ("2001:db8::/32", [("CIDR", "2001:db8::/32")]),
    ("[2001:db8::1]:53", [("IP_ADDRESS", "2001:db8::1"), ("PORT", "53")]),
    (
        "key b1:01:f6:82:55:3d:d8:14:18:4d:15:b2:2e:a5:4e:73",
        [("FINGERPRINT", "b1:01:f6:82:55:3d:d8:14:18:4d:15:b2:2e:a5:4e:73")],
    ),
    ("fe80::1%eth0", [("IP_ADDRESS", "fe80::1%eth0")]),
    ("::ffff:192.0.2.1", [("IP_ADDRESS", "::ffff:192.0.2.1")]),
    ("::1", [("IP_ADDRESS", "::1")]),
    ("mac 00:00:5e:00:53:01", [("MAC_ADDRESS", "00:00:5e:00:53:01")]),
    ("mac 00-00-5E-00-53-01", [("MAC_ADDRESS", "00-00-5E-00-53-01")]),
    ("mac 0000.5e00.5301", [("MAC_ADDRESS", "0000.5e00.5301")]),
    # versions that look like addresses
    ("version 10.2.0.3", [("VERSION", "10.2.0.3")]),
    ("Firefox 3.6.0.1", [("SOFTWARE", "Firefox"), ("VERSION", "3.6.0.1")]),
    ("nginx/1.18.0", [("SOFTWARE", "nginx"), ("VERSION", "1.18.0")]),
    ("ASP.NET", [("SOFTWARE", "ASP.NET")]),
    # names
    ("evil.example.com resolves", [("DOMAIN", "evil.example.com")]),
    ("*.example.com", [("DOMAIN", "example.com")]),
    ("mail user@example.com now", [("EMAIL", "user@example.com")]),
    ("b\u00fccher.example.de", [("DOMAIN", "b\u00fccher.example.de")]),
    ("\u8bbf\u95eeexample.com\u4e0b\u8f7d", [("DOMAIN", "example.com")]),
    # identifiers
    ("cve-2021-44228 and CVE-1999-0001", [("CVE", "cve-2021-44228"), ("CVE", "CVE-1999-0001")]),
    ("T1059.001, TA0002", [("TECHNIQUE", "T1059.001"), ("TECHNIQUE", "TA0002")]),
    ("AS64496 announces", [("ASN", "AS64496")]),
    ("cpe:/a:openbsd:openssh:8.4p1", [("CPE", "cpe:/a:openbsd:openssh:8.4p1")]),
    (r"C:\Windows\Temp\a.com ran", [("FILE_PATH", r"C:\Windows\Temp\a.com")]),
    (
        r"in C:\Users\<user name>\AppData\x.exe",
        [("FILE_PATH", r"C:\Users\<user name>\AppData\x.exe")],
    ),
    (rf"Core: C:\w\{'a_1.2_' * 15}none\c.dll", [("FILE_PATH", rf"C:\w\{'a_1.2_' * 15}none\c.dll")]),
    (
        "域名evil.example.com(203.0.113.5)下发",
        [("DOMAIN", "evil.example.com"), ("IP_ADDRESS", "203.0.113.5")],
    ),
    ("ssh admin@203.0.113.77 -p 22", [("IP_ADDRESS", "203.0.113.77")]),
    ("lodash@4.17.20.1 is old", [("VERSION", "4.17.20.1")]),
    ("SHA256(file.bin)= x", [("FILE_NAME", "file.bin")]),
    ("see invoice(1).exe", [("FILE_NAME", "invoice(1).exe")]),
    (r"Image|endswith: '\rundll32.exe'", []),
    ("against Uyghur Mac OS X users", [("OS", "Mac OS X")]),
    ("/usr/lib/evil.so loaded", [("FILE_PATH", "/usr/lib/evil.so")]),
]

QUIET = [
    "run setup.py and open index.html or report.docx",
    "System.IO and System.Net.Http in C#",
    "e.g. this, i.e. that, a.k.a. other",
    "on 2024-01-02 or 01.02.2024 or 1.2.2024",
    "at 10:22:33 and 10:22:33.123",
    "ports 80:443:8080 and 22,80,443",
    "std::vector<int> a::b Foo::Bar->baz ::",
    "import com.example.app; org.apache.commons.io",
    "self.name = user.id; os.name()",
    "CVE-1998-0001 CVE-2999-0001",
    "AS400 and AS2",
    'printf("%s.%d", a.b, c)',
    "value 1.2.3 and 300.1.2.3 and 1.2.3.4.5",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "README.md, main.rs, lib.so",
    "user.id",
]


def _found(text: str) -> list[tuple[str, str]]:
    return [(entity.label, entity.text) for entity in decloak.extract(text, tagger="off").entities]


@pytest.mark.parametrize(("text", "expected"), FOUND, ids=[text for text, _ in FOUND])
def test_what_is_there_is_found_and_nothing_else(text, expected):
    assert _found(text) == expected


@pytest.mark.parametrize("text", QUIET)
def test_what_only_looks_like_an_indicator_is_left_alone(text):
    assert [each for each in _found(text) if each[0] != "FILE_NAME"] == []


def test_detection_names_are_malware_and_no_domain():
    assert ("MALWARE", "Trojan.Win32.Agent.gen") in _found("found Trojan.Win32.Agent.gen twice")


def test_a_repository_address_is_no_mailbox():
    labels = {label for label, _ in _found("clone git@git.example.com:owner/name")}
    assert "EMAIL" not in labels


def test_nested_parts_are_reported_on_request_only():
    text = "http://evil.example.com/x"
    assert [e.label for e in decloak.extract(text, tagger="off").entities] == ["URL"]
    nested = decloak.extract(text, nested=True).entities
    assert [(e.label, e.text) for e in nested] == [("URL", text), ("DOMAIN", "evil.example.com")]


def test_a_file_like_name_is_held_back_with_a_reason_not_dropped():
    result = decloak.extract("run setup.py", review=True)
    [held] = result.held_back
    assert (held.label, held.text, held.status.value) == ("DOMAIN", "setup.py", "review")
    assert "below" in held.evidence[-1]


def test_a_file_like_name_that_was_disguised_is_a_domain():
    [entity] = decloak.extract("go to evil[.]sh now").entities
    assert (entity.label, entity.value) == ("DOMAIN", "evil.sh")
    assert entity.text == "evil[.]sh"


@pytest.mark.parametrize(
    "text",
    ["requests==2.31.0.1", "libfoo >= 1.2.3.4", '"left-pad": "^1.2.3.4"', "org.example:thing:1.2.3.4",
     "Upgraded openssl from 1.1.1.1 to 1.1.1.4", "pkg@1.2.3.4"],
)  # fmt: skip
def test_versions_of_packages_are_no_addresses(text):
    assert "IP_ADDRESS" not in {label for label, _ in _found(text)}


@pytest.mark.parametrize("text", ["ip.addr == 192.0.2.1", "src_ip=192.0.2.1", "host:192.0.2.1",
                                  'addr >= "192.0.2.1"', "moved from 192.0.2.1 to 198.51.100.1"])  # fmt: skip
def test_addresses_after_operators_are_addresses(text):
    assert ("IP_ADDRESS", "192.0.2.1") in _found(text)


@pytest.mark.parametrize(
    "text", ["handler = energy.media.name", "import river.stone.design", "INFO energy.media - started",
             "x = node.name", "2024-01-02 DEBUG [main] ocean.wave.design: ok"],
)  # fmt: skip
def test_members_loggers_and_packages_are_no_domains(text):
    assert _found(text) == []


@pytest.mark.parametrize("name", ["spot-mil.pl", "dl.spot-mil.pl", "wp.pl", "vk.cc"])
def test_names_under_suffixes_that_are_also_extensions_are_found(name):
    assert _found(f"they used {name} for it") == [("DOMAIN", name)]


@pytest.mark.parametrize(
    "text", ["<i>69.138.208.196</i>", '"c2" => "69.138.208.196"', "<td>69.138.208.196</td>",
             "83 dot 107 dot 244 dot 217 is bad", "-> 69.138.208.196", "C2 IP: 69.138.208.196"],
)  # fmt: skip
def test_addresses_in_markup_and_maps_are_addresses(text):
    assert "IP_ADDRESS" in {label for label, _ in _found(text)}
