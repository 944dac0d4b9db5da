"""Links of addresses, names, ports and cards: what they are set aside for, and whose they are."""

from __future__ import annotations

import ipaddress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.kb.packs import pack
from decloak.kb.ranges import range_key
from decloak.kb.tables import pairs
from decloak.link import links_of
from decloak.link.ports import port_links


def relations(links):
    return [(link.relation, link.target) for link in links]


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


@pytest.mark.parametrize("address", ["172.32.0.1", "11.0.0.1", "2a00::1"])
def test_ordinary_addresses_have_no_link(address):
    assert links_of("IP_ADDRESS", address) == ()


@given(st.ip_addresses())
def test_the_quick_answer_agrees_with_the_registries(address):
    special = any(
        address in ipaddress.ip_network(block)
        for _, blocks in pairs("special_purpose")
        for block in blocks.split()
        if ipaddress.ip_network(block).version == address.version
    )
    found = relations(links_of("IP_ADDRESS", str(address)))
    assert ("special-purpose" in dict(found)) == special
    key = range_key(address.version, int(address))
    owners = [row[2] for row in ROWS if row[0] <= key <= row[1]]
    clouds = [target for relation, target in found if relation == "cloud-range"]
    assert special or clouds == (owners[0].split("; ") if owners else [])


ROWS = list(pack("ranges"))


def test_ranges_are_apart_and_in_order():
    assert all(row[0] <= row[1] < after[0] for row, after in pairwise(ROWS))


def test_resolvers_and_well_known_domains_are_marked():
    assert ("warning-list", "public resolver") in relations(links_of("IP_ADDRESS", "9.9.9.9"))
    assert ("warning-list", "well-known domain") in relations(links_of("DOMAIN", "www.google.com"))


def test_names_are_tied_to_what_was_registered():
    [link] = links_of("DOMAIN", "a.b.example.co.uk")
    assert (link.relation, link.target) == ("registered-domain", "example.co.uk")
    assert (link.source, bool(link.version)) == ("publicsuffixlist", True)
    assert links_of("DOMAIN", "box.htb") == ()
    assert links_of("DOMAIN", "x.onion")[0].relation == "special-use"


def test_cards_are_tied_to_their_makers():
    [link] = links_of("MAC_ADDRESS", "00:00:0c:12:34:56")
    assert (link.relation, link.target) == ("vendor", "Cisco Systems, Inc")
    assert relations(links_of("MAC_ADDRESS", "02:00:5e:00:53:01")) == [
        ("vendor", "locally administered")
    ]
    assert links_of("MAC_ADDRESS", "fc:fc:fc:00:00:01") == ()


def test_ports_are_tied_to_registered_services():
    assert relations(port_links("22/tcp")) == [("service", "ssh")]
    assert port_links("22/tcp")[0].why == "22/tcp"
    assert port_links("0/tcp") == ()
