"""STIX 2.1: one bundle for all documents, as plain dictionaries.

What a document names becomes observables, and in prose indicators for what is worth looking for; what a scan
shows becomes observed data with the traffic of its ports. A grouping holds the objects of each document together.
Identifiers are those that the standard fixes for observables (UUIDv5 over the properties that contribute), and
UUIDv5 over the content for everything else, so that a second run names the same things.
"""

from __future__ import annotations

import ipaddress
import json
import ntpath
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from decloak.core.entity import Entity
from decloak.core.result import Failure, RecordRow, Result
from decloak.export.base import Shape
from decloak.export.json_text import dumps
from decloak.export.platforms import DIGESTS, NAMESPACE, distinct, platform_of

__all__ = ["STIX"]

Object = dict[str, Any]

_OBSERVABLES = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")  # STIX 2.1, section 2.9
_PRODUCER_SINCE = "2026-01-01T00:00:00.000Z"
_PRODUCER: Object = {
    "type": "identity",
    "spec_version": "2.1",
    "id": f"identity--{uuid.uuid5(NAMESPACE, 'producer')}",
    "created": _PRODUCER_SINCE,
    "modified": _PRODUCER_SINCE,
    "name": "decloak",
    "identity_class": "system",
}
_BUNDLE = f"bundle--{uuid.uuid5(NAMESPACE, 'bundle')}"
_MITRE = "mitre-attack"


