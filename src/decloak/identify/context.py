"""Context assessment: what a stretch of text is about, as one typed value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from decloak.core.facts import Fact, Facts, Segment

__all__ = ["CATEGORIES", "SOURCES", "Context", "assess"]

SOURCES = ("nmap", "dig", "whois", "rdap", "shodan", "prose")
"""Sources with templates; any other is told like prose."""
CATEGORIES = ("host", "network", "registration", "vulnerability")
"""Host information, network configuration, registration, system vulnerability."""

_OF_RECORD = {
    "host": "host", "port": "host", "script": "host", "query": "network", "answer": "network",
    "domain": "registration", "contact": "registration", "network": "registration",
}  # fmt: skip
_USUAL = {
    "nmap": "host", "shodan": "host", "dig": "network", "whois": "registration",
    "rdap": "registration", "prose": "host",
}  # fmt: skip
_LABELS = {
    "host": ("IP_ADDRESS", "DOMAIN", "PORT", "PROTOCOL", "STATE", "SERVICE", "SOFTWARE", "VERSION", "OS"),
    "network": ("DOMAIN", "IP_ADDRESS", "CIDR", "ASN", "PORT", "SOFTWARE", "VERSION"),
    "registration": ("DOMAIN", "ORGANIZATION", "EMAIL", "URL", "IP_ADDRESS", "CIDR", "ASN"),
    "vulnerability": ("CVE", "SOFTWARE", "VERSION", "IP_ADDRESS", "DOMAIN", "PORT", "SERVICE", "CPE"),
}  # fmt: skip
_OF_SOURCE = {
    "nmap": ("STATUS", "LATENCY", "MAC_ADDRESS", "HOSTNAME"),
    "shodan": ("ORGANIZATION", "HOSTNAME", "ASN"),
    "prose": (
        "ORGANIZATION", "URL", "EMAIL", "HASH", "CVE", "MALWARE", "THREAT_ACTOR", "TECHNIQUE", "FILE_PATH",
    ),
}  # fmt: skip
_CUES = {
    "vulnerability": re.compile(r"\bCVE-\d{4}|\bexploit|\bvulnerab|\bmalware|\bransom|\bbackdoor", re.IGNORECASE),
    "registration": re.compile(r"\bregistr|\bwhois\b|\bname ?servers?\b|\bholder\b", re.IGNORECASE),
    "network": re.compile(r"\bresolv|\bDNS\b|\bsubnet|\brout(?:e|er|ing)\b|\bAS\d{2,}\b|\bMX\b", re.IGNORECASE),
}  # fmt: skip
_LOOK = 20_000
"""Code points of prose that are searched for cues."""


class Context(NamedTuple):
    """What a prompt is chosen by.

    Attributes:
        source: one of `SOURCES`.
        layout: which of the source's layouts.
        category: one of `CATEGORIES`.
        labels: the entity types to expect, most telling first.
        disguises: families that were undone in it, and how the text was bent (``collapsed``).
        length: code points.
        records: how many records of each kind its grammar found, by kind.
        found: the entity types that its grammar found in it.
    """

    source: str
    layout: str
    category: str
    labels: tuple[str, ...]
    disguises: tuple[str, ...]
    length: int
    records: tuple[tuple[str, int], ...]
    found: tuple[str, ...] = ()


def assess(
    text: str,
    segment: Segment,
    found: Sequence[Fact],
    facts: Facts,
    families: Iterable[str] = (),
) -> Context:
    """Assess a segment.

    Args:
        text: the decoded text.
        segment: the stretch of it.
        found: the facts inside the segment.
        facts: all facts, for the kinds of their records.
        families: the disguises that were undone inside the segment.
    """
    source = segment.source if segment.source in SOURCES else "prose"
    kinds = Counter(facts.kinds[number] for number in {f.record for f in found} if number >= 0)
    labels = Counter(fact.label for fact in found if fact.label)
    stretch = text[segment.start : segment.end]
    category = _category(source, kinds, labels, stretch[:_LOOK])
    expected = (*_LABELS[category], *_OF_SOURCE.get(source, ()))
    known = tuple(label for label, _ in labels.most_common())
    disguises = dict.fromkeys(families)
    if segment.layout in {"json", "xml", "yaml"} or stretch.lstrip()[:1] in {"{", "["}:
        disguises["json"] = None
    elif len(stretch) > 200 and stretch.count("\n") * 160 < len(stretch):
        disguises["collapsed"] = None
    return Context(
        source,
        segment.layout,
        category,
        tuple(dict.fromkeys((*known, *expected))),
        tuple(disguises),
        segment.end - segment.start,
        tuple(sorted(kinds.items())),
        known,
    )


def _category(source: str, kinds: Counter[str], labels: Counter[str], stretch: str) -> str:
    """Choose the category that most records speak for; cue words where there is no record."""
    flaws = labels["CVE"] + labels["MALWARE"]
    if flaws and flaws * 4 >= kinds["port"]:
        return "vulnerability"
    votes: Counter[str] = Counter()
    for kind, count in kinds.items():
        if kind in _OF_RECORD:
            votes[_OF_RECORD[kind]] += count
    if source in {"whois", "rdap"} and kinds["network"] and not kinds["domain"]:
        return "network"
    if votes:
        return votes.most_common(1)[0][0]
    if source == "prose":
        cues = {name: len(cue.findall(stretch)) for name, cue in _CUES.items()}
        best = max(cues, key=cues.__getitem__)
        return best if cues[best] else "host"
    return _USUAL[source]
