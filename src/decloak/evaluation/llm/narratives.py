"""Narratives: what a model leaves out, before and after the loop; who finds what, and at what cost."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from decloak.core.document import Document
from decloak.core.errors import ModelError
from decloak.evaluation.llm.sample import Sample, short_name
from decloak.evaluation.report import Table, percent
from decloak.evaluation.score import Counts, key
from decloak.identify import known_places
from decloak.identify.omissions import is_named
from decloak.identify.places import fold
from decloak.llm import ChatModel, Reply, Request, Usage, open_model
from decloak.llm.wrapper import Wrapper
from decloak.options import ModelMode, Settings
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
        cached: how many of the requests were answered from the cache, in no time.
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
    cached: int
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
        settings = Settings(llm=uri, **given)
        self._meter = _Meter(open_model(uri, settings.llm))
        self._full = self._pipeline("full", given)
        modes: tuple[ModelMode, ...] = ("monolithic", "structured")
        self._ways = {mode: self._pipeline(mode, given) for mode in modes}

    def _pipeline(self, mode: ModelMode, given: dict[str, Any]) -> Pipeline:
        settings = Settings(llm=self._uri, llm_mode=mode, trace=True, review=True, **given)
        return Pipeline(settings, self._meter)

    def measure(self, sample: Sample) -> Measured:
        """Measure one document."""
        document = Document(sample.id, sample.text)
        meter = self._meter
        meter.reset()
        result = self._full.run(document)
        cost = (meter.requests, meter.usage, meter.seconds, meter.cached, meter.faults)
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
            requests=cost[0],
            prompt_tokens=cost[1].prompt_tokens,
            completion_tokens=cost[1].completion_tokens,
            seconds=cost[2],
            cached=cost[3],
            rounds=len(trace["rounds"]),
            faults=cost[4],
        )

    def _claims(self, mode: ModelMode, document: Document) -> tuple[set[tuple[str, str]], int]:
        """Return what the model names in one way, grounded or not, and how much is not."""
        pipeline = self._ways[mode]
        if pipeline.identifier is None:
            return set(), 0
        decoded, segments, facts, _ = pipeline.read(document)
        known = known_places(decoded, self._plain.run(document).entities)
        made = pipeline.identifier.identify(decoded, segments, facts, known)
        claims = {(voice.label, decoded.text[voice.start : voice.end]) for voice in made.voices}
        return claims | {(each.label, each.text) for each in made.ungrounded}, len(made.ungrounded)


class _Meter(Wrapper):
    """Counts the tokens of all replies, those from the cache among them."""

    def __init__(self, inner: ChatModel) -> None:
        super().__init__(inner)
        self.reset()

    def reset(self) -> None:
        """Begin to count."""
        self.requests = self.cached = self.faults = 0
        self.usage, self.seconds = Usage(), 0.0

    def complete(self, request: Request) -> Reply:
        """Ask, and count the reply or the fault."""
        self.requests += 1
        try:
            reply = self.inner.complete(request)
        except ModelError:
            self.faults += 1
            raise
        self.cached += reply.cached
        self.usage += reply.usage
        self.seconds += reply.seconds
        return reply


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
        ("model", "source", "documents", "requests", "tokens read", "tokens written",
         "unusable replies", "timed documents", "seconds"),
    )  # fmt: skip
    for model in models:
        for source, group in _by_source(rows, model).items():
            count = len(group)
            timed = [row.seconds for row in group if not row.cached]
            table.add(
                short_name(model), source, count, f"{sum(r.requests for r in group) / count:.1f}",
                sum(r.prompt_tokens for r in group) // count,
                sum(r.completion_tokens for r in group) // count,
                sum(r.faults for r in group), len(timed),
                f"{sum(timed) / len(timed):.0f}" if timed else "–",
            )  # fmt: skip
    return table
