"""Foreign: labelled rows by others as excerpts, with their licences kept in sight.

Rows are those of `decloak.evaluation.gold`. What they do not label is unknown rather than outside:
nobody learns from a data set what it never says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from decloak.core.errors import InputError
from decloak.core.labels import LABELS
from decloak.evaluation.halves import is_training_half
from decloak.perturb import Marked
from decloak.training.excerpts import Excerpt

__all__ = ["banners", "cyner", "natives"]

_EDGE = 1
"""Code points beside a labelled span that are known to be outside it."""


def cyner(folder: Path, part: str) -> Iterator[Excerpt]:
    """Yield the sentences of CyNER (MIT), under our labels; its wider classes are unknown.

    Args:
        folder: where ``report.jsonl`` lies.
        part: ``train`` or ``valid``.

    Raises:
        InputError: when there is no such file.
    """
    for row in _rows(folder / "report.jsonl", f"cyner/{part}/"):
        marks, unknown = [], []
        for each in row["gold"]["entities"]:
            if each["label"] in LABELS:
                marks.append(_mark(each, each["label"]))
            else:
                unknown.append((each["start"], each["end"]))
        yield Excerpt(row["text"], tuple(sorted(marks)), "cyner", tuple(unknown))


def natives(folder: Path, part: str) -> Iterator[Excerpt]:
    """Yield the sentences of CyNER under its own labels."""
    for row in _rows(folder / "report.jsonl", f"cyner/{part}/"):
        marks = sorted(_mark(each, each["native"]) for each in row["gold"]["entities"])
        yield Excerpt(row["text"], tuple(marks), "cyner")


def banners(folder: Path) -> Iterator[Excerpt]:
    """Yield the service banners (Recog, BSD-2-Clause) of the half that may be trained on.

    They label what one pattern captures; the rest of a banner is unknown. A vendor that stands
    where the product should, directly before a version, is unknown, too.
    """
    for row in _rows(folder / "banner.jsonl", ""):
        if not is_training_half(row["group"]):
            continue
        text, marks, known = row["text"], [], []
        for each in row["gold"]["entities"]:
            vendor = each["label"] == "ORGANIZATION" and text[each["end"] : each["end"] + 1] in "/_"
            if each["label"] in LABELS and not vendor:
                marks.append(_mark(each, each["label"]))
                known.append((each["start"] - _EDGE, each["end"] + _EDGE))
        if marks:
            yield Excerpt(text, tuple(sorted(marks)), "banner", tuple(_gaps(known, len(text))))


def _mark(entity: dict[str, Any], label: str) -> Marked:
    return Marked(entity["start"], entity["end"], label, entity.get("value", entity["text"]))


def _gaps(known: list[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    last = 0
    for start, end in sorted(known):
        if start > last:
            yield last, start
        last = max(last, end)
    if last < length:
        yield last, length


def _rows(path: Path, prefix: str) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row["id"].startswith(prefix):
                    yield row
    except (OSError, ValueError, KeyError) as error:
        message = f"{path}: no labelled rows: {error}"
        raise InputError(message) from error
