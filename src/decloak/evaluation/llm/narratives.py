"""Narratives: what a model leaves out, before and after the loop; who finds what, and at what cost."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from decloak.config import ModelMode, Settings
from decloak.core.document import Document
from decloak.evaluation.llm.sample import Sample, short_name
from decloak.evaluation.report import Table, percent
from decloak.evaluation.score import Counts, key
from decloak.identify.omissions import is_named
from decloak.identify.places import fold
from decloak.pipeline import Pipeline

__all__ = ["SYSTEMS", "Measured", "measure", "tables"]

SYSTEMS = ("without a model", "monolithic", "structured", "narrative + tagger", "full pipeline")


@dataclass(frozen=True, slots=True)
class Measured:
    """What was counted for one document and one model.

    Attributes:
        omitted: gold values missing from the narrative: after the first round, after the last,
            and after the verbaliser's sentences.
        values: gold values in all.
        counts: hits, spurious and misses of each of `SYSTEMS`, by value.
        ungrounded: what monolithic extraction names and the text does not hold.
        requests, prompt_tokens, completion_tokens, seconds: of the full pipeline.
        rounds: of its loop.
        faults: replies that could not be used.
    """

    id: str
    source: str
    model: str
    omitted: tuple[int, int, int]
    values: int
    counts: dict[str, tuple[int, int, int]]
    ungrounded: int
    requests: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    rounds: int
    faults: int


def measure(
    documents: Iterable[Sample],
    uri: str,
    records: Path | None,
    say: Callable[[str], None],
    **llm: Any,
) -> Iterator[Measured]:
    """Measure one model on documents, one by one.

    Args:
        documents: what to measure on.
        uri: of the model.
        records: a file of what was measured before; it is not measured again.
        say: told about each document.
        llm: other fields of `Settings`, without ``llm_``.
    """
    done = {(row.model, row.id): row for row in _read(records)}
    bench = _Bench(uri, {f"llm_{name}": value for name, value in llm.items()})
    for sample in documents:
        row = done.get((uri, sample.id))
        if row is None:
            row = bench.measure(sample)
            if records is not None:
                with records.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(row)) + "\n")
            say(f"{uri} {sample.source} {sample.id}: {row.seconds:.0f} s")
        yield row


def _read(records: Path | None) -> Iterator[Measured]:
    if records is not None and records.exists():
        for line in records.read_text("utf-8").splitlines():
            row = json.loads(line)
            row["omitted"] = tuple(row["omitted"])
            row["counts"] = {name: tuple(counts) for name, counts in row["counts"].items()}
            yield Measured(**row)


class _Bench:
    """One model in all the ways it is used. It is loaded once."""

    def __init__(self, uri: str, given: dict[str, Any]) -> None:
        self._uri = uri
        self._plain = Pipeline()
        self._full = self._pipeline("full", given)
        model = self._full.identifier.model if self._full.identifier else None
        modes: tuple[ModelMode, ...] = ("monolithic", "structured")
        self._ways = {mode: self._pipeline(mode, given, model) for mode in modes}

    def _pipeline(self, mode: ModelMode, given: dict[str, Any], model: Any = None) -> Pipeline:
        settings = Settings(llm=self._uri, llm_mode=mode, trace=True, review=True, **given)
        return Pipeline(settings, model)

    def measure(self, sample: Sample) -> Measured:
        """Measure one document."""
        document = Document(sample.id, sample.text)
        before = self._spent()
        result = self._full.run(document)
        after = self._spent()
        trace = result.identification or {"rounds": [], "added": []}
        stories = [each["narrative"] for each in trace["rounds"]] or [""]
        whole = "\n".join((stories[-1], *trace["added"]))
        gold = {(each.label, key(each.label, each.value)): each.value for each in sample.gold}
        values = [(label, value) for (label, _), value in gold.items()]
        said = Pipeline(Settings(source="prose", strategy="off")).run(Document("-", stories[-1]))
        mono, ungrounded = self._claims("monolithic", document)
        structured, _ = self._claims("structured", document)
        found = {
            "without a model": {(e.label, e.value) for e in self._plain.run(document).entities},
            "monolithic": mono,
            "structured": structured,
            "narrative + tagger": {(e.label, e.value) for e in said.entities},
            "full pipeline": {(e.label, e.value) for e in result.entities},
        }
        return Measured(
            id=sample.id,
            source=sample.source,
            model=self._uri,
            omitted=(_left(values, stories[0]), _left(values, stories[-1]), _left(values, whole)),
            values=len(values),
            counts={name: _counts(gold, claims) for name, claims in found.items()},
            ungrounded=ungrounded,
            requests=after[0] - before[0],
            prompt_tokens=after[1] - before[1],
            completion_tokens=after[2] - before[2],
            seconds=after[3] - before[3],
            rounds=len(trace["rounds"]),
            faults=after[4] - before[4],
        )

    def _claims(self, mode: ModelMode, document: Document) -> tuple[set[tuple[str, str]], int]:
        """Return what the model names in one way, grounded or not, and how much is not."""
        pipeline = self._ways[mode]
        if pipeline.identifier is None:
            return set(), 0
        decoded, segments, facts, _ = pipeline.read(document)
        made = pipeline.identifier.identify(decoded, segments, facts)
        claims = {(voice.label, decoded.text[voice.start : voice.end]) for voice in made.voices}
        return claims | {(each.label, each.text) for each in made.ungrounded}, len(made.ungrounded)

    def _spent(self) -> tuple[int, int, int, float, int]:
        account = self._full.account
        totals = account.summary().models.values() if account else ()
        return (
            sum(each.requests for each in totals),
            sum(each.usage.prompt_tokens for each in totals),
            sum(each.usage.completion_tokens for each in totals),
            sum(each.seconds for each in totals),
            sum(sum(each.faults.values()) for each in totals),
        )


def _left(values: Sequence[tuple[str, str]], narrative: str) -> int:
    folded = fold(narrative)
    return sum(not is_named(folded, label, value) for label, value in values)


def _counts(gold: Iterable[tuple[str, str]], claims: set[tuple[str, str]]) -> tuple[int, int, int]:
    wanted = set(gold)
    said = {(label, key(label, value)) for label, value in claims}
    return len(wanted & said), len(said - wanted), len(wanted - said)


def tables(rows: Sequence[Measured]) -> list[Table]:
    """Lay out what was measured."""
    models = list(dict.fromkeys(row.model for row in rows))
    return [_omissions(rows, models), _systems(rows, models), _cost(rows, models)]


def _by_source(rows: Sequence[Measured], model: str) -> dict[str, list[Measured]]:
    groups: dict[str, list[Measured]] = defaultdict(list)
    for row in rows:
        if row.model == model:
            groups[row.source].append(row)
            groups["all"].append(row)
    return {name: groups[name] for name in sorted(groups, key=lambda name: name == "all")}


def _omissions(rows: Sequence[Measured], models: Sequence[str]) -> Table:
    table = Table(
        "Omission rate: share of the gold values that the narrative does not name",
        ("model", "source", "documents", "values", "first round", "after the loop", "with additions",
         "rounds"),
    )  # fmt: skip
    for model in models:
        for source, group in _by_source(rows, model).items():
            values = sum(row.values for row in group)
            shares = [percent(sum(row.omitted[i] for row in group) / values) for i in range(3)]
            rounds = sum(row.rounds for row in group) / len(group)
            table.add(short_name(model), source, len(group), values, *shares, f"{rounds:.1f}")
    return table


def _systems(rows: Sequence[Measured], models: Sequence[str]) -> Table:
    table = Table(
        "Entities by value", ("model", "way", "source", "precision", "recall", "F1", "ungrounded")
    )
    for model in models:
        for system in SYSTEMS:
            for source, group in _by_source(rows, model).items():
                counts = sum((Counts(*row.counts[system]) for row in group), Counts())
                made_up = sum(row.ungrounded for row in group) if system == "monolithic" else "–"
                table.add(
                    short_name(model), system, source, percent(counts.precision),
                    percent(counts.recall), percent(counts.f1), made_up,
                )  # fmt: skip
    return table


def _cost(rows: Sequence[Measured], models: Sequence[str]) -> Table:
    table = Table(
        "Cost of the full pipeline per document",
        ("model", "source", "requests", "tokens read", "tokens written", "seconds", "unusable replies"),
    )  # fmt: skip
    for model in models:
        for source, group in _by_source(rows, model).items():
            count = len(group)
            table.add(
                short_name(model), source, f"{sum(r.requests for r in group) / count:.1f}",
                sum(r.prompt_tokens for r in group) // count,
                sum(r.completion_tokens for r in group) // count,
                f"{sum(r.seconds for r in group) / count:.0f}", sum(r.faults for r in group),
            )  # fmt: skip
    return table
