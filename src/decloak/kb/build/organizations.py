"""Organizations: who is who among vendors of products and of cards, providers of addresses, and the bodies of our own table."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files

from decloak.kb.build.draft import Draft
from decloak.kb.organizations import organization_key, product_vendors
from decloak.kb.packs import Source
from decloak.kb.tables import WEAK, pairs
from decloak.kb.words import is_word

__all__ = ["organization_pack"]

_SHORTEST = 3
_TABLES = ("cpe", "legal_form", "organization")


def organization_pack(vendors: Draft, ranges: Draft) -> Draft:
    """Return the pack of organisations, each under every name that our own table gives it.

    Args:
        vendors: the pack of holders of hardware addresses.
        ranges: the pack of providers of addresses.
    """
    draft = Draft(
        "organizations",
        "one name of one organisation: a body of our own table, a vendor of products or cards, a provider of addresses",
        ("key", "name", "relation", "target", "source", "weak"),
    )
    draft.sources |= vendors.sources | ranges.sources | {"decloak": _own_source()}
    own = {key: names for names in _own() for key in map(organization_key, names)}
    for names in {id(each): each for each in own.values()}.values():
        _add(draft, own, names[0], "organization", names[0], "decloak")
    for vendor in sorted(product_vendors()):
        _add(draft, own, vendor.replace("_", " "), "cpe-vendor", vendor, "decloak")
    for row in sorted(vendors.rows):
        _add(draft, own, row[1], "mac-vendor", row[1], "oui")
    for row in sorted(ranges.rows):
        for provider in row[2].split("; "):
            _add(draft, own, provider, "cloud-provider", provider, row[3])
    return draft


def _own_source() -> Source:
    """Return our own tables as a source: whoever changes them builds this pack again."""
    folder = files("decloak.kb") / "data"
    digests = {
        f"{name}.tsv": sha256((folder / f"{name}.tsv").read_bytes()).hexdigest() for name in _TABLES
    }
    return Source("decloak", "", "decloak", "Apache-2.0", digests)


def _own() -> Iterator[tuple[str, ...]]:
    for name, rest in pairs("organization"):
        yield tuple(each.removeprefix(WEAK) for each in (name, *filter(None, rest.split(";"))))


def _add(
    draft: Draft,
    own: dict[str, tuple[str, ...]],
    name: str,
    relation: str,
    target: str,
    source: str,
) -> None:
    """Add a row under the key of a name, and under those of all names of the same body."""
    key = organization_key(name)
    for each in {key, *map(organization_key, own.get(key, ()))}:
        if len(each) >= _SHORTEST and not each.isdigit():
            draft.add(each, name, relation, target, source, WEAK if is_word(each) else "")
