"""Port names: what scanners print beside a port that they did not look into.

The table has the names and ports of IANA's registry (CC0) and some that are usual without it. Most
of the names are never met in prose, so that only a port table makes anything of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from decloak.kb.lexicon import entries

__all__ = ["is_port_name", "names_at", "registered_ports"]


@cache
def _ports() -> Mapping[str, tuple[str, ...]]:
    """Return name in lower case -> its ports (``22/tcp``), those of the services among them."""
    found = {
        name.lower(): entry.ports
        for entry in entries("SERVICE")
        for name in entry.names
        if "/" not in name
    }
    path = files("decloak.kb") / "data" / "port_name.tsv"
    for line in path.read_text("utf-8").splitlines():
        name, _, ports = line.partition("\t")
        if not line.startswith("#"):
            low = name.lower()
            both = (each if "/" in each else f"{each}/tcp {each}/udp" for each in ports.split())
            found[low] = (*found.get(low, ()), *" ".join(both).split())
    return found


@cache
def registered_ports() -> Mapping[str, tuple[str, ...]]:
    """Return port with its protocol (``22/tcp``) -> the names, in lower case, that are printed for it."""
    names: dict[str, list[str]] = {}
    for name, ports in _ports().items():
        for port in ports:
            names.setdefault(port, []).append(name)
    return {port: tuple(each) for port, each in names.items()}


def is_port_name(name: str) -> bool:
    """Whether scanners print this for some port, whatever the case."""
    return name.lower() in _ports()


def names_at(port: str) -> tuple[str, ...]:
    """Return the names, in lower case, that are printed for a port (``22/tcp``)."""
    return registered_ports().get(port, ())
