"""Platforms: what each label becomes elsewhere, read once from data/platforms.toml."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from decloak.core.entity import Entity

__all__ = [
    "NAMESPACE",
    "Digest",
    "Misp",
    "Platform",
    "Platforms",
    "distinct",
    "is_listed",
    "platforms",
]

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://pypi.org/project/decloak/")
"""Of every identifier that no standard fixes: the same content gets the same one in every run."""

_LISTED = "warning-list"


class Misp(NamedTuple):
    """An attribute of MISP.

    Attributes:
        type, category: as its core format names them; the type is "" where the value decides.
        to_ids: whether it is good enough to alert on.
    """

    type: str
    category: str
    to_ids: bool


class Platform(NamedTuple):
    """What one label becomes.

    Attributes:
        stix: the kind of object, or "".
        indicator: whether a report that names it says what to look for.
        misp: the attribute, or None.
        opencti: the kind that OpenCTI has or prefers, or "".
    """

    stix: str = ""
    indicator: bool = False
    misp: Misp | None = None
    opencti: str = ""


class Digest(NamedTuple):
    """One algorithm of file digests, as STIX and MISP call it."""

    stix: str
    misp: str


@dataclass(frozen=True, slots=True)
class Platforms:
    """The whole table.

    Attributes:
        labels: label -> what it becomes; those that are missing are context.
        digests: hexadecimal digits -> algorithm.
        file: which digests and names are of one file (`decloak.export.one_file`).
        misp_file: the template of MISP's object for a file.
        tlp: mark -> its identifiers.
    """

    labels: dict[str, Platform]
    digests: dict[int, Digest]
    file: dict[str, Any]
    misp_file: dict[str, str]
    tlp: dict[str, dict[str, str]]

    def of(self, label: str) -> Platform:
        """Return what a label becomes; nothing for labels that are context."""
        return self.labels.get(label, _NOTHING)


_NOTHING = Platform()


@cache
def platforms() -> Platforms:
    """Return the table."""
    table = tomllib.loads((files("decloak.export") / "data" / "platforms.toml").read_text("utf-8"))
    return Platforms(
        {label: _platform(row) for label, row in table["label"].items()},
        {int(size): Digest(**row) for size, row in table["digest"].items()},
        table["file"],
        table["misp"]["file"],
        table["tlp"],
    )


def _platform(row: dict[str, Any]) -> Platform:
    misp = row.get("misp")
    return Platform(
        row.get("stix", ""),
        row.get("indicator", False),
        Misp(misp.get("type", ""), misp["category"], misp["to_ids"]) if misp else None,
        row.get("opencti", ""),
    )


def is_listed(entity: Entity) -> bool:
    """Whether a warning list knows the value: it is there, and nothing to alert on."""
    return any(link.relation == _LISTED for link in entity.links)


def distinct(entities: Iterator[Entity]) -> dict[tuple[str, str], Entity]:
    """Return the most confident entity of each label and value, in order of first appearance."""
    best: dict[tuple[str, str], Entity] = {}
    for entity in entities:
        key = (entity.label, entity.value)
        held = best.get(key)
        if held is None or entity.confidence > held.confidence:
            best[key] = entity
    return best
