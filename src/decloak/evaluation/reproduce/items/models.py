"""Language models: who finds what, with a real model in front, alone, and in the pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from decloak.evaluation.llm import narratives
from decloak.evaluation.llm.narratives import Measured
from decloak.evaluation.llm.sample import Sample, short_name
from decloak.evaluation.reproduce.bench import Bench
from decloak.evaluation.reproduce.items.prompting import WITHOUT, sample
from decloak.evaluation.reproduce.outcome import LATE, Chart, Measure, Missing, Outcome, Series
from decloak.evaluation.score import Counts
from decloak.evaluation.tagger.bootstrap import interval, weights

__all__ = ["llm"]


def llm(bench: Bench) -> Outcome:
    """Measure the model that is named, on the documents that prompting uses."""
    made = Outcome()
    if bench.llm is None or bench.budget.told == 0:
        why = (
            "no language model is named"
            if bench.llm is None
            else "this budget asks no language model"
        )
        made.missing.append(Missing("everything with a language model", why, WITHOUT))
        return made
    folder = bench.work / "llm"
    folder.mkdir(parents=True, exist_ok=True)
    chosen = sample(bench)
    known = folder / f"{short_name(bench.llm).partition(':')[2]}-{bench.digest()}.jsonl"
    rows = list(
        narratives.measure(
            _in_time(bench, chosen), bench.llm, known, bench.say, rounds=3, samples=0, critique=False, timeout=3600,
            threads=1, seed=bench.seed % 1000, cache=bench.work / "replies",
        )
    )  # fmt: skip
    if len(rows) < len(chosen):
        what = f"{len(chosen) - len(rows)} of {len(chosen)} documents"
        made.missing.append(Missing(what, LATE, WITHOUT))
    if not rows:
        return made
    made.tables += narratives.tables(rows)
    names = ("precision", "recall", "F1")
    made.charts.append(
        Chart(
            "llm", f"Values found, {short_name(bench.llm)}, {len(rows)} documents", "bars", names,
            tuple(Series(way, _shares(rows, way)) for way in narratives.SYSTEMS), "", "", percent=True,
        )
    )  # fmt: skip
    for name, one, two in (
        ("F1 gained, narrative against no model", "narrative + tagger", "without a model"),
        ("F1 gained, full pipeline against no model", "full pipeline", "without a model"),
        ("F1 gained, full pipeline against monolithic", "full pipeline", "monolithic"),
    ):
        made.measures[name] = _gain(rows, one, two, bench.seed)
    made.notes += [
        (
            "All labels, by value; gold and claims of labels for which the gold is not complete count too, so "
            "that precision is a lower bound. *Without a model*: what decloak accepts by itself. *Monolithic*: "
            "one prompt, taken at its word. *Narrative + tagger*: what is read in the report, at its word."
        ),
        (
            "The publication's models (Claude 3.5 Sonnet, Llama 3 8B, Mixtral 8x7B) cannot be asked here; any "
            "other one can: `--llm`."
        ),
    ]
    return made


def _in_time(bench: Bench, chosen: Sequence[Sample]) -> Iterator[Sample]:
    for each in chosen:
        if bench.is_late:
            return
        yield each


def _sum(rows: list[Measured], way: str) -> Counts:
    return sum((Counts(*row.counts[way]) for row in rows), Counts())


def _shares(rows: list[Measured], way: str) -> tuple[float | None, ...]:
    counts = _sum(rows, way)
    return counts.precision, counts.recall, counts.f1


def _gain(rows: list[Measured], one: str, two: str, seed: int) -> Measure:
    drawn = weights(len(rows), seed)
    scores = []
    for way in (one, two):
        counts = np.array([row.counts[way] for row in rows], np.float64)
        sums = drawn @ counts
        scores.append(2 * sums[:, 0] / np.maximum(2 * sums[:, 0] + sums[:, 1] + sums[:, 2], 1))
    low, high = interval(scores[0] - scores[1])
    value = (_sum(rows, one).f1 or 0.0) - (_sum(rows, two).f1 or 0.0)
    return Measure(value, low, high, f"{len(rows)} documents", drawn=len(rows))
