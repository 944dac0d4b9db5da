"""Damaged files of every format: a document or a failure, with places that can be asked for."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from decloak.core.document import Document
from decloak.core.result import Failure
from decloak.readers import ReadOptions, documents_in
from decloak.readers.base import Limits

SEEDS = [
    path
    for path in sorted(Path(__file__).parent.rglob("*.*"))
    if path.suffix in {".zip", ".jar", ".gz", ".xz", ".zst", ".bz2", ".pdf", ".docx", ".eml", ".msg", ".html"}
    and path.stat().st_size < 200_000
]  # fmt: skip
OPTIONS = ReadOptions(limits=Limits(unpacked=20 << 20))


def spoil(data: bytes, chance: random.Random) -> bytes:
    """Change, remove and repeat some bytes."""
    spoiled = bytearray(data)
    for _ in range(chance.choice((1, 3, 10, 50))):
        at, size = chance.randrange(len(spoiled) + 1), chance.randrange(100)
        kind = chance.randrange(4)
        if kind == 0:
            del spoiled[at : at + size]
        elif kind == 1:
            spoiled[at:at] = spoiled[at : at + size]
        else:
            spoiled[at : at + 1] = bytes([chance.choice((0, 255, 34, 60, chance.randrange(256)))])
    return bytes(spoiled)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_damage_is_never_a_bug(path):
    chance, data = random.Random(path.name), path.read_bytes()
    for number in range(12):
        for found in documents_in("x", spoil(data, chance) if number else data, OPTIONS):
            if isinstance(found, Failure):
                assert found.error != "InternalError", found
            elif isinstance(found, Document) and found.source_map is not None:
                length = len(found.text)
                for at in range(0, length, max(1, length // 40)):
                    found.source_map.places(at, at + 5)
