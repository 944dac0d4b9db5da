"""One value in, one verdict and one canonical form out."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.entity import Verdict
from decloak.core.labels import LABELS
from decloak.indicators import CHECKS, classify, read

CONFIRMED = [
    ("IP_ADDRESS", "192.0.2.1", "192.0.2.1"),
    ("IP_ADDRESS", "2001:DB8:0:0::1", "2001:db8::1"),
    ("IP_ADDRESS", "::ffff:c000:201", "::ffff:192.0.2.1"),
    ("IP_ADDRESS", "fe80::1%eth0", "fe80::1%eth0"),
    ("IP_ADDRESS", "[2001:db8::1]", "2001:db8::1"),
    ("CIDR", "192.0.2.7/24", "192.0.2.0/24"),
    ("CIDR", "192.0.2/24", "192.0.2.0/24"),
    ("CIDR", "192.0.2.1 - 192.0.2.9", "192.0.2.1-192.0.2.9"),
    ("CIDR", "192.0.2.1-9", "192.0.2.1-192.0.2.9"),
    ("ASN", "AS64496", "AS64496"),
    ("ASN", "1.10", "AS65546"),
    ("MAC_ADDRESS", "0000.5E00.5301", "00:00:5e:00:53:01"),
    ("PORT", "065", "65"),
    ("LATENCY", "0.0021s", "0.0021s"),
    ("DOMAIN", "Mail.Example.COM.", "mail.example.com"),
    ("DOMAIN", "*.example.com", "example.com"),
    ("DOMAIN", "b\u00fccher.de", "xn--bcher-kva.de"),
    ("DOMAIN", "_sip._tcp.example.com", "_sip._tcp.example.com"),
    ("DOMAIN", "host.onion", "host.onion"),
    ("EMAIL", "Some.One@Example.COM", "Some.One@example.com"),
    ("URL", "HTTP://Example.COM/A?b#c", "http://example.com/A?b#c"),
    ("URL", "http://u:p@192.0.2.1:8080/x", "http://u:p@192.0.2.1:8080/x"),
    ("URL", "http://[2001:DB8::1]/", "http://[2001:db8::1]/"),
    ("HASH", "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e"),
    ("CVE", "cve-2021-44228", "CVE-2021-44228"),
    ("TECHNIQUE", "t1059.001", "T1059.001"),
    ("CPE", "cpe:2.3:a:openbsd:openssh:8.4:p1:*:*:*:*:*:*", None),
    ("VERSION", "7.9p1 Debian 10+deb10u2", None),
    ("SERVICE", "ssl/http?", "ssl/http"),
    ("FILE_PATH", r"C:\Temp\x.exe", None),
    ("STATE", "open|filtered", None),
]

REFUTED = [
    ("IP_ADDRESS", "192.0.2.256"), ("IP_ADDRESS", "192.0.02.1"), ("IP_ADDRESS", "10:22:33"),
    ("IP_ADDRESS", "192.0.2.1%eth0"), ("CIDR", "192.0.2.0/33"), ("CIDR", "192.0.2.9-192.0.2.1"),
    ("ASN", "AS4294967296"), ("PORT", "65536"), ("PORT", "\u0661"), ("DOMAIN", "a..b.com"),
    ("DOMAIN", "-a.com"), ("DOMAIN", "a" * 64 + ".com"), ("DOMAIN", "1.2.3"),
    ("EMAIL", "a@b"), ("EMAIL", "@example.com"), ("URL", "http://"), ("URL", "foo://example.com"),
    ("URL", "http://192.0.2.256/"), ("URL", "http://example.com:99999/"),
    ("HASH", "0" * 32), ("HASH", "f" * 31), ("CVE", "CVE-1998-0001"), ("CVE", "CVE-2021-1"),
    ("TECHNIQUE", "T0001"), ("VERSION", "stable"), ("VERSION", "0x62f1df50"), ("VERSION", "MS17-010"), ("STATE", "ajar"), ("LATENCY", "fast"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "text", "value"), CONFIRMED)
def test_confirmed_values_have_their_canonical_form(label, text, value):
    reading = read(label, text)
    assert reading.verdict is Verdict.CONFIRMED
    assert reading.value == (text if value is None else value)


@pytest.mark.parametrize(("label", "text"), REFUTED)
def test_what_cannot_be_is_refuted_with_a_reason(label, text):
    reading = read(label, text)
    assert reading.verdict is Verdict.REFUTED
    assert reading.reason


def test_a_name_nobody_delegates_is_for_the_context_to_decide():
    assert read("DOMAIN", "box.htb").verdict is Verdict.SILENT


def test_labels_without_a_shape_are_silent():
    assert read("ORGANIZATION", "Example Inc.").verdict is Verdict.SILENT


def test_a_dotless_domain_asks_to_be_a_host_name():
    assert read("DOMAIN", "web01").label == "HOSTNAME"


@pytest.mark.parametrize(
    ("name", "value", "resembles"),
    [
        ("g\u043e\u043egle.com", "xn--ggle-55da.com", "google.com"),
        ("xn--ggle-55da.com", "xn--ggle-55da.com", "google.com"),
        ("b\u00fccher.de", "xn--bcher-kva.de", None),
        ("g\u00f3ogle.com", "xn--gogle-0ta.com", "google.com"),
        ("\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444", "xn--e1afmkfd.xn--p1ai", None),
        ("\uff45xample.com", "example.com", None),
    ],
)
def test_lookalikes_keep_their_value_and_name_their_target(name, value, resembles):
    reading = read("DOMAIN", name)
    assert (reading.value, reading.resembles) == (value, resembles)


def test_every_checked_label_has_a_check_and_no_other():
    assert set(CHECKS) == {spec.name for spec in LABELS.values() if spec.checked}


@given(st.ip_addresses())
def test_every_address_is_confirmed_and_stays_the_same_address(address):
    reading = read("IP_ADDRESS", str(address))
    assert reading.verdict is Verdict.CONFIRMED
    assert ipaddress.ip_address(reading.value) == address
    assert read("IP_ADDRESS", reading.value).value == reading.value


@given(st.sampled_from(sorted(LABELS)), st.text(max_size=60))
def test_reading_never_raises_and_canonical_forms_are_stable(label, text):
    reading = read(label, text)
    if reading.verdict is Verdict.CONFIRMED and not reading.label:
        again = read(label, reading.value)
        assert again.value == reading.value


@given(st.text(alphabet="aeiou.-_@:/0123456789[]%\u043e\u00fc\ud800\x00", max_size=40))
def test_classify_never_raises_and_agrees_with_read(text):
    found = classify(text)
    if found is not None:
        assert read(found[0], text) == found[1]


def test_a_country_code_with_second_level_rules_only_is_still_delegated():
    assert read("DOMAIN", "shop.example.co.za").verdict is Verdict.CONFIRMED
    assert read("DOMAIN", "nosuch.za").verdict is Verdict.CONFIRMED
    assert (
        read("DOMAIN", "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444").verdict
        is Verdict.CONFIRMED
    )


@given(st.from_regex(r"[a-zA-Z0-9_.-]{1,80}", fullmatch=True))
def test_the_quick_way_to_read_a_name_agrees_with_the_thorough_one(text):
    from decloak.indicators import names

    quick = names._read_name(text)
    never = names.re.compile("(?!)")
    original, names._PLAIN_NAME = names._PLAIN_NAME, never
    try:
        assert names._read_name(text) == quick
    finally:
        names._PLAIN_NAME = original
