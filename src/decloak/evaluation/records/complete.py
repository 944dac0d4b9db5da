"""Complete: what a record lacks of what was put into the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from decloak.core.result import RecordRow as Found
from decloak.evaluation.records.drawn import Record

__all__ = ["lacks"]

_CHILDREN = ("ports", "answers", "contacts")


def lacks(wanted: Record, records: Iterable[Found], *, alone: bool = True) -> list[str]:
    """Return what the best record of the wanted kind lacks; nothing when one is complete.

    A field is right when its value is; one with many values may have more. Children are matched one
    to one; of ports and answers there are no others, nor are there other records where it is `alone`.
    """
    every = [each for record in records for each in _opened(record)]
    found = [_lacks(wanted, record) for record in every if record["kind"] == wanted["kind"]]
    missing = min(found, key=len, default=[wanted["kind"]])
    kinds = ", ".join(record["kind"] for record in every)
    return missing or ([f"one record, not {kinds}"] if alone and len(every) > 1 else [])


def _opened(record: Found) -> Iterator[Found]:
    """Yield a record; of a scan the hosts, of which it is only the frame."""
    if record["kind"] == "scan":
        yield from record.get("hosts", ())
    else:
        yield record


def _lacks(wanted: Record, record: Found) -> list[str]:
    missing: list[str] = []
    for field, value in wanted.items():
        if field in _CHILDREN:
            missing += _children(field, value, list(record.get(field, ())))
        elif isinstance(value, list):
            got = set(_values(record.get(field, [])))
            missing += [f"{field}={each}" for each in value if each not in got]
        elif field != "kind" and next(_values([record.get(field)]), None) != value:
            missing.append(f"{field}={value}")
    return missing


def _children(field: str, wanted: list[Record], found: list[Found]) -> list[str]:
    missing: list[str] = []
    for child in wanted:
        rated = [(len(_lacks(child, each)), index) for index, each in enumerate(found)]
        lack, index = min(rated, default=(1, -1))
        if index < 0:
            missing.append(field)
            continue
        best = found[index]
        if lack:
            missing += [f"{field}.{each}" for each in _lacks(child, best)]
        else:
            found.pop(index)
    if field != "contacts" and not missing:
        missing += [f"{field}: one too many" for _ in found]
    return missing


def _values(entries: Iterable[Any]) -> Iterator[str]:
    for entry in entries:
        if entry is not None:
            yield entry["value"]
