"""Grounding: what of a model's report the text does not hold, as it was said and as it is told.

The judge is not the sieve that it judges: it reads the report like any prose, compares runs of digits,
and looks for what stands in the worked examples alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from decloak.core.document import Document
from decloak.evaluation.llm.sample import Sample, short_name
from decloak.evaluation.report import Table
from decloak.evaluation.score import key
from decloak.identify.places import fold, names
from decloak.identify.select import templates
from decloak.identify.sentences import key_of, sentences_of
from decloak.options import Settings
from decloak.pipeline import Pipeline

__all__ = ["Grounding", "measure", "tables"]

_DIGITS = re.compile(r"\d+")
_DELIMITER = re.compile(r"\bDATA-[0-9a-f]{8,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Grounding:
    """What was counted for one document and one model.

    Attributes:
        sentences: that the model wrote, in all rounds.
        removed: those that were taken out, each with what it names and the text does not hold.
        said: what the judge finds ungrounded in everything that the model wrote.
        told: what it finds in the narrative and in what was added to it.
        said_echoes, told_echoes: sentences of the worked example or with the prompt's delimiter, likewise.
        added: sentences of the verbaliser.
        faults: warnings about the model.
    """

    id: str
    source: str
    model: str
    sentences: int
    removed: tuple[tuple[str, tuple[str, ...]], ...]
    said: tuple[str, ...]
    told: tuple[str, ...]
    said_echoes: tuple[str, ...]
    told_echoes: tuple[str, ...]
    added: int
    faults: int


def measure(
    documents: Iterable[Sample],
    uri: str,
    records: Path | None,
    say: Callable[[str], None],
    **llm: Any,
) -> Iterator[Grounding]:
    """Measure one model on documents, one by one.

    Args:
        documents: what to measure on.
        uri: of the model.
        records: a file of what was measured before; it is not measured again.
        say: told about each document.
        llm: other fields of `Settings`, without ``llm_``.
    """
    given = {f"llm_{name}": value for name, value in llm.items()}
    settings = Settings(llm=uri, llm_mode="narrative", trace=True, **given)
    done = {(row.model, row.id): row for row in _read(records)}
    runner, judge = Pipeline(settings), _Judge()
    for sample in documents:
        row = done.get((uri, sample.id))
        if row is None:
            row = _measured(sample, uri, runner, judge)
            if records is not None:
                with records.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
            say(f"{uri} {sample.source} {sample.id}: {len(row.removed)} of {row.sentences} removed")
        yield row


def _read(records: Path | None) -> Iterator[Grounding]:
    if records is not None and records.exists():
        for line in records.read_text("utf-8").splitlines():
            row = json.loads(line)
            row["removed"] = tuple((each, tuple(values)) for each, values in row["removed"])
            for name in ("said", "told", "said_echoes", "told_echoes"):
                row[name] = tuple(row[name])
            yield Grounding(**row)


def _measured(sample: Sample, uri: str, runner: Pipeline, judge: _Judge) -> Grounding:
    result = runner.run(Document(sample.id, sample.text))
    trace = result.identification or {"template": "", "rounds": [], "added": []}
    rounds = trace["rounds"]
    narrative = rounds[-1]["narrative"] if rounds else ""
    removed = [each for round_ in rounds for each in round_["removed"]]
    said = "\n".join([narrative, *(each["sentence"] for each in removed)])
    told = "\n".join([narrative, *trace["added"]])
    held = judge.held(sample.text)
    shown = trace["template"].split(", ")
    kept = [each for each in sentences_of(narrative) if each.strip()]
    return Grounding(
        sample.id,
        sample.source,
        uri,
        len(kept) + len(removed),
        tuple((each["sentence"], tuple(each["ungrounded"])) for each in removed),
        tuple(judge.strays(said, held)),
        tuple(judge.strays(told, held)),
        tuple(_echoes(said, held, shown)),
        tuple(_echoes(told, held, shown)),
        len(trace["added"]),
        sum("language model" in warning for warning in result.warnings),
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """A document as the judge compares with it.

    Attributes:
        folded: raw, decoded, and the values of its entities.
        spelt: what its acronyms stand for, which prompts ask for; folded.
        digits: its runs of digits.
        keys: of its entities.
    """

    folded: str
    spelt: frozenset[str]
    digits: frozenset[str]
    keys: frozenset[str]


class _Judge:
    """Finds in a report what a document does not hold."""

    def __init__(self) -> None:
        self._plain = Pipeline(Settings(review=True))
        self._prose = Pipeline(Settings(source="prose", strategy="off", tagger="always"))

    def held(self, text: str) -> _Held:
        """Return a document to compare with, raw and decoded."""
        document = Document("-", text)
        decoded, *_ = self._plain.read(document)
        found = self._plain.run(document).all_entities
        values = [each.value for each in found]
        whole = fold("\n".join((text, " ".join(text.split()), decoded.text, *values)))
        return _Held(
            whole,
            frozenset(
                fold(name)
                for template in templates()
                for acronym, name in template.acronyms
                if names(whole, acronym)
            ),
            frozenset(_run(each) for each in _DIGITS.findall(whole)),
            frozenset(key(each.label, each.value) for each in found),
        )

    def strays(self, report: str, held: _Held) -> Iterator[str]:
        """Yield entities and numbers of a report that the document does not hold."""
        for entity in self._prose.run(Document("-", report)).entities:
            known = names(held.folded, entity.text) or names(held.folded, entity.value)
            # "version 1.2" read with the report's own word; a part of a longer version of the text
            written = fold(entity.text).removeprefix(f"{entity.label.lower()} ")
            known = known or written in held.spelt or written in held.folded
            if not known and key(entity.label, entity.value) not in held.keys:
                yield f"{entity.label} {entity.text}"
        for digits in dict.fromkeys(_DIGITS.findall(report)):
            if _run(digits) not in held.digits:
                yield f"number {digits}"


def _run(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _echoes(report: str, held: _Held, shown: Sequence[str]) -> Iterator[str]:
    """Yield the sentences of a report that come from the prompt."""
    examples = [
        each for template in templates() if template.name in shown for each in template.examples
    ]
    alone = {text for each in examples for _, text in each.entities if not names(held.folded, text)}
    theirs = {key_of(each) for example in examples for each in sentences_of(example.narrative)}
    for sentence in sentences_of(report):
        folded = fold(sentence)
        foreign = any(names(folded, text) for text in alone)
        whole = key_of(sentence) in theirs and key_of(sentence) not in held.folded
        if (
            _DELIMITER.search(sentence)
            or foreign
            or (whole and not _is_true(folded, examples, held))
        ):
            yield sentence.strip()


def _is_true(folded: str, examples: Sequence[Any], held: _Held) -> bool:
    """Whether a sentence of an example names something, and all of it stands in the document too."""
    named = [text for each in examples for _, text in each.entities if names(folded, text)]
    return bool(named) and all(names(held.folded, text) for text in named)


def tables(rows: Sequence[Grounding]) -> list[Table]:
    """Lay out what was counted."""
    table = Table(
        "Grounding of narratives: what the text does not hold, as the model said it and as it is told",
        ("model", "source", "documents", "sentences", "removed", "ungrounded said", "ungrounded told",
         "of the prompt said", "of the prompt told", "added", "model faults"),
    )  # fmt: skip
    for model in dict.fromkeys(row.model for row in rows):
        mine = [row for row in rows if row.model == model]
        for source in (*dict.fromkeys(row.source for row in mine), "all"):
            group = [row for row in mine if source in {row.source, "all"}]
            table.add(
                short_name(model), source, len(group), sum(row.sentences for row in group),
                *(sum(len(getattr(row, name)) for row in group)
                  for name in ("removed", "said", "told", "said_echoes", "told_echoes")),
                sum(row.added for row in group), sum(row.faults for row in group),
            )  # fmt: skip
    return [table]
