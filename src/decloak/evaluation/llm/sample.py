"""Sample: a few short documents of every source, the same ones for every model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
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


def draw(paths: Sequence[Path], count: int, longest: int, seed: int) -> list[Sample]:
    """Draw documents, so many of each source and path, in an order that does not depend on the number.

    Args:
        paths: JSON lines, of a corpus or of labelled documents; or folders of plain texts, which are
            all taken.
        count: documents of each source.
        longest: code points that a document may have.
        seed: another one draws others.

    Raises:
        UnreadableError: when one cannot be read.
    """
    groups = [group for path in paths for group in _groups(path, count, longest, seed)]
    most = max((len(group) for group in groups), default=0)
    # One of each source first: a run that is cut short has seen all of them.
    return [group[i] for i in range(most) for group in groups if i < len(group)]


def _groups(path: Path, count: int, longest: int, seed: int) -> list[list[Sample]]:
    try:
        if path.is_dir():
            files = sorted(each for each in path.iterdir() if each.is_file())
            return [[Sample(each.name, path.name, each.read_text("utf-8"), ()) for each in files]]
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    except OSError as error:
        message = f"{path}: no corpus can be read: {error.strerror}; name one with --corpus"
        raise UnreadableError(message) from error
    return [list(_of(source, rows, count, longest, seed)) for source in SOURCES]


def _of(
    source: str, rows: list[dict[str, Any]], count: int, longest: int, seed: int
) -> Iterator[Sample]:
    fit = [
        row
        for row in rows
        if row["source"] == source and len(row["text"]) <= longest and len(_entities(row)) >= _LEAST
    ]
    Random(f"{seed}/{source}").shuffle(fit)  # noqa: S311 - repeatable, no secrets
    for row in fit[:count]:
        gold = tuple(
            Gold(each["start"], each["end"], each["label"], each.get("value") or each["text"])
            for each in _entities(row)
        )
        yield Sample(row["id"], source, row["text"], gold)


def _entities(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the labels of a row, of a corpus or of labelled documents (``decloak.evaluation.gold``)."""
    found: list[dict[str, Any]] = row["entities"] if "entities" in row else row["gold"]["entities"]
    return found
