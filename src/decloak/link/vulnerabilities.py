"""Vulnerabilities: what is known of a CVE, and which of them affect a product of a version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from decloak.core.entity import Link
from decloak.core.remember import remembered
from decloak.kb.keys import name_key
from decloak.kb.store import Store
from decloak.kb.store.reading import Affected
from decloak.kb.tables import pairs
from decloak.link.cpe import platforms_of
from decloak.link.versions import Version, is_within, parse_version

__all__ = ["Match", "cve_links", "matches"]

_MOST = 200
_ANY = frozenset({"*", "-"})


class Match(NamedTuple):
    """A CVE that affects a product of a version.

    Attributes:
        cve: its identifier.
        severity: the CVSS base score, or None.
        exploited: when it entered the KEV catalogue, or "".
        probability: EPSS, in [0, 1], or None.
        why: the range of versions, and what speaks against it.
        source, version: the feed that says so.
    """

    cve: str
    severity: float | None
    exploited: str
    probability: float | None
    why: str
    source: str
    version: str


@remembered(1 << 12)
def cve_links(store: Store | None, value: str) -> tuple[Link, ...]:
    """Return the record, weaknesses, KEV and EPSS entries of a CVE, as far as they were added."""
    return () if store is None else tuple(_cve_links(store, value))


@cache
def _weaknesses() -> Mapping[str, str]:
    """Return identifier -> name of the commonest weaknesses."""
    return dict(pairs("cwe"))


def _cve_links(store: Store, cve: str) -> Iterator[Link]:
    records = store.records(cve)
    for record in records:
        severity = "" if record.severity is None else f", severity {record.severity:g}"
        why = f"{record.state.lower() or 'published'} {record.published}{severity}"
        yield Link("cve-record", record.cve, record.source, 1.0, record.version, why)
    for record in records[:1]:
        for weakness in record.cwes:
            why = _weaknesses().get(weakness, "")
            yield Link("weakness", weakness, record.source, 1.0, record.version, why)
    if (kev := store.kev(cve)) is not None:
        added, ransomware, source, version = kev
        why = f"exploited, listed {added}" + (", by ransomware" if ransomware else "")
        yield Link("known-exploited", cve, source, 1.0, version, why)
    if (epss := store.epss(cve)) is not None:
        probability, percentile, source, version = epss
        why = f"exploited within 30 days: {probability:.1%}, more than {percentile:.1%} of all"
        yield Link("epss", cve, source, round(probability, 5), version, why)


@remembered(1 << 12)
def matches(store: Store | None, label: str, value: str, version: str) -> tuple[Match, ...]:
    """Return the CVEs that affect a product of a version: known exploited ones first, then by EPSS and severity.

    Args:
        store: what the user added, or None.
        label: SOFTWARE or OS.
        value: the canonical name.
        version: as it stands beside the name; without a number nothing matches.
    """
    parsed = parse_version(version)
    if store is None or parsed is None:
        return ()
    found: dict[str, Match] = {}
    for platform in platforms_of(store, label, value):
        vendor, product = platform.cpe.vendor, platform.cpe.product
        for each in store.affected(name_key(product)):
            same = name_key(each.vendor) in {name_key(vendor), ""} and each.part in {
                platform.cpe.part,
                "*",
            }
            if same and each.cve not in found and (why := _reason(each, parsed)):
                found[each.cve] = _match(store, each, why, parsed)
    return tuple(sorted(found.values(), key=_urgency)[:_MOST])


def _match(store: Store, each: Affected, why: str, version: Version) -> Match:
    if version.distribution:
        why += f"; may be patched ({version.distribution})"
    if each.only_with:
        why += f"; only with {each.only_with}"
    scores = [record.severity for record in store.records(each.cve) if record.severity is not None]
    kev, epss = store.kev(each.cve), store.epss(each.cve)
    return Match(
        each.cve, scores[0] if scores else None, kev[0] if kev else "", epss[0] if epss else None,
        why, each.source, each.data_version,
    )  # fmt: skip


def _urgency(match: Match) -> tuple[bool, float, float, str]:
    return not match.exploited, -(match.probability or 0.0), -(match.severity or 0.0), match.cve


def _reason(each: Affected, version: Version) -> str:
    """Return why a range holds a version, in words; "" where it does not."""
    mine = version.upstream
    if each.version not in _ANY:
        listed = parse_version(each.version.replace(":", ""))
        same = listed is not None and (listed.number, listed.update) == (
            version.number,
            version.update,
        )
        return f"version {each.version.replace(':', '')} is affected" if same else ""
    if not (each.low or each.high):
        return "all versions are affected"
    if not is_within(mine, each.low, each.high, low_open=each.low_open, high_open=each.high_open):
        return ""
    low = f"{'after' if each.low_open else 'from'} {each.low}" if each.low else ""
    high = f"{'before' if each.high_open else 'up to'} {each.high}" if each.high else ""
    return f"{mine} is in the range {' '.join(filter(None, (low, high)))}"
