"""CPE: names of platforms for products and systems, by their name and the version beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from decloak.core.entity import Link, link_of
from decloak.core.remember import remembered
from decloak.kb.cpe_names import Cpe
from decloak.kb.keys import name_key
from decloak.kb.lexicon import lookup
from decloak.kb.store import Store
from decloak.kb.tables import WEAK, pairs
from decloak.link.versions import Version, parse_version

__all__ = ["PLATFORMS", "Platform", "cpe_links", "platforms_of"]

PLATFORMS = ("SOFTWARE", "OS")
"""Labels whose entities are tied to platforms."""

_OWN = "decloak"
_RANKS = (0.8, 0.7, 0.6, 0.55)
"""Scores of the first platform of a name, the second ..."""
_RELEASED, _OTHER_NAME, _VENDOR_LEFT, _OTHER_PART = 0.1, 0.05, 0.15, 0.3
_SPELT, _SPELT_ONLY = 0.16, 0.65
"""What a name gains by being spelt like the product, and its score where nothing else speaks for it."""
_MOST = 6
_NO_VERSION = ":".join("*" * 8)


class Platform(NamedTuple):
    """A product that a name may mean, and how surely, in [0, 1]; `stem` is its CPE name up to the version."""

    cpe: Cpe
    score: float
    source: str
    version: str
    why: str
    stem: str


@cache
def _table() -> Mapping[str, tuple[tuple[str, str, str], ...]]:
    """Return key of a name -> (part, vendor, product), the preferred one first."""
    found: dict[str, tuple[tuple[str, str, str], ...]] = {}
    for name, stems in pairs("cpe"):
        cells = (stem.split(":", 2) for stem in stems.split())
        found[name_key(name.removeprefix(WEAK))] = tuple(
            (part, vendor, product) for part, vendor, product in cells
        )
    return found


@remembered(1 << 12)
def platforms_of(
    store: Store | None, label: str, value: str, written: str = ""
) -> tuple[Platform, ...]:
    """Return the products that a name may mean, the likeliest first.

    Args:
        store: what the user added, or None.
        label: one of `PLATFORMS`.
        value: the canonical name.
        written: the name as it stands in the text: of two platforms of one name, it may be spelt like the second.
    """
    best: dict[tuple[str, str, str], Platform] = {}
    for each in _candidates(store, label, value, written):
        place = (each.cpe.part, each.cpe.vendor, each.cpe.product)
        if place not in best or best[place].score < each.score:
            best[place] = each
    return tuple(sorted(best.values(), key=_by_score))[:_MOST]


def _by_score(platform: Platform) -> tuple[float, Cpe]:
    return -platform.score, platform.cpe


def _candidates(store: Store | None, label: str, value: str, written: str) -> Iterator[Platform]:
    entry = lookup(value, label)
    names = dict.fromkeys(filter(None, (written, value, entry.name if entry else "")))
    wanted = "o" if label == "OS" else "a"
    spelt = name_key(written or value)
    for at, name in enumerate(names):
        for rank, (part, vendor, product) in enumerate(_table().get(name_key(name), ())):
            score = round(_RANKS[min(rank, len(_RANKS) - 1)] - at * _OTHER_NAME, 3)
            cpe = Cpe(part, vendor, product)
            score = round(score + _SPELT * (name_key(product) == spelt), 3)
            yield Platform(cpe, score, _OWN, "", f"known as {name!r}", _stem(cpe))
    for part, vendor, product in _products().get(spelt, ()):
        if part == wanted:
            cpe = Cpe(part, vendor, product)
            yield Platform(cpe, _SPELT_ONLY, _OWN, "", f"spelt like {product!r}", _stem(cpe))
    if store is not None:
        yield from _added(store, value, wanted)


@cache
def _products() -> Mapping[str, tuple[tuple[str, str, str], ...]]:
    """Return key of a product -> the platforms of our table that have it."""
    found: dict[str, dict[tuple[str, str, str], None]] = {}
    for stems in _table().values():
        for stem in stems:
            found.setdefault(name_key(stem[2]), {})[stem] = None
    return {key: tuple(sorted(stems)) for key, stems in found.items()}


def _stem(cpe: Cpe) -> str:
    return cpe.name.removesuffix(_NO_VERSION)


def _added(store: Store, value: str, wanted: str) -> Iterator[Platform]:
    """Yield what the user's dictionaries and feeds call so, whole or behind the vendor's name."""
    first, _, rest = value.partition(" ")
    for name, vendor_key, loss in (
        (value, "", 0.0),
        (rest, name_key(first), 0.0),
        (rest, "", _VENDOR_LEFT),
    ):
        for part, vendor, product, source, version in (
            store.products(name_key(name)) if name else ()
        ):
            if not vendor_key or name_key(vendor) == vendor_key:
                score = round(_RANKS[0] - loss - (0.0 if part == wanted else _OTHER_PART), 3)
                cpe = Cpe(part, vendor, product)
                yield Platform(cpe, score, source, version, f"product {name!r}", _stem(cpe))


@remembered(1 << 14)
def cpe_links(
    store: Store | None, label: str, value: str, version: str, written: str = ""
) -> tuple[Link, ...]:
    """Return the CPE names of a product, the likeliest first.

    Args:
        store: what the user added, or None.
        label: one of `PLATFORMS`.
        value: the canonical name.
        version: as it stands beside the name, "" without one.
        written: the name as it stands in the text.
    """
    platforms = platforms_of(store, label, value, written)
    parsed = parse_version(version) if version and platforms else None
    if parsed is None:
        return _unversioned(store, label, value, written)
    ending = f"{parsed[0]}:{parsed[1] or '*'}:*:*:*:*:*:*"
    if store is None:
        return tuple(
            link_of("cpe", stem + ending, source, score, data_version, why)
            for _, score, source, data_version, why, stem in platforms
        )
    links = []
    for each in platforms:
        target, score, why = each.stem + ending, each.score, each.why
        if found := _release(store, each.cpe, parsed):
            target, score = found.name, min(1.0, score + _RELEASED)
            why += ", a release of the dictionary"
        links.append(link_of("cpe", target, each.source, score, each.version, why))
    return tuple(links)


@remembered(1 << 12)
def _unversioned(store: Store | None, label: str, value: str, written: str) -> tuple[Link, ...]:
    return tuple(
        Link("cpe", each.cpe.name, each.source, each.score, each.version, each.why)
        for each in platforms_of(store, label, value, written)
    )


def _release(store: Store, cpe: Cpe, version: Version) -> Cpe | None:
    """Return a platform as the dictionary has this version of it; None where it has not."""
    for written, update in ((version.number, version.update), (version.upstream, "")):
        joined = f"{written}:{update}" if update else written
        if store.has_release(cpe.vendor, cpe.product, joined):
            return cpe._replace(version=written, update=update or "*")
    return None
