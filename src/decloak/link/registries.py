"""Registries: registered domains and special-purpose addresses, from offline snapshots."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.metadata import version

from decloak.core.entity import Entity, Link
from decloak.indicators.suffixes import SPECIAL_USE, registered_domain

__all__ = ["link"]


def link(entities: Iterable[Entity]) -> Iterator[Entity]:
    """Yield every entity with its links; entities without any pass unchanged."""
    for entity in entities:
        if entity.label == "DOMAIN":
            links = _domain_links(entity.value)
        elif entity.label == "IP_ADDRESS":
            links = _address_links(entity.value)
        else:
            yield entity
            continue
        yield entity._replace(links=links) if links else entity


@cache
def _suffix_source() -> str:
    return f"publicsuffixlist {version('publicsuffixlist')}"


@lru_cache(maxsize=1 << 16)
def _domain_links(name: str) -> tuple[Link, ...]:
    top = name.rpartition(".")[2]
    if top in SPECIAL_USE:
        return (Link("special-use", top, "RFC 6761"),)
    registered = registered_domain(name)
    if registered is None:
        return ()
    return (Link("registered-domain", registered, _suffix_source()),)


@lru_cache(maxsize=1 << 16)
def _address_links(value: str) -> tuple[Link, ...]:
    """Return the special purpose of an address (RFC 6890 and its registries), if it has one."""
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return ()
    for kind, holds in (
        ("loopback", address.is_loopback),
        ("link-local", address.is_link_local),
        ("multicast", address.is_multicast),
        ("unspecified", address.is_unspecified),
        ("private-use", address.is_private),
        ("reserved", address.is_reserved),
    ):
        if holds:
            return (Link("special-purpose", kind, "IANA special-purpose registries"),)
    return ()
