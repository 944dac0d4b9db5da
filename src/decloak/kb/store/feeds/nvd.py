"""NVD: feeds of vulnerabilities in the format of NVD's API 2.0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from decloak.core.errors import KnowledgeError
from decloak.kb.cpe_names import BadCpeError, Cpe, parse_cpe
from decloak.kb.keys import name_key
from decloak.kb.store.feeds.base import About, Entry, mapping, text_of, wanted
from decloak.kb.store.feeds.streamed import items

__all__ = ["affected_row", "nvd"]

_REJECTED = "Rejected"


def nvd(stream: BinaryIO, about: About) -> Iterator[Entry]:
    """Yield the records of ``{"vulnerabilities": [{"cve": {...}}]}`` and what each affects."""
    head: dict[str, object] = {}
    about.name = "NVD"
    for number, item in enumerate(items(stream, "vulnerabilities", head)):
        where = f"vulnerability {number}"
        record = mapping(mapping(item, where).get("cve"), where)
        cve = wanted(record, "id", where).upper()
        state = text_of(record.get("vulnStatus"))
        yield "cve", (
            cve, "nvd", state.upper(), text_of(record.get("published"))[:10],
            text_of(record.get("lastModified")), ",".join(_weaknesses(record)), _severity(record),
        )  # fmt: skip
        if state != _REJECTED:
            for row in dict.fromkeys(_affected(cve, record)):
                yield "affects", row
    about.version = text_of(head.get("timestamp"))


def _weaknesses(record: dict[str, Any]) -> list[str]:
    found = (
        text_of(each.get("value"))
        for weakness in record.get("weaknesses") or ()
        for each in weakness.get("description") or ()
    )
    return sorted({each for each in found if each.startswith("CWE-")})


def _severity(record: dict[str, Any]) -> float | None:
    """Return the base score of the newest CVSS there is."""
    metrics = record.get("metrics") or {}
    for name in sorted(metrics, reverse=True):
        for each in metrics[name] or ():
            score = (each.get("cvssData") or {}).get("baseScore")
            if isinstance(score, (int, float)):
                return float(score)
    return None


def _affected(cve: str, record: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    for configuration in record.get("configurations") or ():
        nodes = configuration.get("nodes") or ()
        both = configuration.get("operator") == "AND"
        others = [
            _criteria(match).product
            for node in nodes
            for match in node.get("cpeMatch") or ()
            if not match.get("vulnerable")
        ]
        only_with = ",".join(sorted(set(others))[:3]) if both else ""
        for node in nodes:
            for match in node.get("cpeMatch") or ():
                if match.get("vulnerable"):
                    yield _match_row(cve, match, only_with)


def _criteria(match: dict[str, Any]) -> Cpe:
    try:
        return parse_cpe(text_of(match.get("criteria")))
    except BadCpeError as error:
        raise KnowledgeError(str(error)) from error


def _match_row(cve: str, match: dict[str, Any], only_with: str) -> tuple[Any, ...]:
    cpe = _criteria(match)
    version = cpe.version if cpe.update in {"*", "-"} else f"{cpe.version}:{cpe.update}"
    low_in, low_out = match.get("versionStartIncluding"), match.get("versionStartExcluding")
    high_in, high_out = match.get("versionEndIncluding"), match.get("versionEndExcluding")
    return affected_row(
        cve, "nvd", cpe, version, (low_in or low_out, bool(low_out)), (high_in or high_out, bool(high_out)),
        only_with,
    )  # fmt: skip


def affected_row(
    cve: str,
    feed: str,
    cpe: Cpe,
    version: str,
    low: tuple[Any, bool],
    high: tuple[Any, bool],
    only_with: str = "",
) -> tuple[Any, ...]:
    """Return a row of ``affects``: a product from one version, to another; open ends exclude the version."""
    return (
        name_key(cpe.vendor), name_key(cpe.product), cve, feed, cpe.part, cpe.vendor, cpe.product, version,
        text_of(low[0]), int(low[1]), text_of(high[0]), int(high[1]), only_with,
    )  # fmt: skip
