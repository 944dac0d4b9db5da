"""Prompting: static or dynamic, zero-shot or few-shot, refined or not, and round by round."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from decloak.core.document import Document
from decloak.core.labels import CORE_LABELS
from decloak.evaluation.llm.sample import Sample, draw, short_name
from decloak.evaluation.report import Table, percent
from decloak.evaluation.reproduce.bench import SOURCES, Bench
from decloak.evaluation.reproduce.outcome import LATE, Chart, Measure, Missing, Outcome, Series
from decloak.evaluation.reproduce.prompts import Reworded
from decloak.evaluation.score import Counts, match_values
from decloak.evaluation.tagger.bootstrap import interval, weights
from decloak.identify.omissions import is_named
from decloak.identify.places import fold
from decloak.llm import open_model
from decloak.options import Settings
from decloak.pipeline import Pipeline

__all__ = ["WITHOUT", "prompting", "sample"]

ROUNDS = 3
WITHOUT = "decloak reproduce prompting llm --budget small --corpus CORPUS --llm gguf:$(../shared/tools/fetch-gguf 0.5b)"
_DYNAMIC = "dynamic, few-shot"
_WAYS: Mapping[str, tuple[bool, bool, bool]] = {
    _DYNAMIC: (False, True, False),
    "dynamic, zero-shot": (False, False, False),
    "static, few-shot": (True, True, False),
    "static, zero-shot": (True, False, False),
    "dynamic, few-shot, refined": (False, True, True),
}
"""Way -> static, with an example, refined."""
_LONGEST = 450


@dataclass(frozen=True, slots=True)
class _Row:
    """What one way of asking brought for one document.

    Attributes:
        way, id: which.
        values: distinct gold values of the six labels.
        omitted: of these, left out after each round.
        counts: hits, spurious and missed values read in the narrative after each round.
        rounds: that there were; the last one stands for those that were not needed.
    """

    way: str
    id: str
    values: int
    omitted: tuple[int, ...]
    counts: tuple[tuple[int, int, int], ...]
    rounds: int


def sample(bench: Bench) -> list[Sample]:
    """Return the documents that a language model tells: the shortest of each tool that say something."""
    lines = bench.work / "told" / f"{bench.digest()}-{bench.seed}.jsonl"
    if bench.corpus.is_file():
        lines = bench.corpus
    elif not lines.exists():
        from decloak.corpus.sample import to_line  # noqa: PLC0415 - only for a folder

        lines.parent.mkdir(parents=True, exist_ok=True)
        lines.write_text("".join(map(to_line, bench.samples("test"))), "utf-8")
    drawn = draw([lines], bench.budget.told, _LONGEST, bench.seed)
    return [each for each in drawn if each.source in SOURCES]


def prompting(bench: Bench) -> Outcome:
    """Ask a model in every way about the same documents."""
    made = Outcome()
    if bench.llm is None or bench.budget.told == 0:
        why = (
            "no language model is named"
            if bench.llm is None
            else "this budget asks no language model"
        )
        made.missing.append(Missing("all ways of prompting", why, WITHOUT))
        return made
    chosen = sample(bench)
    rows: dict[str, list[_Row]] = {way: [] for way in _WAYS}
    for document in chosen:
        if bench.is_late and not all(_path(bench, way, document).exists() for way in _WAYS):
            made.missing.append(Missing(f"document {document.id}", LATE, WITHOUT))
            continue
        for way, each in rows.items():
            each.append(_row(bench, way, document))
    if not rows[_DYNAMIC]:
        return made
    table = Table(
        f"Values of the six labels that the report omits, and F1 of what is read in it: {short_name(bench.llm)}",
        ("way", "documents", "values", *(f"omitted, round {i + 1}" for i in range(ROUNDS)),
         *(f"F1, round {i + 1}" for i in range(ROUNDS))),
    )  # fmt: skip
    for way, each in rows.items():
        table.add(way, len(each), sum(row.values for row in each),
                  *(percent(_omitted(each, i)) for i in range(ROUNDS)),
                  *(percent(_f1(each, i)) for i in range(ROUNDS)))  # fmt: skip
    made.tables.append(table)
    places = tuple(str(number) for number in range(ROUNDS + 1))
    made.charts.append(
        Chart(
            "prompting", "Values left out, round by round", "lines", places,
            tuple(
                Series(way, (1.0, *(_omitted(each, i) for i in range(ROUNDS))))
                for way, each in rows.items()
            ),
            "omitted", "rounds",
        )
    )  # fmt: skip
    for name, one, two, at in (
        ("omitted less, dynamic", "static, few-shot", _DYNAMIC, 0),
        ("omitted less, few-shot", "dynamic, zero-shot", _DYNAMIC, 0),
        ("omitted less, refined", _DYNAMIC, "dynamic, few-shot, refined", 0),
    ):
        made.measures[name] = _less(rows[one], rows[two], at, at, bench.seed)
    made.measures["omitted less, after the loop"] = _less(
        rows[_DYNAMIC], rows[_DYNAMIC], 0, ROUNDS - 1, bench.seed
    )
    made.notes += [
        (
            "Without a model (round 0) nothing is told. *Static*: one fixed instruction and example for all tools. "
            "*Refined*: the model words its instruction anew, once for a template. What a report leaves out is "
            "told by the verbaliser afterwards, which is not counted here."
        ),
        (
            f"{len(rows[_DYNAMIC])} short documents, one thread, {short_name(bench.llm)}: a small model; those of the "
            "publication cannot be asked here. Intervals over so few documents are wide."
        ),
    ]
    return made


def _row(bench: Bench, way: str, document: Sample) -> _Row:
    path = _path(bench, way, document)
    if path.exists():
        return _read(path)
    bench.say(f"{way}: {document.source} {document.id}")
    made = _measured(bench, way, document)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(made)), "utf-8")
    return made


def _path(bench: Bench, way: str, document: Sample) -> Path:
    name = f"{short_name(bench.llm or '').partition(':')[2]}-{way}-{document.id}".replace(" ", "")
    return bench.work / "prompting" / f"{name.replace(',', '-')}.json"


def _read(path: Path) -> _Row:
    row = json.loads(path.read_text("utf-8"))
    return _Row(**{**row, "omitted": tuple(row["omitted"]),
                   "counts": tuple(tuple(each) for each in row["counts"])})  # fmt: skip


def _measured(bench: Bench, way: str, document: Sample) -> _Row:
    is_static, is_shown, is_refined = _WAYS[way]
    settings = Settings(
        llm=bench.llm, llm_mode="narrative", llm_rounds=ROUNDS, llm_samples=0, llm_refine=is_refined,
        critique=False, trace=True, review=True, llm_seed=bench.seed % 1000, llm_timeout=3600,
        llm_threads=1, llm_cache=bench.work / "replies", tagger="off",
    )  # fmt: skip
    model = Reworded(
        open_model(bench.llm or "", settings.llm), is_static=is_static, is_shown=is_shown
    )
    result = Pipeline(settings, model).run(Document(document.id, document.text))
    trace = result.identification or {"rounds": []}
    stories = [each["narrative"] for each in trace["rounds"]] or [""]
    gold = tuple(each for each in document.gold if each.label in CORE_LABELS)
    values = match_values(gold, []).missed  # each distinct value once
    reader = Pipeline(Settings(source="prose", strategy="off"))
    omitted, counts = [], []
    for at in range(ROUNDS):
        story = stories[min(at, len(stories) - 1)]
        folded = fold(story)
        omitted.append(sum(not is_named(folded, each.label, each.value) for each in values))
        said = [e for e in reader.run(Document("-", story)).entities if e.label in CORE_LABELS]
        found = match_values(gold, said)
        counts.append((len(found.hits), len(found.spurious), len(found.missed)))
    return _Row(way, document.id, len(values), tuple(omitted), tuple(counts), len(stories))


def _omitted(rows: Sequence[_Row], at: int) -> float | None:
    values = sum(row.values for row in rows)
    return sum(row.omitted[at] for row in rows) / values if values else None


def _f1(rows: Sequence[_Row], at: int) -> float | None:
    return sum((Counts(*row.counts[at]) for row in rows), Counts()).f1


def _less(one: Sequence[_Row], two: Sequence[_Row], at: int, then: int, seed: int) -> Measure:
    """Return how many fewer of the values are left out in the second, documents drawn."""
    gain = np.array([a.omitted[at] - b.omitted[then] for a, b in zip(one, two, strict=True)])
    values = np.array([row.values for row in one])
    drawn = weights(len(one), seed)
    low, high = interval((drawn @ gain) / np.maximum(drawn @ values, 1))
    return Measure(
        float(gain.sum() / max(1, values.sum())), low, high,
        f"{len(one)} documents, {int(values.sum())} values", drawn=len(one),
    )  # fmt: skip
