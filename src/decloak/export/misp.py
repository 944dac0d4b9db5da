"""MISP: one event per document, as its core format has it.

A look-alike tells its target in the comment; how sure decloak is, is a tag, because numbers of others do not
survive an import. Identifiers depend on the content alone.
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
from decloak.export.platforms import DIGESTS, NAMESPACE, distinct, platform_of

__all__ = ["MISP"]

_BATCH = 512
_UNDEFINED, _COMPLETED, _OWN_ORGANISATION = "4", "2", "0"  # threat level, analysis, distribution
_CONFIDENCES = ((0.95, "completely-confident"), (0.85, "usually-confident"), (0.6, "fairly-confident"),
                (0.3, "rarely-confident"), (0.0, "unconfident"))  # fmt: skip
"""Least confidence and the word for it in MISP's taxonomy misp:confidence-level."""


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
        event = {
            "uuid": str(uuid.uuid5(NAMESPACE, f"event {result.id}")),
            "info": f"decloak: {result.id}",
            "date": shape.stamp[:10],
            "threat_level_id": _UNDEFINED,
            "analysis": _COMPLETED,
            "distribution": _OWN_ORGANISATION,
            "published": False,
        }
        yield f'{{"Event": {dumps(event)[:-1]}, "Attribute": ['
        rows = list(_attributes(result, shape))
        for start in range(0, len(rows), _BATCH):
            yield (", " if start else "") + ", ".join(map(dumps, rows[start : start + _BATCH]))
        yield "]}}"

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - said on standard error
        """Return nothing: an event is a document that was read."""
        return ""


def _attributes(result: Result, shape: Shape) -> Iterator[dict[str, Any]]:
    for (label, value), entity in distinct(iter(shape.entities(result))).items():
        misp = platform_of(label).misp
        if misp is None:
            continue
        kind = misp.type
        if not kind:
            kind = DIGESTS.get(len(value), ("", ""))[1] or ("ssdeep" if ":" in value else "other")
        yield {
            "uuid": str(uuid.uuid5(NAMESPACE, f"attribute {result.id} {kind} {value}")),
            "type": kind,
            "category": misp.category,
            "value": value,
            "to_ids": misp.to_ids and entity.status == "accepted" and kind != "other",
            "comment": _comment(entity),
            "Tag": [{"name": f'misp:confidence-level="{_confidence(entity)}"'}],
        }


def _confidence(entity: Entity) -> str:
    return next(word for least, word in _CONFIDENCES if entity.confidence >= least)


def _comment(entity: Entity) -> str:
    parts = [entity.label, f"characters {entity.start} to {entity.end}"]
    if entity.text != entity.value:
        parts.append(f"written {entity.text!r}")
    if entity.resembles:
        parts.append(f"resembles {entity.resembles}")
    return ", ".join(parts)


MISP = _Misp()
