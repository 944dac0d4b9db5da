"""STIX 2.1: one bundle for all documents, as plain dictionaries.

What a document names becomes observables, and in prose indicators for what is worth looking for; what a tool
saw becomes observed data with the traffic of its ports. One object holds those of each document together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from decloak.core.entity import Entity
from decloak.core.result import Failure, Result
from decloak.export.base import Shape
from decloak.export.json_text import dumps
from decloak.export.one_file import File, files_of, other_digest
from decloak.export.places import place_of
from decloak.export.platforms import distinct, platforms
from decloak.export.sought import Sought
from decloak.export.stix_objects import (
    TOOL,
    Object,
    identifier,
    mark_of,
    named,
    observable,
    of_value,
    pattern_of,
    producer_of,
)
from decloak.export.stix_records import of_record

__all__ = ["OPENCTI", "STIX"]

_BUNDLE = identifier("bundle", "bundle")
_MITRE = "mitre-attack"
_KINDS_OF_OPENCTI = {
    "ipv4-addr": "IPv4-Addr", "ipv6-addr": "IPv6-Addr", "domain-name": "Domain-Name", "url": "Url",
    "email-addr": "Email-Addr", "mac-addr": "Mac-Addr", "mutex": "Mutex", "file": "StixFile",
    "hostname": "Hostname", "user-agent": "User-Agent", "cryptocurrency-wallet": "Cryptocurrency-Wallet",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Stix:
    """A bundle; its first object is the tool that made it, each further one has a line of its own."""

    name: str = "stix"
    description: str = "a STIX 2.1 bundle for all documents"
    head: str = f'{{"type": "bundle", "id": "{_BUNDLE}", "objects": [{dumps(TOOL)}\n'
    between: str = ""
    tail: str = "]}\n"
    distinct: str = '"id": "[^"]+"'

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield each object of one document once, with the comma before it."""
        for each in _Document(result, shape, opencti=self.name == "opencti").objects():
            yield f", {dumps(each)}\n"

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - said on standard error
        """Return nothing: a bundle holds what was found."""
        return ""


