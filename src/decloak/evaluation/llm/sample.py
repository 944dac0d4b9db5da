"""Sample: a few short documents of every source, the same ones for every model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from decloak.core.errors import UnreadableError
from decloak.evaluation.score import Gold

__all__ = ["SLICE", "SOURCES", "Sample", "draw", "short_name"]

SLICE = Path("data/slice/slice.jsonl")
"""The part of the corpus that lies in the repository."""
SOURCES = ("nmap", "dig", "whois", "shodan", "report")
_LEAST = 4


class Sample(NamedTuple):
    """One labelled document."""

    id: str
    source: str
    text: str
    gold: tuple[Gold, ...]


def short_name(uri: str) -> str:
    """Return a model's URI without the folder of its file."""
    scheme, _, rest = uri.partition(":")
    return f"{scheme}:{Path(rest).name}" if scheme in {"gguf", "scripted"} else uri


def draw(path: Path, count: int, longest: int, seed: int) -> list[Sample]:
    """Draw documents, so many of each source, in an order that does not depend on the number.

    Args:
        path: JSON lines of a corpus.
        count: documents of each source.
        longest: code points that a document may have.
        seed: another one draws others.

    Raises:
        UnreadableError: when the file cannot be read.
    """
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    except OSError as error:
        message = f"{path}: no corpus can be read: {error.strerror}; name one with --corpus"
        raise UnreadableError(message) from error
    groups = [list(_of(source, rows, count, longest, seed)) for source in SOURCES]
    # One of each source first: a run that is cut short has seen all of them.
    return [group[i] for i in range(count) for group in groups if i < len(group)]


def _of(
    source: str, rows: list[dict[str, Any]], count: int, longest: int, seed: int
) -> Iterator[Sample]:
    fit = [
        row
        for row in rows
        if row["source"] == source
        and len(row["text"]) <= longest
        and len(row["entities"]) >= _LEAST
    ]
    Random(f"{seed}/{source}").shuffle(fit)  # noqa: S311 - repeatable, no secrets
    for row in fit[:count]:
        gold = tuple(
            Gold(each["start"], each["end"], each["label"], each["value"])
            for each in row["entities"]
        )
        yield Sample(row["id"], source, row["text"], gold)
