"""One file: the digests, and the name, that a document tells of the same file.

They stand together: on one line with nothing but separators and words such as ``SHA256`` between them, or on
lines that each name the algorithm. A second digest of one algorithm is of another file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from decloak.core.entity import Entity
from decloak.export.platforms import platforms

__all__ = ["File", "files_of", "other_digest"]

_MOST_BETWEEN = 80
"""Code points between what belongs together."""
_NAMES = frozenset({"FILE_NAME", "FILE_PATH"})
_WORD = re.compile(r"[^\W_]+")
_BEFORE = 24


@dataclass(slots=True)
class File:
    """One file.

    Attributes:
        hashes: algorithm, as STIX names it -> its digest.
        name: what it is called, or None.
    """

    hashes: dict[str, Entity] = field(default_factory=dict)
    name: Entity | None = None

    @property
    def entities(self) -> list[Entity]:
        """All that was told of it."""
        return [*self.hashes.values(), *([self.name] if self.name else [])]


def other_digest(text: str, entity: Entity) -> str:
    """Return MISP's type of a digest that is none of a file (``imphash``), by the word before it; else ""."""
    words = _WORD.findall(text[max(entity.start - _BEFORE, 0) : entity.start])
    kind: str = platforms().file["others"].get(words[-1].lower(), "") if words else ""
    return kind


def files_of(text: str, entities: Iterable[Entity]) -> list[File]:
    """Return the files of which a document tells more than one thing; each digest is of one file at most.

    Args:
        text: the raw text.
        entities: in order of the text.
    """
    groups = [File()]
    end = 0
    for entity in entities:
        if entity.label not in _NAMES and entity.label != "HASH":
            continue
        algorithm = "" if entity.label in _NAMES else _algorithm(text, entity)
        if entity.label == "HASH" and not algorithm:
            continue
        current = groups[-1]
        taken = algorithm in current.hashes if algorithm else current.name is not None
        if taken or (current.entities and not _joins(text[end : entity.start])):
            current = File()
            groups.append(current)
        if algorithm:
            current.hashes[algorithm] = entity
        else:
            current.name = entity
        end = entity.end
    return _merged(each for each in groups if each.hashes and len(each.entities) > 1)


def _algorithm(text: str, entity: Entity) -> str:
    digest = platforms().digests.get(len(entity.value))
    return digest.stix if digest and not other_digest(text, entity) else ""


def _joins(between: str) -> bool:
    if len(between) > _MOST_BETWEEN:
        return False
    joining, digests = _words()
    words = [word.lower() for word in _WORD.findall(between.replace("-", ""))]
    if not joining.issuperset(words):
        return False
    lines = between.count("\n")
    return not lines or (lines == 1 and not digests.isdisjoint(words))


@cache
def _words() -> tuple[frozenset[str], frozenset[str]]:
    table = platforms().file
    return frozenset(table["joining"]), frozenset(table["digests"])


def _merged(groups: Iterable[File]) -> list[File]:
    """Join what tells of the same digest and does not contradict; a digest stays with the first."""
    made: list[File] = []
    owner: dict[str, File] = {}
    for group in sorted(groups, key=_size, reverse=True):
        values = [each.value for each in group.hashes.values()]
        file = next((owner[value] for value in values if value in owner), None)
        if file is None:
            file = File()
            made.append(file)
        for algorithm, entity in group.hashes.items():
            if entity.value not in owner and algorithm not in file.hashes:
                file.hashes[algorithm] = entity
                owner[entity.value] = file
        file.name = file.name or group.name
    return made


def _size(file: File) -> int:
    return len(file.entities)
