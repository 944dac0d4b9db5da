"""Detect: which format a file has, from how it begins; never from its name alone."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import suppress

from decloak.core.errors import KnowledgeError
from decloak.kb.store.feeds.base import Feed
from decloak.kb.store.feeds.cpe import cpe_json, cpe_xml
from decloak.kb.store.feeds.cve5 import cve5
from decloak.kb.store.feeds.exploited import epss, kev_csv, kev_json
from decloak.kb.store.feeds.lists import warning_list
from decloak.kb.store.feeds.nvd import nvd
from decloak.kb.store.feeds.own import own_csv, own_json, own_yaml
from decloak.kb.store.feeds.streamed import top_values
from decloak.kb.store.feeds.threats import attack_bundle, galaxy

__all__ = ["FORMATS", "feed_of"]

FORMATS = (
    "NVD feeds (API 2.0), CVE 5 records, the CPE dictionary (JSON 2.0, XML 2.3), CISA KEV, EPSS, "
    "ATT&CK bundles, MISP galaxies and warning lists, and names of your own (CSV, JSON, YAML)"
)
_EVENTS = 4096
_PLACES = {
    "vulnerabilities.item.cveID": Feed("kev", kev_json),
    "vulnerabilities.item.cve": Feed("nvd", nvd),
    "products.item.cpe": Feed("cpe", cpe_json),
    "objects.item": Feed("attack", attack_bundle),
    "values.item": Feed("galaxy", galaxy),
    "list.item": Feed("warninglist", warning_list),
    "cveMetadata": Feed("cve", cve5, many=True),
    "item.name": Feed("names", own_json),
}
"""A place within a JSON document that tells what it is."""
_TOO_OLD = frozenset({"CVE_Items", "CVE_data_type", "CVE_data_meta", "matches"})
_HEADS: tuple[tuple[re.Pattern[str], Feed], ...] = (
    (re.compile(r"#model_version:|cve,epss,percentile"), Feed("epss", epss)),
    (re.compile(r'"?cveID"?,'), Feed("kev", kev_csv)),
    (re.compile(r"(?=[^\n]*\bname\b)(?=[^\n]*\blabel\b)[\w,;\t \"]+\r?$", re.IGNORECASE | re.MULTILINE), Feed("names", own_csv)),
    (re.compile(r"(?:[#%][^\n]*\n|---[^\n]*\n|\s*\n)*-\s+[\w\"']+\s*:"), Feed("names", own_yaml)),
)  # fmt: skip
"""How the first lines of a text begin."""


def feed_of(head: bytes, name: str) -> Feed:
    """Return the format of a file.

    Args:
        head: its first bytes, without a byte-order mark.
        name: for the message.

    Raises:
        KnowledgeError: when it is none of `FORMATS`, or a version of one that is not read.
    """
    start = head.lstrip()[:1]
    if start == b"<" and b"cpe-list" in head[:4096]:
        return Feed("cpe", cpe_xml)
    if start in {b"{", b"["}:
        return _by_place(head, name)
    text = head.decode("utf-8", "replace")
    for pattern, feed in _HEADS:
        if pattern.match(text):
            return feed
    raise _unknown(name)


def _by_place(head: bytes, name: str) -> Feed:
    """Return the format of JSON; the head may end anywhere."""
    for place, event, value in _top(head):
        if place in _TOO_OLD:
            message = f"{name}: a feed of NVD's format 1; the format of its API 2.0 is read"
            raise KnowledgeError(message)
        if place == "version" and _is_other_version(head, value):
            message = f"{name}: version {str(value)[:20]} of NVD's format; 2.0 is read"
            raise KnowledgeError(message)
        found = _PLACES.get(place)
        if found is not None and event not in {"end_map", "end_array"}:
            return found
    raise _unknown(name)


def _top(head: bytes) -> Iterator[tuple[str, str, object]]:
    """Yield what stands at the top as far as the head goes."""
    with suppress(KnowledgeError):
        yield from top_values(io.BytesIO(head), _EVENTS)


def _is_other_version(head: bytes, value: object) -> bool:
    return (b'"NVD_CVE"' in head or b'"NVD_CPE"' in head) and str(value) != "2.0"


def _unknown(name: str) -> KnowledgeError:
    return KnowledgeError(f"{name}: damaged, or of no known format. Known: {FORMATS}")
