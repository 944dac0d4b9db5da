"""Gold: labelled documents, one JSON object per line.

Each row holds ``id``, ``source``, ``text`` and ``gold.entities`` with code-point offsets.
``exhaustive`` names the labels for which the gold is complete: only those can make a prediction
spurious, and only outside the ``ignore`` ranges.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from decloak.core.errors import InputError, UnreadableError
from decloak.evaluation.score import Gold

__all__ = ["DEFAULT_DATA", "GoldDocument", "load"]

DEFAULT_DATA = Path("../shared/data")
"""Where the labelled documents lie when a checkout has them beside it."""


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """One labelled document.

    Attributes:
        id, source, text: as in the row.
        entities: the gold.
        exhaustive: labels for which the gold is complete.
        ignore: ranges where nothing counts as spurious.
        native: the labels of the data set itself, before they were mapped.
        collection: the data set, ``id`` up to the first slash.
        group: what it must not be separated from when rows are divided.
    """

    id: str
    source: str
    text: str
    entities: tuple[Gold, ...]
    exhaustive: frozenset[str]
    ignore: tuple[tuple[int, int], ...]
    native: frozenset[str] = frozenset()
    collection: str = ""
    group: str = ""

    def excuses(self, start: int, end: int) -> bool:
        """Whether a prediction there cannot be called spurious."""
        return any(low < end and start < high for low, high in self.ignore)


def load(folder: Path, *, sources: frozenset[str] | None = None) -> Iterator[GoldDocument]:
    """Read every ``*.jsonl`` of a folder, in order of name.

    Raises:
        UnreadableError: when the folder holds none.
        InputError: when a row's offsets and text disagree.
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        message = f"no labelled documents (*.jsonl) in {folder}; name their folder with --data"
        raise UnreadableError(message)
    for file in files:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if sources is None or row["source"] in sources:
                    yield _document(row)


_FINGERPRINTS = frozenset({"fingerprint", "jarm", "ja3", "ja3s", "hassh"})


def _also(entity: dict[str, Any]) -> frozenset[str]:
    """Return the label of a fingerprint for what is labelled as a digest and its field calls one."""
    named = _FINGERPRINTS.intersection(entity.get("role", "").split("."))
    return frozenset({"FINGERPRINT"} if named and entity["label"] == "HASH" else ())


def _document(row: dict[str, Any]) -> GoldDocument:
    text, entities = row["text"], row["gold"]["entities"]
    for entity in entities:
        if text[entity["start"] : entity["end"]] != entity["text"]:
            message = f"{row['id']}: the text at {entity['start']} is not {entity['text']!r}"
            raise InputError(message)
    return GoldDocument(
        row["id"],
        row["source"],
        text,
        tuple(
            Gold(
                entity["start"],
                entity["end"],
                entity["label"],
                entity.get("value", entity["text"]),
                frozenset(entity.get("alt", ())) | _also(entity),
            )
            for entity in entities
        ),
        frozenset(row.get("exhaustive", ())),
        tuple((low, high) for low, high in row.get("ignore", ())),
        frozenset(entity.get("native", "") for entity in entities),
        row["id"].partition("/")[0],
        row.get("group", ""),
    )
