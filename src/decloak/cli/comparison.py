"""`decloak diff`: what is new, gone or changed between two scans, two results, or two texts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from decloak.cli.messages import say
from decloak.cli.output import open_output
from decloak.core.errors import DecloakError
from decloak.core.labels import GROUPS, LabelGroup
from decloak.core.result import Failure
from decloak.core.serialise import result_output
from decloak.export.json_text import dumps
from decloak.export.sanitise import sanitise
from decloak.options import Settings
from decloak.pipeline import Pipeline
from decloak.readers import documents_of, walk
from decloak.readers.settings import choice_of, read_options
from decloak.readers.streams import decompressed, open_input
from decloak.readers.unpack import DAMAGE

__all__ = ["DIFFERENT", "SAME", "TROUBLE", "Change", "changes", "compare", "inventory"]

SAME, DIFFERENT, TROUBLE = 0, 1, 2
"""The exit codes, those of diff(1)."""

_NAMED_BY = {
    "host": ("address", "name"),
    "port": ("number",),
    "script": ("id",),
    "domain": ("name",),
    "contact": ("role", "id", "name"),
    "network": ("range", "cidr", "handle"),
    "query": ("name", "type"),
    "answer": ("section", "name", "type", "data", "address", "target", "text"),
}
"""What tells one record from another of its kind: all of these, but for hosts and networks the first that is there."""
_FIRST_ALONE = frozenset({"host", "network"})
_PASSING = frozenset({
    "latency", "started", "finished", "timestamp", "updated", "time", "ttl", "arguments", "scanner",
})  # fmt: skip
"""Fields that differ between any two runs."""
_MOST_LINE = 1 << 26
Place = tuple[str, ...]
Fields = dict[str, str]
Inventory = dict[Place, Fields]
Change = dict[str, Any]


def compare(before: str, after: str, form: str, settings: Settings) -> int:
    """Write what changed from one path to the other and return the exit code.

    Args:
        before: a file, folder, glob or ``-``: scans, other text, or results (JSON or JSON lines of `extract`).
        after: the same, later.
        form: ``text`` or ``jsonl``.
        settings: of the pipeline, for what is no result yet.
    """
    pipeline = Pipeline(settings)
    sides, trouble = [], False
    for path in (before, after):
        objects, failed = _objects(path, pipeline)
        trouble |= failed
        sides.append(inventory(objects))
    if trouble:
        return TROUBLE
    found = list(changes(*sides))
    with open_output(None) as (out, _):
        out.writelines(
            f"{dumps(each)}\n" if form == "jsonl" else f"{_line(each)}\n" for each in found
        )
    return DIFFERENT if found else SAME


def inventory(objects: Iterable[Mapping[str, Any]]) -> Inventory:
    """Return what results name: records by what tells them apart, and the entities that are in no record."""
    found: Inventory = {}
    for each in objects:
        spans: set[tuple[int, int]] = set()
        for record in each.get("records", ()):
            _add(record, (), found, spans)
        for entity in each.get("entities", ()):
            if (
                entity["label"] in GROUPS[LabelGroup.OBSERVATIONS]
                or (entity["start"], entity["end"]) in spans
            ):
                continue
            if entity.get("status", "accepted") == "accepted":
                found.setdefault((entity["label"], str(entity["value"])), {})
    return found


def _add(
    record: Mapping[str, Any], above: Place, found: Inventory, spans: set[tuple[int, int]]
) -> None:
    kind = str(record.get("kind", ""))
    fields: Fields = {}
    children: list[Mapping[str, Any]] = []
    for key, value in record.items():
        if isinstance(value, dict) and "value" in value:
            spans.add((value.get("start", -1), value.get("end", -1)))
            fields[key] = str(value["value"])
        elif isinstance(value, list):
            inner = [each for each in value if isinstance(each, dict)]
            children += (each for each in inner if "kind" in each)
            values = [each for each in inner if "value" in each]
            spans.update((each.get("start", -1), each.get("end", -1)) for each in values)
            if values:
                fields[key] = ", ".join(sorted({str(each["value"]) for each in values}))
    keys = [key for key in _NAMED_BY.get(kind, ()) if key in fields]
    if kind in _FIRST_ALONE:
        keys = keys[:1]
    if kind == "port" and "protocol" in fields:
        name = f"{fields.get('number', '')}/{fields['protocol']}"
        keys.append("protocol")
    else:
        name = " ".join(fields[key] for key in keys)
    place = (*above, kind, name) if keys else above
    if keys:
        told = {key: fields[key] for key in fields if key not in _PASSING and key not in keys}
        _merge(found.setdefault(place, {}), told)
    for child in children:
        _add(child, place, found, spans)


def _merge(fields: Fields, more: Fields) -> None:
    for key, value in more.items():
        if fields.setdefault(key, value) != value:
            fields[key] = ", ".join(sorted({*fields[key].split(", "), *value.split(", ")}))


def changes(before: Inventory, after: Inventory) -> Iterator[Change]:
    """Yield what changed, sorted by place: ``new``, ``gone``, or ``changed`` with each field before and after."""
    for place in sorted(before.keys() | after.keys(), key=_order):
        old, new = before.get(place), after.get(place)
        shown = {"place": list(place)}
        if old is None:
            yield {"change": "new", **shown, "fields": new}
        elif new is None:
            yield {"change": "gone", **shown, "fields": old}
        elif old != new:
            keys = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
            yield {
                "change": "changed",
                **shown,
                "fields": {key: [old.get(key), new.get(key)] for key in keys},
            }


def _order(place: Place) -> tuple[tuple[tuple[int, str], ...], ...]:
    """Order ports and octets as numbers."""
    return tuple(
        tuple(
            (int(part), "") if part.isdecimal() and len(part) < 9 else (-1, part)
            for part in _parts(text)
        )
        for text in place
    )


def _parts(text: str) -> list[str]:
    return text.replace("/", ".").split(".")


_SIGNS = {"new": "+", "gone": "-", "changed": "~"}


def _line(change: Change) -> str:
    where = " ".join(sanitise(part) for part in change["place"])
    fields = change["fields"]
    if change["change"] == "changed":
        shown = "; ".join(
            f"{key} {sanitise(old or 'none')} -> {sanitise(new or 'none')}"
            for key, (old, new) in fields.items()
        )
    else:
        shown = ", ".join(f"{key} {sanitise(value)}" for key, value in fields.items())
    return f"{_SIGNS[change['change']]} {where}" + (f": {shown}" if shown else "")


def _objects(path: str, pipeline: Pipeline) -> tuple[list[Mapping[str, Any]], bool]:
    """Return the output objects of everything a path names, and whether something could not be read."""
    found: list[Mapping[str, Any]] = []
    failed, seen = False, False
    options = read_options(pipeline.settings.reading)
    for item in walk([path], choice=choice_of(pipeline.settings.reading)):
        seen = True
        if isinstance(item, Failure):
            say(item.message, item.id)
            failed = True
            continue
        results = _results(item) if item.path is not None else None
        if results is not None:
            found += results
            continue
        for outcome in pipeline.run_many(documents_of(item, options)):
            if isinstance(outcome, Failure):
                say(outcome.message, outcome.id)
                failed = True
            else:
                found.append(result_output(outcome))
    if not seen:
        say(f"no file to read in {path}; name a file that exists")
    return found, failed or not seen


def _results(item: Any) -> list[Mapping[str, Any]] | None:
    """Return the objects of a file that `extract` wrote; None for any other file."""
    try:
        with open_input(item) as given:
            stream, _ = decompressed(given)
            head = stream.readline(_MOST_LINE)
            if head.strip() == b"[":
                return _known(json.loads(head + stream.read()))
            first = json.loads(head) if head.startswith(b"{") else None
            if not _is_result(first):
                return None
            return _known([first, *(json.loads(line) for line in stream if line.strip())])
    except (ValueError, RecursionError, OSError, DecloakError, *DAMAGE):
        return None


def _is_result(value: Any) -> bool:
    return (
        isinstance(value, dict) and isinstance(value.get("entities"), list) and "records" in value
    )


def _known(objects: Any) -> list[Mapping[str, Any]] | None:
    if not isinstance(objects, list) or not any(map(_is_result, objects)):
        return None
    return [each for each in objects if _is_result(each)]
