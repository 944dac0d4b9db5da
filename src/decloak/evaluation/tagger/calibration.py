"""Calibration: the model's own confidence before and after its temperature, and the threshold."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from decloak.evaluation.report import Table
from decloak.evaluation.tagger.conditions import CLEAN, SEEN, UNSEEN, Condition
from decloak.evaluation.tagger.folders import described, description
from decloak.evaluation.tagger.matching import pair
from decloak.evaluation.tagger.mentions import Mention, Text
from decloak.evaluation.tagger.predict import Answers
from decloak.evaluation.tagger.reliability import Bin, bins, calibration_error
from decloak.evaluation.tagger.systems import PipelineSystem, System, TaggerSystem
from decloak.evaluation.tagger.tables import number
from decloak.evaluation.tagger.texts import clean_samples, draw, in_order
from decloak.perturb import load_mix

__all__ = ["Judged", "Row", "calibrate", "curve", "judge", "tables", "write_csv"]

PARTS = ("validation", "test")
AFTER, BEFORE, PIPELINE = "model, calibrated", "model, temperature 1", "full pipeline"
ACCEPTED = 0.85
THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99)
_FINE = tuple(step / 100 for step in range(100))


@dataclass(frozen=True, slots=True)
class Judged:
    """All spans that one system reports in some texts.

    Attributes:
        confidence: of each span, in [0, 1].
        right: whether gold of that label stands at exactly that range.
        gold: entities that there are.
    """

    confidence: tuple[float, ...]
    right: tuple[bool, ...]
    gold: int

    def above(self, threshold: float) -> Judged:
        """Return what is left when spans below a confidence are dropped."""
        kept = [
            (sure, good)
            for sure, good in zip(self.confidence, self.right, strict=True)
            if sure >= threshold
        ]
        return Judged(tuple(each[0] for each in kept), tuple(each[1] for each in kept), self.gold)

    def error(self, *, equal_mass: bool) -> float:
        """Return the expected calibration error."""
        return calibration_error(bins(self.confidence, self.right, equal_mass=equal_mass))


class Row(NamedTuple):
    """One point of the curve over thresholds; None where undefined."""

    threshold: float
    precision: float | None
    recall: float | None
    f1: float | None


def judge(texts: Sequence[Text], said: Sequence[Sequence[Mention]]) -> Judged:
    """Say of every span whether it is right; labels of which the gold says nothing are left out."""
    sure: list[float] = []
    good: list[bool] = []
    gold = 0
    for text, mentions in zip(texts, said, strict=True):
        asked = [each for each in mentions if text.checks(each.label)]
        pairing = pair(text.gold, asked, exact=True)
        sure += [mention.confidence for _, mention in pairing.hits]
        good += [True] * len(pairing.hits)
        wrong = [each for each in pairing.spurious if not text.excuses(each.start, each.end)]
        sure += [mention.confidence for mention in wrong]
        good += [False] * len(wrong)
        gold += len(text.gold)
    return Judged(tuple(sure), tuple(good), gold)


def curve(judged: Judged, thresholds: Sequence[float] = THRESHOLDS) -> list[Row]:
    """Return precision, recall and F1 of what is left above each threshold."""
    rows = []
    for threshold in thresholds:
        left = judged.above(threshold)
        right, said = sum(left.right), len(left.right)
        total = said + judged.gold
        rows.append(
            Row(
                threshold,
                right / said if said else None,
                right / judged.gold if judged.gold else None,
                2 * right / total if said and judged.gold else None,
            )
        )
    return rows


def calibrate(
    corpus: Path, model: Path, answers: Answers, *, documents: int, clean: int, seed: int
) -> dict[tuple[str, str], Judged]:
    """Judge the spans in both parts: clean, under the disguises of training, and under the others.

    Args:
        corpus: folder made by ``decloak corpus build``.
        model: model folder.
        answers: where answers come from.
        documents: documents in disguise.
        clean: documents as they are.
        seed: of samples and disguises.

    Returns:
        (texts, system) -> judged, texts such as ``validation, clean``.
    """
    found: dict[tuple[str, str], Judged] = {}
    with described(model, _uncalibrated) as before:
        systems: list[System] = [
            TaggerSystem(BEFORE, before),
            TaggerSystem(AFTER, model),
            PipelineSystem(PIPELINE, "auto", model),
        ]
        for name, texts in _texts(corpus, documents, clean, seed):
            for system in systems:
                said = answers.of(system, [text.text for text in texts])
                found[name, system.name] = judge(texts, said)
    return found


def _uncalibrated(told: dict[str, Any]) -> dict[str, Any]:
    return told | {"temperature": 1.0}


def _texts(corpus: Path, documents: int, clean: int, seed: int) -> Iterator[tuple[str, list[Text]]]:
    ways = [
        Condition("clean", CLEAN),
        Condition("seen disguises", SEEN, load_mix("default")),
        Condition("unseen disguises", UNSEEN, load_mix("reserved")),
    ]
    for part in PARTS:
        ordered = in_order(clean_samples(corpus, part), seed)
        for way in ways:
            count = clean if way.kind == CLEAN else documents
            yield f"{part}, {way.name}", draw(ordered, way, count, seed)


def tables(found: Mapping[tuple[str, str], Judged], model: Path) -> list[Table]:
    """Lay out."""
    temperature = description(model).get("temperature")
    error = Table(
        f"Expected calibration error of span confidence ({AFTER}: temperature {temperature})",
        ("texts", "confidence of", "spans", "right", "mean confidence",
         "ECE, 15 bins of equal width", "ECE, 15 bins of equal mass",
         f"ECE of spans at {ACCEPTED} and above, equal width"),
    )  # fmt: skip
    for (name, system), judged in found.items():
        spans = len(judged.right)
        error.add(
            name, system, spans,
            number(sum(judged.right) / spans if spans else None),
            number(sum(judged.confidence) / spans if spans else None),
            number(judged.error(equal_mass=False), 4),
            number(judged.error(equal_mass=True), 4),
            number(judged.above(ACCEPTED).error(equal_mass=False), 4),
        )  # fmt: skip
    made = [error]
    for part in PARTS:
        shown = Table(
            f"Threshold on the model's confidence, {part}: precision / recall / F1",
            ("threshold", *(name for name in _names(found) if name.startswith(part))),
        )
        columns = [curve(found[name, AFTER]) for name in shown.columns[1:]]
        for rows in zip(*columns, strict=True):
            cells = [" / ".join(map(number, row[1:])) for row in rows]
            shown.add(f"{rows[0].threshold:.2f}", *cells)
        made.append(shown)
    return made


def _names(found: Mapping[tuple[str, str], Judged]) -> list[str]:
    return list(dict.fromkeys(name for name, _ in found))


def write_csv(found: Mapping[tuple[str, str], Judged], path: Path) -> None:
    """Write the bins of every diagram, one row each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("texts", "confidence_of", "bins", *Bin._fields))
        for (name, system), judged in found.items():
            for kind, equal_mass in (("equal width", False), ("equal mass", True)):
                for each in bins(judged.confidence, judged.right, equal_mass=equal_mass):
                    shown = [
                        f"{value:.4f}" if isinstance(value, float) else value for value in each
                    ]
                    out.writerow((name, system, kind, *shown))


def fine_curve(judged: Judged) -> list[Row]:
    """Return the curve at every hundredth, for the plot."""
    return curve(judged, _FINE)
