"""Platforms: what each label becomes elsewhere, read once from data/platforms.toml."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from decloak.core.entity import Entity

__all__ = ["DIGESTS", "NAMESPACE", "Misp", "Platform", "distinct", "platform_of"]

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://pypi.org/project/decloak/")
"""Of every identifier that no standard fixes: the same content gets the same one in every run."""

DIGESTS = {32: ("MD5", "md5"), 40: ("SHA-1", "sha1"), 56: ("SHA-224", "sha224"), 64: ("SHA-256", "sha256"),
           96: ("SHA-384", "sha384"), 128: ("SHA-512", "sha512")}  # fmt: skip
"""Hexadecimal digits of a digest -> its names in STIX and in MISP."""


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
    """

    stix: str
    indicator: bool
    misp: Misp | None


@cache
def _table() -> dict[str, Platform]:
    text = (files("decloak.export") / "data" / "platforms.toml").read_text("utf-8")
    return {
        label: Platform(
            row.get("stix", ""),
            row.get("indicator", False),
            Misp(row["misp"].get("type", ""), row["misp"]["category"], row["misp"]["to_ids"])
            if "misp" in row
            else None,
        )
        for label, row in tomllib.loads(text).items()
    }


def platform_of(label: str) -> Platform:
    """Return what a label becomes; nothing for labels that are context."""
    return _table().get(label, Platform("", indicator=False, misp=None))


def distinct(entities: Iterator[Entity]) -> dict[tuple[str, str], Entity]:
    """Return the most confident entity of each label and value, in order of first appearance."""
    best: dict[tuple[str, str], Entity] = {}
    for entity in entities:
        key = (entity.label, entity.value)
        held = best.get(key)
        if held is None or entity.confidence > held.confidence:
            best[key] = entity
    return best
