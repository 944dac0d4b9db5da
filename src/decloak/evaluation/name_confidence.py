"""Name confidence: how often the model is right about a name in reports by others, by its confidence.

    python -m decloak.evaluation.name_confidence [--data DATA] [--model DIR]

Reads the development half of the AnnoCTR reports (`decloak.evaluation.halves`; the other half is for scoring
alone), fits a line through the log-odds for each label by what names look like, and writes it into the student's
record, for `decloak.tag.name_confidence`. No weight is trained on those reports.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from math import log
from pathlib import Path
from typing import NamedTuple

import numpy as np

from decloak.core.entity import Tagged
from decloak.evaluation.gold import DEFAULT_DATA, load
from decloak.evaluation.halves import is_training_half
from decloak.tag.bearers import settled
from decloak.tag.modes import reader_of
from decloak.tag.name_confidence import KINDS, kind_of, without_noun
from decloak.tag.places import SHIPPED, STUDENT_RECORD
from decloak.tag.standing import weighed

__all__ = ["Said", "fitted", "main", "said_in"]

_LABELS = ("MALWARE", "ORGANIZATION", "THREAT_ACTOR")
_COLLECTION = "annoctr"
_EDGE = 1e-4
_PRIOR = 4.0
"""Variance of what is assumed of a line before anything is seen: slope 1, nothing added."""
_STEPS = 50


class Said(NamedTuple):
    """What the model said of one name.

    Attributes:
        label, kind: its label, and what it looks like.
        confidence: how sure the model was.
        right: whether that was right.
        added: log-odds that are added for how it is known.
    """

    label: str
    kind: str
    confidence: float
    right: bool
    added: float = 0.0


def said_in(data: Path, model: Path) -> Iterator[Said]:
    """Yield what the model says of names in the development half.

    Raises:
        UnreadableError: when there are no labelled documents.
    """
    reader = reader_of("auto", model)
    if reader is None:
        return
    for row in load(data, sources=frozenset({"report"})):
        if row.collection != _COLLECTION or not is_training_half(row.group):
            continue
        gold = {(each.start, each.end): each for each in row.entities}
        spans = [without_noun(each, row.text) for each in reader.prose(row.text)]
        for start, end, label, sure in settled(spans, row.text):
            if label in _LABELS:
                hit = gold.get((start, end))
                right = hit is not None and label in {hit.label, *hit.alt}
                even = [Tagged(start, end, label, 0.5)]
                known = next(weighed(even, row.text, None)).confidence
                kind = kind_of(label, row.text[start:end])
                yield Said(label, kind, sure, right, log(known / (1 - known)))


def fitted(seen: Sequence[Said]) -> dict[str, dict[str, float]]:
    """Return label -> the slope, and what each kind of name adds to the log-odds (ridge logistic regression)."""
    lines: dict[str, dict[str, float]] = {}
    for label in _LABELS:
        rows = [each for each in seen if each.label == label]
        sure = np.clip([each.confidence for each in rows], _EDGE, 1 - _EDGE)
        inputs = np.zeros((len(rows), 1 + len(KINDS)))
        inputs[:, 0] = [log(each / (1 - each)) for each in sure]
        for row, each in enumerate(rows):
            inputs[row, 1 + KINDS.index(each.kind)] = 1
        added = np.asarray([each.added for each in rows])
        right = np.asarray([each.right for each in rows], np.float64)
        assumed = np.zeros(1 + len(KINDS))
        assumed[0] = 1
        weights = assumed.copy()
        for _ in range(_STEPS):  # Newton's
            share = 1 / (1 + np.exp(-inputs @ weights - added))
            slope = inputs.T @ (right - share) - (weights - assumed) / _PRIOR
            bend = (inputs.T * (share * (1 - share))) @ inputs + np.eye(len(weights)) / _PRIOR
            move = np.linalg.solve(bend, slope)
            weights = weights + move / max(
                1.0, float(np.abs(move).max())
            )  # far off, a whole step overshoots
        lines[label] = {
            name: round(float(value), 3)
            for name, value in zip(("slope", *KINDS), weights, strict=True)
        }
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and write; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m decloak.evaluation.name_confidence", description=__doc__
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--model", type=Path, default=SHIPPED)
    options = parser.parse_args(arguments)
    seen = list(said_in(options.data, options.model))
    path = options.model / STUDENT_RECORD
    record = json.loads(path.read_text("utf-8"))
    record["lines"] = fitted(seen)
    record["lines_from"] = {label: sum(each.label == label for each in seen) for label in _LABELS}
    path.write_text(json.dumps(record) + "\n", "utf-8")
    sys.stdout.write(json.dumps(record["lines"], indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
