"""Links: what an address is set aside for, and the registered domain of a name."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.link import links_of
from decloak.link.registries import _SPECIAL_PURPOSE


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", "loopback"), ("192.0.2.7", "documentation"), ("10.1.2.3", "private-use"),
        ("172.31.0.1", "private-use"), ("100.64.0.1", "shared"), ("169.254.1.1", "link-local"),
        ("224.0.0.1", "multicast"), ("255.255.255.255", "broadcast"), ("0.0.0.0", "unspecified"),
        ("240.0.0.1", "reserved"), ("::1", "loopback"), ("2001:db8::1", "documentation"),
        ("fe80::1", "link-local"), ("fd00::1", "private-use"), ("::ffff:8.8.8.8", "ipv4-mapped"),
    ],
)  # fmt: skip
def test_special_addresses_are_named(address, kind):
    [link] = links_of("IP_ADDRESS", address)
    assert (link.relation, link.target) == ("special-purpose", kind)


@pytest.mark.parametrize("address", ["8.8.8.8", "172.32.0.1", "2606:4700::1111"])
def test_ordinary_addresses_have_no_link(address):
    assert links_of("IP_ADDRESS", address) == ()


@given(st.ip_addresses())
def test_the_quick_answer_agrees_with_the_registries(address):
    special = any(
        address in ipaddress.ip_network(block)
        for _, blocks in _SPECIAL_PURPOSE
        for block in blocks.split()
        if ipaddress.ip_network(block).version == address.version
    )
    assert bool(links_of("IP_ADDRESS", str(address))) == special


def test_names_are_tied_to_what_was_registered():
    [link] = links_of("DOMAIN", "a.b.example.co.uk")
    assert (link.relation, link.target) == ("registered-domain", "example.co.uk")
    assert "publicsuffixlist" in link.source
    assert links_of("DOMAIN", "box.htb") == ()
    assert links_of("DOMAIN", "x.onion")[0].relation == "special-use"
