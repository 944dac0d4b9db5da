"""Every written form of an address inside is one, and no message shows a key."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from decloak.core.errors import SettingsError
from decloak.core.reach import base_url, canonical, is_inside, may_refer
from decloak.core.redact import shown_name, shown_url

INNER = (
    "127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "0x7f000001", "017700000001", "127.0.1", "127.0.0.1.",
    "010.0.0.1", "10.1", "0xa9fea9fe", "0.0.0.0", "0", "localhost", "localhost.", "LOCALHOST.", "foo.localhost",
    "foo.localhost.", "metadata.google.internal", "metadata.google.internal.", "Metadata.Google.Internal..",
    "db.corp", "nas.lan", "printer.local.", "router.home.arpa.", "169.254.169.254", "100.100.100.200", "::1",
    "[::1]", "[::ffff:127.0.0.1]", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:7f00:1::", "fe80::1%eth0", "[fe80::1%25eth0]",
    "fd00:ec2::254", "fc00::1", "ff02::1", "224.0.0.1", "255.255.255.255", "%31%32%37.0.0.1", "\uff11\uff12\uff17.0.0.1",
    "127\u30020\u30020\u30021", "intranet", "",
)  # fmt: skip
OUTER = (
    "8.8.8.8", "8.8", "0x08080808", "134744072", "2001:4860:4860::8888", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8",
    "2002:808:808::1", "rdap.example", "rdap.example.com.", "localhost.example.com", "internal.example.org",
    "127.0.0.1.example.com", "metadata.google.internal.example.net",
)  # fmt: skip


@pytest.mark.parametrize("host", INNER)
def test_an_address_inside_is_one_however_it_is_written(host):
    assert is_inside(host)
    assert not may_refer("rdap.example.com", host)
    assert may_refer("localhost", host)


@pytest.mark.parametrize("host", OUTER)
def test_an_address_outside_stays_one(host):
    assert not is_inside(host)
    assert may_refer("rdap.example.com", host)


@st.composite
def written(draw):
    """An IPv4 address and one of the forms that `inet_aton` takes."""
    number = draw(st.integers(0, 2**32 - 1))
    parts = draw(st.integers(1, 4))
    cut = [number >> shift & 0xFF for shift in (24, 16, 8)][: parts - 1]
    last = number & (2 ** (8 * (5 - parts)) - 1)
    forms = [draw(st.sampled_from(("{}", "{:#x}", "0{:o}", "0x{:08X}"))) for _ in range(parts)]
    text = ".".join(form.format(part) for form, part in zip(forms, [*cut, last], strict=True))
    return ipaddress.IPv4Address(number), text + draw(st.sampled_from(("", ".")))


@given(written())
def test_a_form_of_an_address_is_read_as_a_resolver_reads_it(case):
    address, text = case
    assert canonical(text) == str(address)
    if not address.is_global or address.is_multicast:
        assert is_inside(text)


@given(st.integers(0, 2**32 - 1))
@example(0x7F000001)
def test_an_address_within_an_address_counts(number):
    address = ipaddress.IPv4Address(number)
    inside = not address.is_global or address.is_multicast
    high, low = f"{number >> 16:x}", f"{number & 0xFFFF:x}"
    for text in (
        f"::ffff:{address}",
        f"[::ffff:{high}:{low}]",
        f"64:ff9b::{address}",
        f"2002:{high}:{low}::5",
    ):
        assert is_inside(text) == inside, text


@given(st.text(max_size=40))
def test_any_text_is_answered(host):
    assert is_inside(host) in {True, False}
    canonical(host)


KEYS = ("hush", "sk-proj-abcdef0123456789", "AKIA0123456789ABCDEF", "hush/hush", "hu@hush")
PLACES = (
    "https//user:{}@rdap.example", "https:/user:{}@rdap.example/", "user:{}@rdap.example", "{}@rdap.example",
    "https://rdap.example:{}/", "https://rdap.example?key={}", "https://rdap.example#{}", "https://[{}", "ftp://{}@x",
    "http://a b?{}", "https:rdap.example?k={}", "//{}@rdap.example", "https://user:{}@[::1", "https://x\n{}", "{}",
    "https://rdap .example/{}?x", "https;//{}:x@rdap.example",
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("key", KEYS)
def test_a_key_in_what_is_no_base_url_is_not_shown(place, key):
    with pytest.raises(SettingsError) as caught:
        base_url(place.format(key), secret=True)
    shown = f"{caught.value} {caught.value.__cause__}"
    assert key not in shown
    assert "hush" not in shown
    assert shown.isprintable()


def test_what_holds_no_key_is_shown():
    assert shown_url("rdap.example") == "'rdap.example'"
    assert shown_url("ftp://rdap.example/v1") == "'ftp://rdap.example/v1'"
    assert shown_url("http://127.0.0.1:8000/v1") == "'http://127.0.0.1:8000/v1'"
    assert shown_name("gpt-4o") == "'gpt-4o'"
    assert "sk-" not in shown_name("sk-proj-abcdef0123456789")


@pytest.mark.parametrize(
    "uri",
    [
        "openai:gpt@https:/sk-hush01234567@host", "openai:gpt@htps://hush@host", "openai:gpt@https//host?key=hush",
        "openai:sk-hush0123456789abcdef", "sk-hush0123456789abcdef", "opnai:gpt@https://hush@host",
        "openai:gpt@https://user:hush@host", "openai:gpt@https://host:hush/v1", "openai:https://hush@host",
        "anthropic:x@https://host/?key=hush", "openai:gpt@ https://hush@host",
    ],
)  # fmt: skip
def test_a_key_in_what_names_no_model_is_not_shown(uri):
    from decloak.llm import open_model

    with pytest.raises(SettingsError) as caught:
        open_model(uri)
    assert "hush" not in str(caught.value)
