"""Expand: from compact lines back to the objects of ``jsonl``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from decloak.core.facts import RECORDS

__all__ = ["expand"]

_KEYS = ("value", "start", "end")


def expand(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield an output object for each document of ``--format compact``, as ``jsonl`` has it.

    Raises:
        ValueError: when a line is no JSON, or the last document does not end.
        KeyError: when a line is none of the format.
    """
    document: _Document | None = None
    for line in lines:
        row = json.loads(line)
        if "error" in row:
            yield row
        elif "id" in row:
            document = _Document(row)
        elif document is None:
            message = "the lines begin within a document"
            raise ValueError(message)
        elif "end" in row:
            yield document.whole(row)
            document = None
        else:
            document.take(row)
    if document is not None:
        message = "the lines end within a document"
        raise ValueError(message)


class _Document:
    def __init__(self, row: dict[str, Any]) -> None:
        self._head = row
        self._classes: dict[int, dict[str, Any]] = {}
        self._ties: dict[int, dict[str, Any]] = {}
        self._entities: list[dict[str, Any]] = []
        self._records: list[dict[str, Any]] = []
        self._roots: list[dict[str, Any]] = []

    def take(self, row: dict[str, Any]) -> None:
        if "class" in row:
            self._classes[row.pop("class")] = row
        elif "tie" in row:
            self._ties[row.pop("tie")] = row
        elif "entities" in row:
            self._entities += (self._entity(*each) for each in row["entities"])
        else:
            record = self._record(row["record"])
            self._records.append(record)
            if "in" in row:
                plural = RECORDS[record["kind"]].plural
                self._records[row["in"]].setdefault(plural, []).append(record)
            else:
                self._roots.append(record)

    def _entity(
        self, number: int, start: int, end: int, value: str, more: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        shared, more = self._classes[number], more or {}
        places = {"places": more["places"]} if "places" in more else {}
        return {
            "label": shared["label"],
            "text": more.get("text", value),
            "start": start,
            "end": end,
            "value": value,
            "confidence": shared["confidence"],
            "status": shared["status"],
            "evidence": shared["evidence"],
            "obfuscation": more.get("obfuscation", []),
            "resembles": more.get("resembles"),
            "links": [self._link(*link) for link in more.get("links", ())],
        } | places

    def _link(self, tie: int, target: str, why: str = "") -> dict[str, Any]:
        shared = self._ties[tie]
        return {
            "relation": shared["relation"],
            "target": target,
            "source": shared["source"],
            "score": shared["score"],
            "version": shared["version"],
            "why": why,
        }

    def _record(self, row: dict[str, Any]) -> dict[str, Any]:
        return {key: self._value(key, value) for key, value in row.items()}

    def _value(self, key: str, value: Any) -> Any:
        if isinstance(value, int):
            return {name: self._entities[value][name] for name in _KEYS}
        if isinstance(value, list):
            return [
                self._record(each)
                if isinstance(each, dict) and "kind" in each
                else self._value(key, each)
                for each in value
            ]
        return value

    def whole(self, row: dict[str, Any]) -> dict[str, Any]:
        counts = row.pop("end")
        found = {"entities": len(self._entities), "records": len(self._records)}
        if counts != found:
            message = f"{self._head['id']}: {counts} were written, {found} are there"
            raise ValueError(message)
        more = {key: value for key, value in row.items() if key != "warnings"}
        return {
            "id": self._head["id"],
            "source": self._head["source"],
            "entities": self._entities,
            "records": self._roots,
            "warnings": row["warnings"],
            "offsets": self._head["offsets"],
        } | more
