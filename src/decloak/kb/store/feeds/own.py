"""Own: names that the user gives, as CSV, TSV, JSON or YAML.

One name a row or an entry: ``name`` and ``label`` have to be there, ``aliases`` (a list, or separated by semicolons) and
``id`` (what links point to; a CPE name makes a product of it) may be.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

import yaml

from decloak.core.errors import KnowledgeError
from decloak.core.labels import LABELS
from decloak.kb.cpe_names import BadCpeError, parse_cpe
from decloak.kb.keys import name_key
from decloak.kb.store.feeds.base import About, Entry, clean, mapping, wanted
from decloak.kb.store.feeds.threats import name_row

__all__ = ["own_csv", "own_json", "own_yaml"]

_LARGEST = 256 << 20
_COLUMNS = frozenset({"name", "label", "aliases", "id"})


def own_csv(stream: BinaryIO, about: About) -> Iterator[Entry]:
    """Yield the names of a table whose head names the columns."""
    lines = io.TextIOWrapper(stream, "utf-8", newline="")
    first = lines.readline()
    separator = "\t" if "\t" in first else ";" if ";" in first and "," not in first else ","
    heads = [each.strip().lower() for each in next(csv.reader([first], delimiter=separator), [])]
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=separator, strict=True), 2):
            if cells:
                yield from _named(dict(zip(heads, cells, strict=False)), f"line {number}", about)
    except csv.Error as error:
        raise KnowledgeError(str(error)) from error


def own_json(stream: BinaryIO, about: About) -> Iterator[Entry]:
    """Yield the names of a list of objects."""
    try:
        listed = json.loads(_all(stream))
    except (ValueError, RecursionError) as error:
        message = f"no whole JSON document: {error}"
        raise KnowledgeError(message) from error
    yield from _listed(listed, about)


class _Plain(yaml.SafeLoader):  # type: ignore[misc] # the library carries no types
    """YAML without aliases: a short text cannot become an endless one."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Compose a node; refuse a reference to another."""
        if self.check_event(yaml.AliasEvent):
            message = f"line {self.peek_event().start_mark.line + 1}: aliases of YAML are not read"
            raise KnowledgeError(message)
        return super().compose_node(parent, index)


def own_yaml(stream: BinaryIO, about: About) -> Iterator[Entry]:
    """Yield the names of a list of mappings."""
    try:
        listed = yaml.load(_all(stream), _Plain)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        message = f"no YAML that is read: {str(error)[:200]}"
        raise KnowledgeError(message) from error
    yield from _listed(listed, about)


def _all(stream: BinaryIO) -> bytes:
    data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        message = "more than 256 MiB of names; give them as CSV"
        raise KnowledgeError(message)
    return data


def _listed(listed: Any, about: About) -> Iterator[Entry]:
    if not isinstance(listed, list):
        message = "a list of names belongs here"
        raise KnowledgeError(message)
    for number, each in enumerate(listed, 1):
        yield from _named(mapping(each, f"entry {number}"), f"entry {number}", about)


def _named(row: dict[str, Any], where: str, about: About) -> Iterator[Entry]:
    if unknown := {str(key) for key in row} - _COLUMNS:
        message = f"{where}: unknown {min(unknown)!r}; known: {', '.join(sorted(_COLUMNS))}"
        raise KnowledgeError(message)
    about.name = about.name or "names"
    label = wanted(row, "label", where).upper()
    if label not in LABELS:
        message = f"{where}: no label {label[:40]!r}; see `decloak labels`"
        raise KnowledgeError(message)
    given = row.get("aliases") or ()
    aliases = given.split(";") if isinstance(given, str) else list(given)
    names = [wanted(row, "name", where), *(str(each) for each in aliases if str(each).strip())]
    if not all(clean(each) and name_key(each) for each in names):
        message = f"{where}: a name is too long, has control characters, or no letters"
        raise KnowledgeError(message)
    target = clean(row.get("id")) or clean(names[0])
    for alias in names:
        yield from name_row(clean(alias), label, clean(names[0]), target)
    if target.lower().startswith("cpe:"):
        try:
            cpe = parse_cpe(target)
        except BadCpeError as error:
            message = f"{where}: {error}"
            raise KnowledgeError(message) from error
        for alias in names:
            yield "product", (name_key(alias), cpe.part, cpe.vendor, cpe.product)
