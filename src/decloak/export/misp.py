"""MISP: one event per document, as its core format has it.

A look-alike tells its target in the comment, and where the source has pages or cells, so does the place; how
sure decloak is, is a tag, because numbers of others do not survive an import. What is on a warning list stays,
and alerts nobody. Identifiers depend on the content alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from decloak.core.entity import Entity
from decloak.core.result import Failure, Result
from decloak.export.base import Shape
from decloak.export.json_text import dumps
from decloak.export.one_file import File, files_of, other_digest
from decloak.export.places import place_of
from decloak.export.platforms import NAMESPACE, Misp, distinct, platforms
from decloak.export.sought import Sought
from decloak.export.stix_objects import producer_of

__all__ = ["MISP"]

_BATCH = 512
_UNDEFINED, _COMPLETED, _OWN_ORGANISATION = "4", "2", "0"  # threat level, analysis, distribution
_CONFIDENCES = ((0.95, "completely-confident"), (0.85, "usually-confident"), (0.6, "fairly-confident"),
                (0.3, "rarely-confident"), (0.0, "unconfident"))  # fmt: skip
"""Least confidence and the word for it in MISP's taxonomy misp:confidence-level."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Misp:
    """``{"response": [{"Event": ...}]}``, which MISP imports and pymisp loads."""

    name: str = "misp"
    description: str = "MISP events, one per document"
    head: str = '{"response": ['
    between: str = ", "
    tail: str = "]}\n"
    distinct: str = ""

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield the event of one document, some attributes at a time."""
        document = _Document(result, shape)
        yield f'{{"Event": {dumps(_event(result, shape))[:-1]}, "Object": ['
        yield ", ".join(map(dumps, document.files()))
        yield '], "Attribute": ['
        rows = list(document.attributes())
        for start in range(0, len(rows), _BATCH):
            yield (", " if start else "") + ", ".join(map(dumps, rows[start : start + _BATCH]))
        yield "]}}"

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - said on standard error
        """Return nothing: an event is a document that was read."""
        return ""


def _event(result: Result, shape: Shape) -> Row:
    producer = producer_of(shape.producer)
    event: Row = {
        "uuid": _uuid(f"event {result.id}"),
        "info": f"decloak: {result.id}",
        "date": shape.stamp[:10],
        "threat_level_id": _UNDEFINED,
        "analysis": _COMPLETED,
        "distribution": _OWN_ORGANISATION,
        "published": False,
        "Orgc": {"name": producer["name"], "uuid": producer["id"].partition("--")[2]},
    }
    if shape.tlp:
        event["Tag"] = [{"name": f"tlp:{shape.tlp}"}]
    return event


class _Document:
    """Makes the attributes and objects of one document."""

    def __init__(self, result: Result, shape: Shape) -> None:
        self._result = result
        self._entities = list(shape.exact().entities(result))
        self._files = files_of(result.text, self._entities)
        self._sought = Sought(result)

    def attributes(self) -> Iterator[Row]:
        """Yield what stands in no object."""
        filed = {(each.label, each.value) for file in self._files for each in file.entities}
        for (label, value), entity in distinct(iter(self._entities)).items():
            misp = platforms().of(label).misp
            if misp is not None and (label, value) not in filed:
                kind = misp.type or _digest(value, other_digest(self._result.text, entity))
                yield self._attribute(entity, kind, misp, self._result.id)

    def files(self) -> Iterator[Row]:
        """Yield an object for each file of which several things are told."""
        template = platforms().misp_file
        for file in self._files:
            content = f"file {self._result.id} {' '.join(each.value for each in file.entities)}"
            yield {
                "uuid": _uuid(content),
                "name": "file",
                "meta-category": template["meta"],
                "description": template["description"],
                "template_uuid": template["uuid"],
                "template_version": template["version"],
                "Attribute": list(self._of_file(file, content)),
            }

    def _of_file(self, file: File, owner: str) -> Iterator[Row]:
        for entity in file.entities:
            misp = platforms().of("HASH" if entity.label == "HASH" else "FILE_NAME").misp
            if misp is not None:
                kind = misp.type or _digest(entity.value, "")
                yield self._attribute(entity, kind, misp, owner) | {"object_relation": kind}

    def _attribute(self, entity: Entity, kind: str, misp: Misp, owner: str) -> Row:
        return {
            "uuid": _uuid(f"attribute {owner} {kind} {entity.value}"),
            "type": kind,
            "category": misp.category,
            "value": entity.value,
            "to_ids": misp.to_ids and kind != "other" and self._sought.to_alert_on(entity),
            "comment": _comment(self._result, entity),
            "Tag": [{"name": f'misp:confidence-level="{_confidence(entity)}"'}],
        }


def _digest(value: str, other: str) -> str:
    if other:
        return other
    digest = platforms().digests.get(len(value))
    if digest is not None:
        return digest.misp
    return "ssdeep" if ":" in value else "other"


def _uuid(content: str) -> str:
    return str(uuid.uuid5(NAMESPACE, content))


def _confidence(entity: Entity) -> str:
    return next(word for least, word in _CONFIDENCES if entity.confidence >= least)


def _comment(result: Result, entity: Entity) -> str:
    parts = [entity.label, f"characters {entity.start} to {entity.end}"]
    if place := place_of(result, entity):
        parts.append(place)
    if entity.text != entity.value:
        parts.append(f"written {entity.text!r}")
    if entity.resembles:
        parts.append(f"resembles {entity.resembles}")
    if lists := [each.target for each in entity.links if each.relation == "warning-list"]:
        parts.append(f"on a warning list: {', '.join(lists)}")
    return ", ".join(parts)


MISP = _Misp()
