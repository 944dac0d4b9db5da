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
from decloak.export.platforms import NAMESPACE, distinct, is_listed, platforms

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
        entities = list(shape.entities(result))
        files = files_of(result.text, entities)
        yield f'{{"Event": {dumps(_event(result, shape))[:-1]}, "Object": ['
        yield ", ".join(dumps(_file(file, result)) for file in files)
        yield '], "Attribute": ['
        filed = {(each.label, each.value) for file in files for each in file.entities}
        rows = list(_attributes(result, entities, filed))
        for start in range(0, len(rows), _BATCH):
            yield (", " if start else "") + ", ".join(map(dumps, rows[start : start + _BATCH]))
        yield "]}}"

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - said on standard error
        """Return nothing: an event is a document that was read."""
        return ""


def _event(result: Result, shape: Shape) -> Row:
    event: Row = {
        "uuid": _uuid(f"event {result.id}"),
        "info": f"decloak: {result.id}",
        "date": shape.stamp[:10],
        "threat_level_id": _UNDEFINED,
        "analysis": _COMPLETED,
        "distribution": _OWN_ORGANISATION,
        "published": False,
    }
    if shape.producer:
        content = f"producer {shape.producer.casefold()}"
        event["Orgc"] = {"name": shape.producer, "uuid": _uuid(content)}
    if shape.tlp:
        event["Tag"] = [{"name": f"tlp:{shape.tlp}"}]
    return event


def _attributes(
    result: Result, entities: list[Entity], filed: set[tuple[str, str]]
) -> Iterator[Row]:
    for (label, value), entity in distinct(iter(entities)).items():
        misp = platforms().of(label).misp
        if misp is None or (label, value) in filed:
            continue
        kind = misp.type or _digest(value, other_digest(result.text, entity))
        yield _attribute(result, entity, kind, misp.category, misp.to_ids)


def _attribute(
    result: Result, entity: Entity, kind: str, category: str, to_ids: bool, **more: str
) -> Row:
    alerts = to_ids and entity.status == "accepted" and kind != "other" and not is_listed(entity)
    owner = more.pop("owner", result.id)
    return {
        "uuid": _uuid(f"attribute {owner} {kind} {entity.value}"),
        "type": kind,
        "category": category,
        "value": entity.value,
        "to_ids": alerts,
        "comment": _comment(result, entity),
        "Tag": [{"name": f'misp:confidence-level="{_confidence(entity)}"'}],
        **more,
    }


def _digest(value: str, other: str) -> str:
    if other:
        return other
    digest = platforms().digests.get(len(value))
    if digest is not None:
        return digest.misp
    return "ssdeep" if ":" in value else "other"


def _file(file: File, result: Result) -> Row:
    """Return the object that holds all that was told of one file."""
    template = platforms().misp_file
    content = f"file {result.id} {' '.join(each.value for each in file.entities)}"
    hash_, name = platforms().of("HASH").misp, platforms().of("FILE_NAME").misp
    rows = []
    for entity in file.hashes.values():
        kind = _digest(entity.value, "")
        if hash_ is not None:
            rows.append(
                _attribute(result, entity, kind, hash_.category, hash_.to_ids,
                           owner=content, object_relation=kind)
            )  # fmt: skip
    if file.name is not None and name is not None:
        rows.append(
            _attribute(result, file.name, name.type, name.category, name.to_ids,
                       owner=content, object_relation="filename")
        )  # fmt: skip
    return {
        "uuid": _uuid(content),
        "name": "file",
        "meta-category": template["meta"],
        "description": template["description"],
        "template_uuid": template["uuid"],
        "template_version": template["version"],
        "Attribute": rows,
    }


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
