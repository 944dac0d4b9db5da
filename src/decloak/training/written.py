"""Written: what language models made of passages of the corpus, as variants of these passages."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from decloak.core.errors import InputError
from decloak.corpus.parquet import read_corpus
from decloak.corpus.sample import Label, Sample, from_row
from decloak.perturb import Marked
from decloak.training.excerpts import Excerpt

__all__ = ["read_written", "written_digest"]

_ASKED, _SAMPLES = "asked.jsonl", "samples.jsonl"


def read_written(folder: Path, corpus: Path) -> Iterator[Excerpt]:
    """Yield each rewritten passage as an excerpt: the passage as it was, and the new wording with it.

    Args:
        folder: what `decloak corpus perturb-llm` made.
        corpus: the corpus whose passages were rewritten. Only its part ``train`` is used.

    Raises:
        InputError: when a file is missing or damaged, or a label is not where it is said to be.
    """
    asked = {row["id"]: row for _, row in _rows(folder / _ASKED) if row.get("id")}
    samples = [from_row(row) for _, row in _rows(folder / _SAMPLES)]
    wanted = {asked[sample.id]["sample"] for sample in samples if sample.id in asked}
    origins = {
        sample.id: sample
        for sample in (read_corpus(corpus) if wanted else ())
        if sample.split == "train" and sample.id in wanted
    }
    for sample in samples:
        row = asked.get(sample.id)
        if row is None:
            message = f"{folder / _SAMPLES}: {sample.id} is not in {_ASKED}; make the folder anew"
            raise InputError(message)
        if row["sample"] in origins:
            yield _paired(folder, row, origins[row["sample"]], sample)


def written_digest(folder: Path | None) -> str:
    """Return the SHA-256 of the accepted samples; empty where there is no folder.

    Raises:
        InputError: when the file is missing.
    """
    if folder is None:
        return ""
    try:
        return sha256((folder / _SAMPLES).read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(_unread(folder / _SAMPLES, error.strerror)) from error


def _paired(folder: Path, row: dict[str, Any], before: Sample, after: Sample) -> Excerpt:
    """Return a passage with its new wording.

    A paraphrase is stored alone, a disguise in its document: the text after the passage is as it was.
    """
    start, passage = row.get("start"), row.get("passage")
    if not isinstance(start, int) or not isinstance(passage, str):
        message = f"{folder / _ASKED}: {after.id} has no place; make it anew with this version"
        raise InputError(message)
    end = start + len(passage)
    low, high = 0, len(after.text)
    if row["mode"] != "paraphrase":
        low, high = start, len(after.text) - (len(before.text) - end)
    marks = tuple(_inside(before.entities, start, end))
    anew = tuple(_inside(after.entities, low, high))
    same_text = before.text[start:end] == passage and low <= high
    if not same_text or Counter(map(_what, marks)) != Counter(map(_what, anew)):
        message = (
            f"{folder / _SAMPLES}: {after.id} is not of this corpus; name the one it is made of"
        )
        raise InputError(message)
    return Excerpt(
        passage, marks, before.source,
        written=Excerpt(after.text[low:high], anew, before.source),
    )  # fmt: skip


def _inside(labels: Iterable[Label], low: int, high: int) -> Iterator[Marked]:
    for each in labels:
        if low <= each.start and each.end <= high:
            yield Marked(each.start - low, each.end - low, each.label, each.value)


def _what(mark: Marked) -> tuple[str, str]:
    return mark.label, mark.value


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        lines = path.read_text("utf-8").split("\n")
    except OSError as error:
        raise InputError(_unread(path, error.strerror)) from error
    except UnicodeDecodeError as error:
        raise InputError(_unread(path, "not UTF-8")) from error
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            message = f"{path}:{number}: no JSON ({error}); a run that was stopped? make it anew"
            raise InputError(message) from error
        if not isinstance(row, dict):
            message = f"{path}:{number}: no row of a sample"
            raise InputError(message)
        yield number, row


def _unread(path: Path, why: str | None) -> str:
    return f"{path}: cannot be read ({why}); name a folder of decloak corpus perturb-llm"
