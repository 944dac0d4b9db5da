"""Linkers: which label is tied to what by its value alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial

from decloak.core.entity import Link
from decloak.kb.store import Store, the_store
from decloak.link.names import NAMED, name_links
from decloak.link.organizations import organization_links
from decloak.link.registries import address_links, domain_links, mac_links
from decloak.link.vulnerabilities import cve_links

__all__ = ["linkers", "links_of"]

_LINKERS: dict[str, Callable[..., tuple[Link, ...]]] = {
    "DOMAIN": domain_links,
    "IP_ADDRESS": address_links,
    "MAC_ADDRESS": mac_links,
    "CVE": cve_links,
}


@lru_cache(8)
def linkers(store: Store | None) -> Mapping[str, Callable[[str], tuple[Link, ...]]]:
    """Return label -> links of a canonical value; see `decloak.link.context` for the labels that are not in it.

    Args:
        store: what the user added; None for the packs alone.
    """
    made = {label: partial(linker, store) for label, linker in _LINKERS.items()}
    made |= {label: partial(name_links, store, label) for label in NAMED}
    return made | {"ORGANIZATION": partial(organization_links, store)}


def links_of(label: str, value: str) -> tuple[Link, ...]:
    """Return the links of an entity, by its label and canonical value, from the packs and the user's store."""
    linker = linkers(the_store()).get(label)
    return () if linker is None else linker(value)
