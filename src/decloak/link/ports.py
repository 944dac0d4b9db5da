"""Ports: the services that they are registered for, and services where they are not usual."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from decloak.core.entity import Link, link_of
from decloak.core.remember import remembered
from decloak.kb.lexicon import entries, lookup
from decloak.kb.port_names import names_at

__all__ = ["SCORES", "SOURCE", "known_names", "oddity_links", "port_links", "usual_of"]

SOURCE = "IANA port numbers"
"""Who says what a port is for."""
SCORES = (1.0, 0.5, 0.333)
"""Of the first service of a port, the second ..."""
_USUAL = frozenset({"ssl", "tls", "unknown", "tcpwrapped"})
_NOWHERE = frozenset[str]()


@remembered(1 << 14)
def port_links(port: str) -> tuple[Link, ...]:
    """Return the services that are registered for a port with its protocol (``22/tcp``)."""
    return tuple(
        link_of("service", name, SOURCE, score, "", port)
        for name, score in zip(_names_at(port), SCORES, strict=False)
    )


def _names_at(port: str) -> tuple[str, ...]:
    """Return the services of a port, by the names under which we know them."""
    found, known = names_at(port), known_names()
    if len(found) == 1:
        return (known.get(found[0]) or found[0],)
    return tuple(dict.fromkeys(known.get(name) or name for name in found))


@cache
def known_names() -> Mapping[str, str]:
    """Return name in lower case -> the name under which we know the service."""
    names = {name.lower() for entry in entries("SERVICE") for name in entry.names}
    known = ((name, lookup(name, "SERVICE")) for name in names)
    return {name: entry.name for name, entry in known if entry}


class Usual(NamedTuple):
    """Where a service is usually found; no ports where nothing is unusual for it."""

    name: str
    ports: frozenset[str]
    names: frozenset[str]
    first: str


@remembered(1 << 12)
def usual_of(service: str) -> Usual:
    """Return where a service is usually found, by the name that a scanner prints: ``ssl/http``."""
    name = service.rpartition("/")[2].rstrip("?")
    known = lookup(name, "SERVICE")
    if known is None or not known.ports or name in _USUAL:
        return Usual(name, _NOWHERE, _NOWHERE, "")
    names = frozenset(each.lower() for each in known.names)
    return Usual(name, frozenset(known.ports), names, known.ports[0])


@remembered(1 << 14)
def oddity_links(service: str, place: str) -> tuple[Link, ...]:
    """Return what is odd about a service on a port (``443/tcp``) that is registered for others only."""
    name, ports, names, first = usual_of(service)
    if not ports or place in ports:
        return ()
    registered = _names_at(place)[: len(SCORES)]
    if not registered or not names.isdisjoint(registered):
        return ()
    why = f"{name} is usual on {first}; {place} is for {', '.join(sorted(registered))}"
    return (link_of("unusual-port", f"{name} on {place}", SOURCE, 1.0, "", why),)
