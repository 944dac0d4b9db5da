"""CPE: names of platforms for products and systems, by their name and the version beside them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from decloak.core.entity import Link, link_of
from decloak.core.remember import remembered
from decloak.kb.cpe_names import Cpe
from decloak.kb.keys import name_key
from decloak.kb.lexicon import lookup
from decloak.kb.store import Store
from decloak.kb.tables import WEAK, pairs
from decloak.link.versions import Version, parse_version

__all__ = ["PLATFORMS", "Platform", "Weights", "cpe_links", "platforms_of", "ranked", "weights"]

PLATFORMS = ("SOFTWARE", "OS")
"""Labels whose entities are tied to platforms."""

_OWN = "decloak"
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


class Weights(NamedTuple):
    """How well a name fits a platform; ``data/platforms.toml`` says what each is."""

    first: float
    next: float
    other_name: float
    other_case: float
    spelt: float
    spelt_only: float
    released: float
    vendor_left: float
    other_part: float


@cache
def weights() -> Weights:
    """Return the weights of ``platforms.toml``."""
    text = (files("decloak.link") / "data" / "platforms.toml").read_text("utf-8")
    return Weights(**tomllib.loads(text)["weights"])


Stem = tuple[str, str, str]


@cache
def _table() -> Mapping[str, tuple[tuple[str, tuple[Stem, ...]], ...]]:
    """Return key of a name -> its spellings, each with (part, vendor, product), the preferred one first."""
    found: dict[str, tuple[tuple[str, tuple[Stem, ...]], ...]] = {}
    for name, stems in pairs("cpe"):
        bare = name.removeprefix(WEAK)
        cells = (stem.split(":", 2) for stem in stems.split())
        listed = tuple((part, vendor, product) for part, vendor, product in cells)
        found[name_key(bare)] = (*found.get(name_key(bare), ()), (bare, listed))
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
    return ranked(store, label, value, written, weights())


def ranked(
    store: Store | None, label: str, value: str, written: str, by: Weights
) -> tuple[Platform, ...]:
    """Return the same by other weights; see `platforms_of`."""
    best: dict[Stem, Platform] = {}
    for each in _candidates(store, label, value, written, by):
        place = (each.cpe.part, each.cpe.vendor, each.cpe.product)
        if place not in best or best[place].score < each.score:
            best[place] = each
    return tuple(sorted(best.values(), key=_by_score))[:_MOST]


def _by_score(platform: Platform) -> tuple[float, Cpe]:
    return -platform.score, platform.cpe


def _candidates(
    store: Store | None, label: str, value: str, written: str, by: Weights
) -> Iterator[Platform]:
    entry = lookup(value, label)
    names = dict.fromkeys(filter(None, (written, value, entry.name if entry else "")))
    wanted = "o" if label == "OS" else "a"
    text = written or value
    spelt = name_key(text)
    for at, name in enumerate(names):
        for spelling, stems in _spelt(name):
            loss = at * by.other_name + by.other_case * _is_another(spelling, text)
            for rank, (part, vendor, product) in enumerate(stems):
                score = by.first - rank * by.next - loss + by.spelt * (name_key(product) == spelt)
                cpe = Cpe(part, vendor, product)
                yield Platform(cpe, round(score, 3), _OWN, "", f"known as {spelling!r}", _stem(cpe))
    for part, vendor, product in _products().get(spelt, ()):
        if part == wanted:
            cpe = Cpe(part, vendor, product)
            yield Platform(cpe, by.spelt_only, _OWN, "", f"spelt like {product!r}", _stem(cpe))
    if store is not None:
        yield from _added(store, value, wanted, by)


def _spelt(name: str) -> Sequence[tuple[str, tuple[Stem, ...]]]:
    """Return the rows of a name: those that differ in case alone, else those that differ in blanks and signs."""
    rows = _table().get(name_key(name), ())
    return [row for row in rows if row[0].casefold() == name.casefold()] or rows


def _is_another(spelling: str, text: str) -> bool:
    """Whether capitals tell two names apart: Apple's ``iOS`` is not ``IOS``."""
    telling = (
        spelling[:1].islower() and not spelling.islower() and spelling.casefold() == text.casefold()
    )
    return telling and spelling != text and not text.islower()


@cache
def _products() -> Mapping[str, tuple[Stem, ...]]:
    """Return key of a product -> the platforms of our table that have it."""
    found: dict[str, dict[Stem, None]] = {}
    for spellings in _table().values():
        for _, stems in spellings:
            for stem in stems:
                found.setdefault(name_key(stem[2]), {})[stem] = None
    return {key: tuple(sorted(stems)) for key, stems in found.items()}


def _stem(cpe: Cpe) -> str:
    return cpe.name.removesuffix(_NO_VERSION)


def _added(store: Store, value: str, wanted: str, by: Weights) -> Iterator[Platform]:
    """Yield what the user's dictionaries and feeds call so, whole or behind the vendor's name."""
    first, _, rest = value.partition(" ")
    for name, vendor_key, loss in (
        (value, "", 0.0),
        (rest, name_key(first), 0.0),
        (rest, "", by.vendor_left),
    ):
        for part, vendor, product, source, version in (
            store.products(name_key(name)) if name else ()
        ):
            if not vendor_key or name_key(vendor) == vendor_key:
                score = round(by.first - loss - (0.0 if part == wanted else by.other_part), 3)
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
            target, score = found.name, min(1.0, score + weights().released)
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