class _Document:
    """Makes the objects of one document."""

    def __init__(self, result: Result, shape: Shape, *, opencti: bool) -> None:
        self._result, self._shape, self._opencti = result, shape, opencti
        self._producer = producer_of(shape.producer)
        self._mark = mark_of(shape.tlp, opencti=opencti)
        self._made: dict[str, Object] = {}
        self._observed: dict[str, None] = {}
        self._sought = Sought(result)

    def objects(self) -> Iterator[Object]:
        """Return all of them, each once; those that others refer to come first."""
        records = list(self._result.record_rows)
        entities = list(self._shape.exact().entities(self._result))
        for record in records:
            for seen in of_record(record):
                if isinstance(seen, tuple):
                    self._relate(*seen)
                else:
                    self._add(seen)
                    self._observed.setdefault(seen["id"])
        filed = self._files(files_of(self._result.text, entities))
        for (label, value), entity in distinct(iter(entities)).items():
            if (label, value) in filed:
                continue
            self._of_entity(label, value, entity)
        if not self._made:
            return
        if self._observed:
            self._add(self._observed_data())
        held = list(self._made)
        if self._producer is not TOOL:
            yield self._producer
        if self._mark is not None:
            yield self._mark
        yield from self._made.values()
        yield self._dressed(self._holder(held))

    def _add(self, item: Object, entity: Entity | None = None) -> None:
        if item["id"] not in self._made:
            self._made[item["id"]] = self._dressed(item, entity)

    def _dressed(self, item: Object, entity: Entity | None = None) -> Object:
        """Return an object with the mark, the producer, and what a dialect has besides."""
        if "created" in item:
            item["created_by_ref"] = self._producer["id"]
        elif self._opencti:
            item["x_opencti_created_by_ref"] = self._producer["id"]
            if entity is not None:
                item["x_opencti_score"] = _percent(entity)
                item["x_opencti_description"] = self._description(entity)
        if self._mark is not None:
            item["object_marking_refs"] = [self._mark["id"]]
        return item

    def _files(self, files: list[File]) -> set[tuple[str, str]]:
        """Make one object of each file; return the labels and values that these stand for."""
        filed: set[tuple[str, str]] = set()
        for file in files:
            properties: Object = {"hashes": {name: it.value for name, it in file.hashes.items()}}
            if file.name is not None:
                named_file = of_value("file", file.name.value)
                properties["name"] = named_file["name"] if named_file else file.name.value
            best = max(file.hashes.values(), key=_percent)
            self._seen_or_sought(observable("file", properties), best, indicator=True)
            filed |= {(each.label, each.value) for each in file.entities}
        return filed

    def _of_entity(self, label: str, value: str, entity: Entity) -> None:
        platform = platforms().of(label)
        if label == "HASH" and other_digest(self._result.text, entity):
            return
        kind = (self._opencti and platform.opencti) or platform.stix
        item = of_value(kind, value)
        if item is None and platform.opencti == kind and kind in _KINDS_OF_OPENCTI:
            item = observable(kind, {"value": value})
        if item is not None:
            self._seen_or_sought(item, entity, indicator=platform.indicator)
        elif more := _domain_object(kind, value):
            made = named(kind, value, self._shape.stamp) | more
            if self._opencti and kind == "attack-pattern":
                made["x_mitre_id"] = value
            self._add(
                made | {"confidence": _percent(entity), "description": self._description(entity)}
            )

    def _seen_or_sought(self, item: Object, entity: Entity, *, indicator: bool) -> None:
        """Add an observable; what it is good for decides whether a tool saw it or a report names it."""
        self._add(item, entity)
        if self._sought.was_seen(entity):
            self._observed.setdefault(item["id"])
        if indicator and self._sought.to_alert_on(entity):
            self._indicate(item, entity)

    def _indicate(self, item: Object, entity: Entity) -> None:
        pattern = pattern_of(item)
        indicator = named("indicator", pattern, self._shape.stamp) | {
            "name": entity.value,
            "description": self._description(entity),
            "indicator_types": ["unknown"],
            "pattern": pattern,
            "pattern_type": "stix",
            "valid_from": self._shape.stamp,
            "confidence": _percent(entity),
        }
        if self._opencti:
            indicator["x_opencti_score"] = _percent(entity)
            indicator["x_opencti_main_observable_type"] = _KINDS_OF_OPENCTI[item["type"]]
        self._add(indicator)
        # The standard has `based-on` for observed data only; OpenCTI asks for it here.
        self._relate(indicator["id"], "based-on" if self._opencti else "related-to", item["id"])

    def _description(self, entity: Entity) -> str:
        parts = [f"{entity.label} named in a text"]
        if entity.resembles:
            parts.append(f"resembles {entity.resembles}")
        if place := place_of(self._result, entity):
            parts.append(place)
        return ", ".join(parts)

    def _relate(self, source: str, kind: str, target: str) -> None:
        made = named("relationship", f"{source} {kind} {target}", self._shape.stamp)
        self._add(made | {"relationship_type": kind, "source_ref": source, "target_ref": target})

    def _observed_data(self) -> Object:
        references = list(self._observed)
        content = f"{self._result.id} {' '.join(references)}"
        return named("observed-data", content, self._shape.stamp) | {
            "first_observed": self._shape.stamp,
            "last_observed": self._shape.stamp,
            "number_observed": 1,
            "object_refs": references,
        }

    def _holder(self, references: list[str]) -> Object:
        """Return what holds the objects of the document together."""
        content = f"{self._result.id} {' '.join(references)}"
        held = {"name": self._result.id or "-", "object_refs": references}
        if self._opencti and self._result.source == "prose":
            kinds = {"report_types": ["threat-report"], "published": self._shape.stamp}
            return named("report", content, self._shape.stamp) | held | kinds
        return named("grouping", content, self._shape.stamp) | held | {"context": "unspecified"}


def _domain_object(kind: str, value: str) -> Object | None:
    if kind == "vulnerability":
        return {"name": value, "external_references": _reference("cve", value)}
    if kind == "malware":
        return {"name": value, "is_family": True}
    if kind == "threat-actor":
        return {"name": value, "threat_actor_types": ["unknown"]}
    if kind == "intrusion-set":
        return {"name": value}
    if kind == "attack-pattern":
        return {"name": value, "external_references": _reference(_MITRE, value)}
    if kind == "identity":
        return {"name": value, "identity_class": "organization"}
    return None


def _reference(source: str, value: str) -> list[dict[str, Any]]:
    return [{"source_name": source, "external_id": value}]


def _percent(entity: Entity) -> int:
    return round(100 * entity.confidence)


STIX = _Stix()
OPENCTI = _Stix(name="opencti", description="STIX 2.1 as OpenCTI takes it best")
