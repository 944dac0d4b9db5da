"""Registries: registered domains, what addresses are set aside for or whose they are, and makers of cards."""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from socket import AF_INET, AF_INET6, inet_pton

from decloak.core.entity import Link, link_of
from decloak.core.remember import remembered
from decloak.indicators.suffixes import SPECIAL_USE, registered_domain
from decloak.kb.domains import known_domains
from decloak.kb.packs import pack, source_of
from decloak.kb.store import Store
from decloak.kb.table import Row
from decloak.kb.tables import pairs

__all__ = ["address_links", "domain_links", "mac_links"]

_OWN, _SPECIAL = "decloak", "IANA special-purpose registries"
_LISTED = "warning-list"
_PREFIX = re.compile(r"[0-9a-f]{6}")
_FAMILIES = {AF_INET: 4, AF_INET6: 6}
_LOCAL = 0x020000  # the bit of an address that its owner made up


@cache
def _suffix_version() -> str:
    return version("publicsuffixlist")


@remembered(1 << 14)
def domain_links(store: Store | None, name: str) -> tuple[Link, ...]:
    """Return what was registered of a name, or what its top is set aside for, and the lists that it is on."""
    top = name.rpartition(".")[2]
    if top in SPECIAL_USE:
        return (Link("special-use", top, "RFC 6761"),)
    registered = registered_domain(name)
    found = [*_lists_of(store, name)] if store else []
    if registered is None:
        return tuple(found)
    if registered in known_domains():
        found.append(Link(_LISTED, "well-known domain", _OWN, why=registered))
    if store and registered != name:
        found += _lists_of(store, registered)
    own = link_of("registered-domain", registered, "publicsuffixlist", 1.0, _suffix_version(), "")
    return (own, *found)


def _lists_of(store: Store, value: str) -> Iterator[Link]:
    for kind, source, data_version in store.lists(value):
        name = source.removeprefix("MISP warning list ")
        yield Link(_LISTED, name, source, 1.0, data_version, f"{value} is on it as a {kind}")


@remembered(1 << 14)
def address_links(store: Store | None, value: str) -> tuple[Link, ...]:
    """Return what an address is set aside for, whose range it is in, and the lists that it is on."""
    family, number = _number(value)
    if not family:
        return ()
    if family == 6 or number >> 24 in _special_octets():
        for kind, low, high in _special_ranges(family):
            if low <= number <= high:
                return (Link("special-purpose", kind, _SPECIAL),)
    firsts, lasts, rows = _clouds(family)
    at = bisect_right(firsts, number) - 1
    if store is None and value not in _resolvers() and (at < 0 or number > lasts[at]):
        return ()
    found: list[Link] = []
    if at >= 0 and number <= lasts[at]:
        source = source_of(rows[at][3])
        found += (
            Link("cloud-range", provider, source.name, 1.0, source.version)
            for provider in rows[at][2].split("; ")
        )
    if value in _resolvers():
        found.append(Link(_LISTED, "public resolver", _OWN, why=_resolvers()[value]))
    for name, data_version in store.ranges(family, number) if store else ():
        title = name.removeprefix("MISP warning list ")
        found.append(Link(_LISTED, title, name, 1.0, data_version, f"{value} is in a range of it"))
    return (*found, *_lists_of(store, value)) if store else tuple(found)


def _number(value: str) -> tuple[int, int]:
    """Return the family of an address, 4 or 6, and its number; family 0 for what is none."""
    kind = AF_INET6 if ":" in value else AF_INET
    try:
        return _FAMILIES[kind], int.from_bytes(inet_pton(kind, value), "big")
    except (OSError, ValueError):  # perhaps with a zone, which is not its to read
        pass
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return 0, 0
    return address.version, int(address)


@cache
def _clouds(family: int) -> tuple[list[int], list[int], list[Row]]:
    """Return the first and the last addresses of the ranges of an address family, in order, and their rows."""
    rows = [row for row in pack("ranges") if row[0][0] == str(family)]
    firsts, lasts = ([int(f"0x{row[at][2:]}", 0) for row in rows] for at in (0, 1))
    return firsts, lasts, rows


@cache
def _resolvers() -> Mapping[str, str]:
    """Return address -> operator."""
    return {
        address: operator for operator, listed in pairs("resolver") for address in listed.split()
    }


@cache
def _special_octets() -> frozenset[int]:
    """Return the first octets that any special block has."""
    return frozenset(
        octet for _, low, high in _special_ranges(4) for octet in range(low >> 24, (high >> 24) + 1)
    )


@cache
def _special_ranges(family: int) -> tuple[tuple[str, int, int], ...]:
    """Return (kind, first, last) of every special block of an address family, the most specific first."""
    blocks = (
        (kind, ipaddress.ip_network(block))
        for kind, listed in pairs("special_purpose")
        for block in listed.split()
    )
    return tuple(
        (kind, int(network.network_address), int(network.broadcast_address))
        for kind, network in blocks
        if network.version == family
    )


@remembered(1 << 12)
def mac_links(_store: Store | None, value: str) -> tuple[Link, ...]:
    """Return who holds the block of a hardware address; of one that was made up locally, nobody does."""
    prefix = value.replace(":", "")[:6]
    for _, vendor in pack("vendors").rows(prefix):
        source = source_of("oui")
        return (
            Link("vendor", vendor, source.name, 1.0, source.version, f"block {prefix.upper()}"),
        )
    if _PREFIX.fullmatch(prefix) and int(prefix, 16) & _LOCAL:
        return (Link("vendor", "locally administered", "IEEE 802"),)
    return ()
