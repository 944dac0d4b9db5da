"""Seeds: the documents that mutations begin with, and the entities to disguise in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from decloak.core.document import Document
from decloak.options import Settings
from decloak.perturb import Marked
from decloak.pipeline import Pipeline

ROOT = Path(__file__).parents[2]
BESIDE = ROOT.parent / "shared"
_LONGEST = 200_000
"""Code points of a seed; what is longer says nothing more."""


def seed_groups(*, beside: bool) -> list[list[str]]:
    """Return the texts to mutate by where they come from, always in the same order.

    Args:
        beside: also those of the development data beside the checkout, where it is.
    """
    groups = [
        [
            path.read_bytes().decode()
            for path in sorted((ROOT / "examples").iterdir())
            if path.suffix != ".pdf"
        ],
        [path.read_bytes().decode() for path in sorted((ROOT / "tests/golden").glob("*/*.txt"))],
        list(_texts_of(ROOT / "data" / "slice" / "slice.jsonl")),
    ]
    if beside:
        paths = sorted((*BESIDE.glob("data/*.jsonl"), *BESIDE.glob("cases/*.jsonl")))
        groups += [list(_texts_of(path)) for path in paths]
    return [[text for text in group if 0 < len(text) <= _LONGEST] for group in groups]


def seed_texts() -> list[str]:
    """Return all texts of the checkout itself."""
    return [text for group in seed_groups(beside=False) for text in group]


def _texts_of(path: Path) -> Iterator[str]:
    for line in path.read_text("utf-8").split("\n"):
        if line:
            yield json.loads(line)["text"]


@lru_cache(1 << 9)
def marked(text: str) -> tuple[Marked, ...]:
    """Return the accepted entities of a seed."""
    found = _plain().run(Document("seed", text)).entities
    return tuple(Marked(each.start, each.end, each.label, each.value) for each in found)


@lru_cache(1)
def _plain() -> Pipeline:
    return Pipeline(Settings(tagger="off"))
