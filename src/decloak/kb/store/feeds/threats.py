"""Threats: ATT&CK as STIX bundles, and the clusters of MISP galaxies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from decloak.kb.keys import name_key
from decloak.kb.names import needs_context
from decloak.kb.store.feeds.base import About, Entry, clean, mapping, text_of
from decloak.kb.store.feeds.streamed import items

__all__ = ["attack_bundle", "galaxy", "name_row"]

_KINDS = {
    "attack-pattern": "technique", "x-mitre-tactic": "tactic", "intrusion-set": "group",
    "campaign": "campaign", "malware": "malware", "tool": "tool",
}  # fmt: skip
_RELATIONS = frozenset({"uses", "attributed-to", "revoked-by"})
_CATALOGUES = frozenset({"mitre-attack", "mitre-mobile-attack", "mitre-ics-attack"})
_CLUSTERS = {
    "threat-actor": "group", "microsoft-activity-group": "group", "360net": "group", "ransomware": "ransomware",
    "rat": "rat", "botnet": "botnet", "exploit-kit": "exploit-kit", "surveillance-vendor": "organization",
    "producer": "organization",
}  # fmt: skip


def name_row(alias: str, kind: str, name: str, target: str) -> Iterator[Entry]:
    """Yield the row of a name, if it has anything to be looked up by."""
    key = name_key(alias)
    if len(key) > 1 and not key.isdigit():
        yield "name", (key, alias, kind, name, target, "~" if needs_context(alias) else "")


def attack_bundle(stream: BinaryIO, about: About) -> Iterator[Entry]:
    """Yield the things of a bundle, their names and relations."""
    ids: dict[str, str] = {}
    relations: list[tuple[str, str, str]] = []
    about.name = "MITRE ATT&CK"
    for number, item in enumerate(items(stream, "objects")):
        thing = mapping(item, f"object {number}")
        if thing.get("type") == "x-mitre-collection":
            about.name = f"MITRE {clean(thing.get('name'))}"
            about.version = text_of(thing.get("x_mitre_version"))
        elif thing.get("type") == "relationship":
            if thing.get("relationship_type") in _RELATIONS and not thing.get("revoked"):
                relations.append(
                    (text_of(thing.get("source_ref")), thing["relationship_type"], text_of(thing.get("target_ref")))
                )  # fmt: skip
        elif (kind := _KINDS.get(text_of(thing.get("type")))) and (external := _external(thing)):
            ids[text_of(thing.get("id"))] = external
            yield from _thing(thing, kind, external)
    for source, relation, target in relations:
        if source in ids and target in ids:
            yield "relation", (ids[source], relation, ids[target])


def _external(thing: dict[str, Any]) -> str:
    for each in thing.get("external_references") or ():
        if each.get("source_name") in _CATALOGUES:
            return clean(each.get("external_id"))
    return ""


def _thing(thing: dict[str, Any], kind: str, external: str) -> Iterator[Entry]:
    state = (
        "revoked" if thing.get("revoked")
        else "deprecated" if thing.get("x_mitre_deprecated")
        else "current"
    )  # fmt: skip
    phases = thing.get("kill_chain_phases") or ()
    tactics = ",".join(clean(each.get("phase_name")) for each in phases)
    name = clean(thing.get("name"))
    yield "thing", (external, kind, name, text_of(thing.get("id")), tactics, state)
    aliases = thing.get("aliases") or thing.get("x_mitre_aliases") or ()
    if state == "current":
        for alias in dict.fromkeys([name, *map(clean, aliases)]):
            yield from name_row(alias, kind, name, external)


def galaxy(stream: BinaryIO, about: About) -> Iterator[Entry]:
    """Yield the names of a cluster ``{"type": ..., "values": [{"value": ..., "meta": {"synonyms": [...]}}]}``."""
    head: dict[str, Any] = {}
    entries = [mapping(each, "value") for each in items(stream, "values", head)]
    cluster = clean(head.get("type")) or "unnamed"
    about.name, about.version = f"MISP galaxy {cluster}", str(head.get("version") or "")
    kind = _CLUSTERS.get(cluster, "malware")
    for entry in entries:
        name = clean(entry.get("value"))
        synonyms = mapping(entry.get("meta") or {}, "meta").get("synonyms") or ()
        target = f'misp-galaxy:{cluster}="{name}"'
        for alias in dict.fromkeys([name, *map(clean, synonyms)]):
            yield from name_row(alias, kind, name, target)