@dataclass(frozen=True, slots=True)
class _Stix:
    """A bundle; its first object is who made it, each further one has a line of its own."""

    name: str = "stix"
    description: str = "a STIX 2.1 bundle for all documents"
    head: str = f'{{"type": "bundle", "id": "{_BUNDLE}", "objects": [{dumps(_PRODUCER)}\n'
    between: str = ""
    tail: str = "]}\n"
    distinct: str = '"id": "[^"]+"'

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield each object of one document once, with the comma before it."""
        made: dict[str, Object] = {}
        for each in _objects(result, shape):
            if made.setdefault(each["id"], each) is each:
                yield f", {dumps(each)}\n"
        if made:
            yield f", {dumps(_grouping(result, shape, list(made)))}\n"

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - said on standard error
        """Return nothing: a bundle holds what was found."""
        return ""


def _objects(result: Result, shape: Shape) -> Iterator[Object]:
    observed: list[str] = []
    for record in result.record_rows:
        for each in _of_record(record):
            observed.append(each["id"])
            yield each
    for (label, value), entity in distinct(iter(shape.entities(result))).items():
        platform = platform_of(label)
        named = _object(platform.stix, value, entity, shape) if platform.stix else None
        if named is None:
            continue
        yield named
        if result.source == "prose" and platform.indicator:
            indicator = _indicator(named, entity, shape)
            yield indicator
            yield _relationship(indicator["id"], "based-on", named["id"], shape)
        elif "created" not in named:
            observed.append(named["id"])
    if observed and result.source != "prose":
        yield _observed(result, shape, list(dict.fromkeys(observed)))


def _object(kind: str, value: str, entity: Entity, shape: Shape) -> Object | None:
    if kind == "address":
        return _address(value)
    if kind in {"domain-name", "url", "email-addr", "mac-addr"}:
        return _observable(kind, {"value": value})
    if kind == "autonomous-system":
        return _observable(kind, {"number": int(value[2:])})
    if kind == "mutex":
        return _observable(kind, {"name": value})
    if kind == "windows-registry-key":
        return _observable(kind, {"key": value})
    if kind == "digest":
        algorithm = DIGESTS.get(len(value), ("", ""))[0]
        return _observable("file", {"hashes": {algorithm: value}}) if algorithm else None
    if kind == "file":
        return _observable("file", {"name": ntpath.basename(value) or value})
    if kind == "software":
        return _observable(kind, {"name": value})
    if kind == "cpe":
        return _of_cpe(value)
    return _domain_object(kind, value, entity, shape)


def _address(value: str) -> Object | None:
    bare = value.partition("%")[0]
    try:
        network = ipaddress.ip_network(bare, strict=False)
    except ValueError:
        return None  # a range from one address to another has no object
    return _observable(f"ipv{network.version}-addr", {"value": bare})


def _of_cpe(value: str) -> Object | None:
    """Return the software of a CPE 2.3 name; the older form has no place in the standard."""
    parts = value.split(":")
    if not value.startswith("cpe:2.3:") or len(parts) < 6:
        return None
    software = {"name": parts[4], "cpe": value, "vendor": parts[3]}
    if parts[5] not in {"*", "-"}:
        software["version"] = parts[5]
    return _observable("software", software)


_CONTRIBUTING = {
    "file": ("hashes", "name"),
    "software": ("name", "cpe", "vendor", "version"),
    "network-traffic": ("dst_ref", "dst_port", "protocols"),
    "autonomous-system": ("number",),
    "mutex": ("name",),
    "windows-registry-key": ("key",),
}
"""Of each type, the properties that its identifier depends on; ``value`` for all others (section 6)."""


def _observable(kind: str, properties: Object) -> Object:
    names = _CONTRIBUTING.get(kind, ("value",))
    content = {name: properties[name] for name in names if name in properties}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    identifier = f"{kind}--{uuid.uuid5(_OBSERVABLES, text)}"
    return {"type": kind, "spec_version": "2.1", "id": identifier} | properties


def _of_record(record: RecordRow) -> Iterator[Object]:
    """Yield the address and the open ports of a host that a scanner or Shodan saw."""
    for host in record.get("hosts", ()):
        yield from _of_record(host)
    address = _value(record, "address")
    target = _address(address) if record.get("kind") == "host" and address else None
    if target is None:
        return
    yield target
    for port in record.get("ports", ()):
        number, state = _value(port, "number"), _value(port, "state")
        if not number.isdecimal() or (state and state != "open"):
            continue
        service = _value(port, "service")
        protocols = [
            _value(port, "protocol") or "tcp",
            *(part for part in service.split("/") if part),
        ]
        yield _observable(
            "network-traffic",
            {
                "dst_ref": target["id"],
                "dst_port": int(number),
                "protocols": list(dict.fromkeys(protocols)),
            },
        )
        if software := _value(port, "software"):
            version = _value(port, "version")
            yield _observable(
                "software", {"name": software} | ({"version": version} if version else {})
            )


def _value(record: RecordRow, name: str) -> str:
    field = record.get(name)
    return str(field["value"]) if isinstance(field, dict) else ""


def _domain_object(kind: str, value: str, entity: Entity, shape: Shape) -> Object | None:
    more: Object
    if kind == "vulnerability":
        more = {
            "name": value,
            "external_references": [{"source_name": "cve", "external_id": value}],
        }
    elif kind == "malware":
        more = {"name": value, "is_family": True}
    elif kind == "threat-actor":
        more = {"name": value, "threat_actor_types": ["unknown"]}
    elif kind == "attack-pattern":
        more = {
            "name": value,
            "external_references": [{"source_name": _MITRE, "external_id": value}],
        }
    elif kind == "identity":
        more = {"name": value, "identity_class": "organization"}
    else:
        return None
    return _named(kind, value, shape) | more | {"confidence": _percent(entity)}


def _named(kind: str, content: str, shape: Shape) -> Object:
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{uuid.uuid5(NAMESPACE, f'{kind} {content}')}",
        "created_by_ref": _PRODUCER["id"],
        "created": shape.stamp,
        "modified": shape.stamp,
    }


def _percent(entity: Entity) -> int:
    return round(100 * entity.confidence)


def _indicator(observable: Object, entity: Entity, shape: Shape) -> Object:
    pattern = _pattern(observable)
    more = {
        "name": entity.value,
        "description": f"{entity.label} named in a text"
        + (f", resembles {entity.resembles}" if entity.resembles else ""),
        "indicator_types": ["unknown"],
        "pattern": pattern,
        "pattern_type": "stix",
        "valid_from": shape.stamp,
        "confidence": _percent(entity),
    }
    return _named("indicator", pattern, shape) | more


def _pattern(observable: Object) -> str:
    """Return the comparison that finds an observable (STIX 2.1, section 9)."""
    kind = observable["type"]
    if "hashes" in observable:
        ((algorithm, digest),) = observable["hashes"].items()
        return f"[{kind}:hashes.'{algorithm}' = '{_quoted(digest)}']"
    name = "name" if kind == "mutex" else "value"
    return f"[{kind}:{name} = '{_quoted(observable[name])}']"


def _quoted(text: str) -> str:
    """Escape what ends a string of the pattern language, or begins an escape in it."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _relationship(source: str, kind: str, target: str, shape: Shape) -> Object:
    more = {"relationship_type": kind, "source_ref": source, "target_ref": target}
    return _named("relationship", f"{source} {kind} {target}", shape) | more


def _observed(result: Result, shape: Shape, references: list[str]) -> Object:
    more = {
        "first_observed": shape.stamp,
        "last_observed": shape.stamp,
        "number_observed": 1,
        "object_refs": references,
    }
    return _named("observed-data", f"{result.id} {' '.join(references)}", shape) | more


def _grouping(result: Result, shape: Shape, references: list[str]) -> Object:
    more = {"name": result.id, "context": "unspecified", "object_refs": references}
    return _named("grouping", f"{result.id} {' '.join(references)}", shape) | more


STIX = _Stix()
