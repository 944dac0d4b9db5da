"""CVE 5: records as the CVE programme publishes them, one a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from decloak.core.errors import KnowledgeError
from decloak.kb.cpe_names import Cpe
from decloak.kb.store.feeds.base import About, Entry, clean, mapping, text_of, wanted
from decloak.kb.store.feeds.nvd import affected_row

__all__ = ["cve5"]

_LARGEST = 64 << 20  # bytes of one record; the largest published has a few
_UNKNOWN = frozenset({"", "n/a", "unknown", "unspecified", "*"})
_UNORDERED = frozenset({"git"})


def cve5(stream: BinaryIO, about: About) -> Iterator[Entry]:
    """Yield one record and what it affects.

    Raises:
        KnowledgeError: when it is no whole record, or of another version.
    """
    about.name = "CVE list"
    data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        message = "a record of more than 64 MiB"
        raise KnowledgeError(message)
    try:
        record = mapping(json.loads(data), "record")
    except (ValueError, RecursionError) as error:
        message = f"no whole JSON document: {error}"
        raise KnowledgeError(message) from error
    version = text_of(record.get("dataVersion"))
    if not version.startswith("5."):
        message = f"a record of version {version or 'unknown'}; version 5 is read"
        raise KnowledgeError(message)
    head = mapping(record.get("cveMetadata"), "cveMetadata")
    cve = wanted(head, "cveId", "cveMetadata").upper()
    about.version = max(about.version, text_of(head.get("dateUpdated")))
    parts = [*_parts(record)]
    yield "cve", (
        cve, "cve", text_of(head.get("state")), text_of(head.get("datePublished"))[:10],
        text_of(head.get("dateUpdated")), ",".join(_weaknesses(parts)), _severity(parts),
    )  # fmt: skip
    for row in dict.fromkeys(row for part in parts for row in _affected(cve, part)):
        yield "affects", row


def _parts(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what the numbering authority says, then what others added."""
    containers = mapping(record.get("containers") or {}, "containers")
    yield mapping(containers.get("cna") or {}, "cna")
    for each in containers.get("adp") or ():
        yield mapping(each, "adp")


def _weaknesses(parts: list[dict[str, Any]]) -> list[str]:
    return sorted(
        {
            text_of(each.get("cweId"))
            for part in parts
            for problem in part.get("problemTypes") or ()
            for each in problem.get("descriptions") or ()
            if text_of(each.get("cweId")).startswith("CWE-")
        }
    )


def _severity(parts: list[dict[str, Any]]) -> float | None:
    for part in parts:
        for metric in part.get("metrics") or ():
            for name in sorted(metric, reverse=True):
                score = metric[name].get("baseScore") if isinstance(metric[name], dict) else None
                if name.startswith("cvss") and isinstance(score, (int, float)):
                    return float(score)
    return None


def _affected(cve: str, part: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    for each in part.get("affected") or ():
        vendor, product = clean(each.get("vendor")), clean(each.get("product"))
        if product.lower() in _UNKNOWN:
            continue
        cpe = Cpe("*", vendor if vendor.lower() not in _UNKNOWN else "*", product)
        if not each.get("versions") and each.get("defaultStatus") == "affected":
            yield affected_row(cve, "cve", cpe, "*", (None, False), (None, False))
        for version in each.get("versions") or ():
            if version.get("status") == "affected" and version.get("versionType") not in _UNORDERED:
                yield _version_row(cve, cpe, version)


def _version_row(cve: str, cpe: Cpe, version: dict[str, Any]) -> tuple[Any, ...]:
    first = text_of(version.get("version"))
    below, upto = text_of(version.get("lessThan")), text_of(version.get("lessThanOrEqual"))
    if not (below or upto):
        known = first.lower() not in _UNKNOWN
        return affected_row(cve, "cve", cpe, first if known else "*", (None, False), (None, False))
    low = "" if first.lower() in _UNKNOWN | {"0"} else first
    high = below or upto
    return affected_row(
        cve, "cve", cpe, "*", (low, False), ("" if high == "*" else high, bool(below))
    )
