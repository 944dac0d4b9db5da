"""Registries: registered domains and special-purpose addresses, from offline snapshots."""

from __future__ import annotations

import ipaddress
from functools import cache
from importlib.metadata import version

from decloak.core.entity import Link
from decloak.core.remember import remembered
from decloak.indicators.suffixes import SPECIAL_USE, registered_domain

__all__ = ["links_of"]


def links_of(label: str, value: str) -> tuple[Link, ...]:
    """Return the links of an entity, by its label and canonical value."""
    if label == "DOMAIN":
        return _domain_links(value)
    if label == "IP_ADDRESS":
        return _address_links(value)
    return ()


@cache
def _suffix_source() -> str:
    return f"publicsuffixlist {version('publicsuffixlist')}"


@remembered(1 << 14)
def _domain_links(name: str) -> tuple[Link, ...]:
    top = name.rpartition(".")[2]
    if top in SPECIAL_USE:
        return (Link("special-use", top, "RFC 6761"),)
    registered = registered_domain(name)
    if registered is None:
        return ()
    return (Link("registered-domain", registered, _suffix_source()),)


@remembered(1 << 14)
def _address_links(value: str) -> tuple[Link, ...]:
    """Return the special purpose of an address (RFC 6890 and its registries), if it has one."""
    if "." in value and ":" not in value and value.partition(".")[0] not in _special_octets():
        return ()
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return ()
    number = int(address)
    for kind, low, high in _special_ranges(address.version):
        if low <= number <= high:
            return (Link("special-purpose", kind, "IANA special-purpose registries"),)
    return ()


@cache
def _special_octets() -> frozenset[str]:
    """Return the first octets, in text, that any special block has."""
    return frozenset(
        str(octet)
        for _, low, high in _special_ranges(4)
        for octet in range(low >> 24, (high >> 24) + 1)
    )


@cache
def _special_ranges(version: int) -> tuple[tuple[str, int, int], ...]:
    """Return (kind, first, last) of every special block of an address family."""
    blocks = (
        (kind, ipaddress.ip_network(block))
        for kind, listed in _SPECIAL_PURPOSE
        for block in listed.split()
    )
    return tuple(
        (kind, int(network.network_address), int(network.broadcast_address))
        for kind, network in blocks
        if network.version == version
    )


_SPECIAL_PURPOSE = (
    ("loopback", "127.0.0.0/8 ::1/128"),
    ("documentation", "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20"),
    ("private-use", "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7"),
    ("shared", "100.64.0.0/10"),
    ("link-local", "169.254.0.0/16 fe80::/10"),
    ("benchmarking", "198.18.0.0/15 2001:2::/48"),
    ("multicast", "224.0.0.0/4 ff00::/8"),
    ("broadcast", "255.255.255.255/32"),
    ("unspecified", "0.0.0.0/32 ::/128"),
    ("this-network", "0.0.0.0/8"),
    ("reserved", "240.0.0.0/4"),
    ("ipv4-mapped", "::ffff:0:0/96"),
)
"""Blocks of the IANA special-purpose registries (RFC 6890), most specific first."""
