"""Domains: registered domains that many people know, and the names that look-alikes of them are made of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from decloak.kb.lexicon import entries
from decloak.kb.organizations import product_vendors
from decloak.kb.words import is_word

__all__ = ["brands", "known_domains"]

_BRANDED = ("ORGANIZATION", "SOFTWARE", "OS")
_RESERVED = "example"
_SHORTEST, _SHORTEST_IN_TABLES = 5, 7


@cache
def known_domains() -> frozenset[str]:
    """Return the registered domains of the list, in lower case."""
    lines = (files("decloak.kb") / "data" / "domain.txt").read_text("utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


@cache
def brands() -> Mapping[str, bool]:
    """Return the names, in lower-case letters, that somebody may want to be taken for.

    Each says whether it is the name of a domain of the list; the others are single words of the
    tables that are known without context, and vendors of products.
    """
    found = {
        name.lower(): False
        for label in _BRANDED
        for entry in entries(label)
        for name in entry.names
        if len(name) >= _SHORTEST_IN_TABLES and name.isascii() and name.isalpha()
        and not entry.is_weak(name)
    }  # fmt: skip
    found |= {
        vendor: False
        for vendor in product_vendors()
        if len(vendor) >= _SHORTEST_IN_TABLES and vendor.isascii() and vendor.isalpha() and not is_word(vendor)
    }  # fmt: skip
    labels = {domain.partition(".")[0] for domain in known_domains()} - {_RESERVED}
    return found | {each: True for each in labels if len(each) >= _SHORTEST and each.isalpha()}
