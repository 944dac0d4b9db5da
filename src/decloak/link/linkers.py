"""Linkers: which label is tied to what by its value alone."""

from __future__ import annotations

from collections.abc import Callable

from decloak.core.entity import Link
from decloak.link.names import NAMED, name_links
from decloak.link.registries import address_links, domain_links, mac_links
from decloak.link.vulnerabilities import cve_links

__all__ = ["links_of"]


def _by_name(label: str) -> Callable[[str], tuple[Link, ...]]:
    def linker(value: str) -> tuple[Link, ...]:
        return name_links(label, value)

    return linker


_LINKERS: dict[str, Callable[[str], tuple[Link, ...]]] = {
    "DOMAIN": domain_links,
    "IP_ADDRESS": address_links,
    "MAC_ADDRESS": mac_links,
    "CVE": cve_links,
    **{label: _by_name(label) for label in NAMED},
}


def links_of(label: str, value: str) -> tuple[Link, ...]:
    """Return the links of an entity, by its label and canonical value; see `decloak.link.context` for the others."""
    linker = _LINKERS.get(label)
    return () if linker is None else linker(value)
