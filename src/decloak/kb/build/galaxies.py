"""Galaxies: names of attackers and malware from the MISP clusters whose licence is CC0 or BSD.

Left out: what others hold rights in (malpedia, sigma-rules, tidal-*, lists of Wikipedia), and what is in
the pack of ATT&CK already.
"""

from __future__ import annotations

import re

from decloak.kb.build.names import NameRows
from decloak.kb.build.package import PackageData

__all__ = ["CLUSTERS", "add_galaxies"]

CLUSTERS = {
    "360net": "group",
    "android": "malware",
    "backdoor": "malware",
    "banker": "malware",
    "botnet": "botnet",
    "cryptominers": "malware",
    "exploit-kit": "exploit-kit",
    "microsoft-activity-group": "group",
    "mitre-ics-software": "malware",
    "mitre-malware": "malware",
    "mitre-tool": "tool",
    "ransomware": "ransomware",
    "rat": "rat",
    "stealer": "malware",
    "tds": "malware",
    "threat-actor": "group",
    "tool": "malware",
}
"""Cluster -> what its entries are."""

_LICENCE = "CC0-1.0 OR BSD-2-Clause"
_NUMBERED = re.compile(r" - ([GST]\d{4})$")
_BRACKETED = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")


def add_galaxies(names: NameRows) -> None:
    """Add the names of every cluster of `CLUSTERS`; a target is the tag that MISP gives the entry."""
    data = PackageData("pymispgalaxies", "data/misp-galaxy/clusters")
    known = {row[4] for row in names.draft.rows}
    for cluster, kind in CLUSTERS.items():
        read = data.json(f"{cluster}.json")
        code = f"misp:{cluster}"
        for entry in read["values"]:
            meta = entry.get("meta") or {}
            number = _NUMBERED.search(entry["value"])
            if number and number[1] in known:
                continue
            name = _NUMBERED.sub("", entry["value"])
            target = f'misp-galaxy:{cluster}="{entry["value"]}"'
            if number:
                target = number[1]
            for alias in (name, *_parts(cluster, name), *(meta.get("synonyms") or ())):
                names.add(_BRACKETED.sub("", alias) or alias, kind, name, target, code)
        version = str(read.get("version", ""))
        source = data.source(f"MISP galaxy {cluster}", version, _LICENCE)
        names.draft.sources[code] = source


def _parts(cluster: str, name: str) -> tuple[str, ...]:
    """Return the two names of an entry of 360.net: ``Lazarus - APT-C-26``."""
    return tuple(name.split(" - ")) if cluster == "360net" else ()
