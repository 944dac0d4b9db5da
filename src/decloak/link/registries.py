"""Registries: registered domains, what addresses are set aside for or whose they are, ports, and makers of cards."""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version

from decloak.core.entity import Link
from decloak.core.remember import remembered
from decloak.indicators.suffixes import SPECIAL_USE, registered_domain
from decloak.kb.domains import known_domains
from decloak.kb.lexicon import lookup
from decloak.kb.packs import pack, source_of
from decloak.kb.port_names import names_at
from decloak.kb.store import the_store
from decloak.kb.table import Row
from decloak.kb.tables import pairs

__all__ = ["address_links", "domain_links", "mac_links", "port_links"]

_OWN, _SPECIAL, _PORTS = "decloak", "IANA special-purpose registries", "IANA port numbers"
_LISTED = "warning-list"
_SERVICE_SCORES = (1.0, 0.5, 0.333)
_PREFIX = re.compile(r"[0-9a-f]{6}")
_LOCAL = 0x020000  # the bit of an address that its owner made up


@cache
def _suffix_version() -> str:
    return version("publicsuffixlist")


@remembered(1 << 14)
def domain_links(name: str) -> tuple[Link, ...]:
    """Return what was registered of a name, or what its top is set aside for, and the lists that it is on."""
    top = name.rpartition(".")[2]
    if top in SPECIAL_USE:
        return (Link("special-use", top, "RFC 6761"),)
    registered = registered_domain(name)
    found = [*_lists_of(name)]
    if registered is None:
        return tuple(found)
    if registered in known_domains():
        found.append(Link(_LISTED, "well-known domain", _OWN, why=registered))
    if registered != name:
        found += _lists_of(registered)
    own = Link("registered-domain", registered, "publicsuffixlist", 1.0, _suffix_version())
    return (own, *found)


def _lists_of(value: str) -> Iterator[Link]:
    store = the_store()
    for kind, source, data_version in store.lists(value) if store else ():
        name = source.removeprefix("MISP warning list ")
        yield Link(_LISTED, name, source, 1.0, data_version, f"{value} is on it as a {kind}")


@remembered(1 << 14)
def address_links(value: str) -> tuple[Link, ...]:
    """Return what an address is set aside for, whose range it is in, and the lists that it is on."""
    store = the_store()
    plain = "." in value and ":" not in value
    special = not plain or value.partition(".")[0] in _special_octets()
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return ()
    number = int(address)
    if special:
        for kind, low, high in _special_ranges(address.version):
            if low <= number <= high:
                return (Link("special-purpose", kind, _SPECIAL),)
    found: list[Link] = []
    firsts, lasts, rows = _clouds(address.version)
    at = bisect_right(firsts, number) - 1
    if at >= 0 and number <= lasts[at]:
        source = source_of(rows[at][3])
        found += (
            Link("cloud-range", provider, source.name, 1.0, source.version)
            for provider in rows[at][2].split("; ")
        )
    if value in _resolvers():
        found.append(Link(_LISTED, "public resolver", _OWN, why=_resolvers()[value]))
    for name, data_version in store.ranges(address.version, number) if store else ():
        title = name.removeprefix("MISP warning list ")
        found.append(Link(_LISTED, title, name, 1.0, data_version, f"{value} is in a range of it"))
    return (*found, *_lists_of(value))


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
def _special_octets() -> frozenset[str]:
    """Return the first octets, in text, that any special block has."""
    return frozenset(
        str(octet)
        for _, low, high in _special_ranges(4)
        for octet in range(low >> 24, (high >> 24) + 1)
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
def mac_links(value: str) -> tuple[Link, ...]:
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


@remembered(1 << 14)
def port_links(port: str) -> tuple[Link, ...]:
    """Return the services that are registered for a port with its protocol (``22/tcp``)."""
    found = names_at(port)
    if not found:
        return ()
    names = dict.fromkeys(map(_service_name, found))
    return tuple(
        Link("service", name, _PORTS, _SERVICE_SCORES[at], why=port)
        for at, name in zip(range(len(_SERVICE_SCORES)), names, strict=False)
    )


@remembered(1 << 14)
def _service_name(name: str) -> str:
    """Return the name of a service by which we know it."""
    known = lookup(name, "SERVICE")
    return known.name if known else name
