"""CyNER: strict scores on the data set's own labels, beside published ones.

A model fine-tuned on the ``cyner/train`` rows is scored on ``cyner/valid`` by seqeval (strict mode,
IOB2). Words are cut at every edge of a known or a predicted span too, so a span counts as right
only when every character agrees.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from decloak.core.errors import InputError, SettingsError, UnreadableError
from decloak.core.labels import LABELS
from decloak.evaluation.report import Table
from decloak.evaluation.tagger.folders import described, description
from decloak.evaluation.tagger.mentions import Mention
from decloak.evaluation.tagger.predict import Answers
from decloak.evaluation.tagger.systems import Decoded, PipelineSystem, TaggerSystem
from decloak.evaluation.tagger.tables import number
from decloak.tag.words import split

__all__ = ["NATIVE_OF", "Sentence", "bio", "merged", "read", "score", "tables", "trusted"]

PUBLISHED = {"SecureBERT": 0.767, "SecBERT": 0.619, "CyBERT": 0.351}
"""F1 reported by others on this data set."""

NATIVE_OF = {
    "MALWARE": "Malware", "ORGANIZATION": "Organization", "THREAT_ACTOR": "Organization",
    "SOFTWARE": "System", "OS": "System", "CVE": "Vulnerability", "DOMAIN": "Indicator",
    "IP_ADDRESS": "Indicator", "URL": "Indicator", "EMAIL": "Indicator", "HASH": "Indicator",
    "FILE_PATH": "Indicator", "CIDR": "Indicator",
}  # fmt: skip
"""What the data set calls each of our labels."""

_LABELS = ("Indicator", "Malware", "Organization", "System", "Vulnerability")
"""The data set's own labels."""

_TRUST = 0.75
"""Precision on the training rows from which a label of the pipeline is added. Fixed beforehand."""
_SURE = 0.85
"""Confidence of the model from which nothing replaces what it says."""

Span = tuple[int, int, str]


class Sentence(NamedTuple):
    """One row: its text and its spans under the data set's own labels."""

    id: str
    text: str
    spans: tuple[Span, ...]


def read(data: Path, part: str) -> list[Sentence]:
    """Return the rows of ``train`` or ``valid``.

    Raises:
        UnreadableError: when the file is not there or has no such rows.
    """
    file = data / "report.jsonl"
    if not file.exists():
        message = f"{file} is not there; name its folder with --data"
        raise UnreadableError(message)
    with file.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if f'"cyner/{part}/' in line]
    made = [
        Sentence(
            row["id"],
            row["text"],
            tuple(sorted((e["start"], e["end"], e["native"]) for e in row["gold"]["entities"])),
        )
        for row in rows
        if row["id"].startswith(f"cyner/{part}/")
    ]
    if not made:
        message = f"{file} has no rows of cyner/{part}"
        raise UnreadableError(message)
    return made


def bio(text: str, spans: Iterable[Span], cuts: Iterable[int]) -> list[str]:
    """Return one IOB2 label per word; `cuts` are more places where words end.

    Args:
        text: the sentence.
        spans: not overlapping; every edge must be among `cuts` or at the edge of a word.
        cuts: code-point offsets.
    """
    found = split(text)
    edges = sorted(set(cuts))
    words: list[tuple[int, int]] = []
    for start, end in zip(found.starts, found.ends, strict=True):
        inner = [edge for edge in edges if start < edge < end]
        words += zip([start, *inner], [*inner, end], strict=True)
    labels = ["O"] * len(words)
    for low, high, label in spans:
        inside = [i for i, (start, end) in enumerate(words) if low <= start and end <= high]
        for index in inside:
            labels[index] = f"{'B' if index == inside[0] else 'I'}-{label}"
    return labels


def score(
    sentences: Sequence[Sentence], said: Sequence[Sequence[Span]]
) -> dict[str, Mapping[str, float]]:
    """Return seqeval's strict report: label or ``micro avg`` -> precision, recall, f1-score, support.

    Raises:
        SettingsError: when seqeval is not installed.
    """
    try:
        metrics, scheme = import_module("seqeval.metrics"), import_module("seqeval.scheme")
    except ImportError as error:
        message = "scoring needs seqeval: pip install seqeval"
        raise SettingsError(message) from error
    truth, guess = [], []
    for sentence, spans in zip(sentences, said, strict=True):
        cuts = [edge for span in (*sentence.spans, *spans) for edge in span[:2]]
        truth.append(bio(sentence.text, sentence.spans, cuts))
        guess.append(bio(sentence.text, spans, cuts))
    report: dict[str, Mapping[str, float]] = metrics.classification_report(
        truth, guess, mode="strict", scheme=scheme.IOB2, output_dict=True, zero_division=0
    )
    return report


def trusted(sentences: Sequence[Sentence], said: Sequence[Sequence[Mention]]) -> dict[str, float]:
    """Return the labels of the pipeline that are right often enough, with their precision.

    Args:
        sentences: training rows.
        said: what the pipeline without a model finds in them.
    """
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for sentence, mentions in zip(sentences, said, strict=True):
        known = set(sentence.spans)
        for mention in mentions:
            native = NATIVE_OF.get(mention.label)
            if native is not None:
                total[mention.label] += 1
                right[mention.label] += (mention.start, mention.end, native) in known
    return {
        label: right[label] / total[label]
        for label in sorted(total)
        if total[label] >= 5 and right[label] / total[label] >= _TRUST
    }


def merged(model: Sequence[Mention], rest: Sequence[Mention], trust: Iterable[str]) -> list[Span]:
    """Add what the pipeline finds to what the model says.

    A trusted mention takes the place of the model's spans that it overlaps, unless the model is sure of
    one of them.

    Args:
        model: spans with the data set's own labels.
        rest: mentions of the pipeline.
        trust: labels to add.
    """
    spans = sorted(model)
    added: list[Mention] = []
    labels = frozenset(trust)
    for mention in sorted(rest):
        if mention.label not in labels or any(_overlap(mention, other) for other in added):
            continue
        rivals = [each for each in spans if _overlap(mention, each)]
        if any(each.confidence >= _SURE for each in rivals):
            continue
        spans = [each for each in spans if each not in rivals]
        added.append(mention._replace(label=NATIVE_OF[mention.label]))
    return sorted((each.start, each.end, each.label) for each in (*spans, *added))


def _overlap(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end


def tables(data: Path, model: Path | None, answers: Answers) -> list[Table]:
    """Run, score and lay out.

    Args:
        data: folder of ``report.jsonl``.
        model: folder of a model with the data set's own labels; None for the pipeline alone.
        answers: where answers come from.

    Raises:
        UnreadableError: when the rows are not there.
        InputError: when the model has other labels.
        SettingsError: when seqeval is not installed.
    """
    train, valid = read(data, "train"), read(data, "valid")
    pipeline = PipelineSystem("pipeline without model", "off")
    rest = answers.of(pipeline, [row.text for row in valid])
    trust = trusted(train, answers.of(pipeline, [row.text for row in train]))
    rows = {"decode, sources and gazetteers, nothing trained": [
        merged([], mentions, trust) for mentions in rest
    ]}  # fmt: skip
    if model is not None:
        with described(model, _renamed) as folder:
            back = _stand_ins(description(model))
            alone = TaggerSystem("cyner", folder)
            for decoded in (False, True):
                system = Decoded("cyner", alone) if decoded else alone
                said = [
                    [each._replace(label=back[each.label]) for each in mentions]
                    for mentions in answers.of(system, [row.text for row in valid])
                ]
                name = f"{description(model).get('encoder', 'model')} + CRF"
                plain = [[(e.start, e.end, e.label) for e in mentions] for mentions in said]
                rows[f"{name} + decode" if decoded else name] = plain
            rows[f"{name} + decode, sources, gazetteers"] = [
                merged(*both, trust) for both in zip(said, rest, strict=True)
            ]
    return _laid_out({name: score(valid, spans) for name, spans in rows.items()}, trust)


def _stand_ins(told: Mapping[str, Any]) -> dict[str, str]:
    """Return one of our labels for each of theirs, in the same order: only ours can be loaded.

    Raises:
        InputError: when a label is not of this data set.
    """
    names = [label[2:] for label in told["labels"] if label.startswith("B-")]
    if unknown := [name for name in names if name not in _LABELS]:
        message = f"the model's labels are not those of CyNER: {', '.join(unknown)}"
        raise InputError(message)
    return dict(zip(LABELS, names, strict=False))


def _renamed(told: dict[str, Any]) -> dict[str, Any]:
    ours = {native: name for name, native in _stand_ins(told).items()}
    labels = [
        f"{mark}-{ours[native]}" if dash else mark
        for mark, dash, native in (label.partition("-") for label in told["labels"])
    ]
    return told | {"labels": labels}


def _laid_out(
    reports: Mapping[str, Mapping[str, Mapping[str, float]]], trust: Mapping[str, float]
) -> list[Table]:
    main = Table(
        "CyNER, rows cyner/valid: strict entity scores (seqeval, micro)",
        ("system", "precision", "recall", "F1"),
    )
    for name, f1 in PUBLISHED.items():
        main.add(f"{name} (published)", "–", "–", number(f1))
    for name, report in reports.items():
        main.add(name, *_three(report["micro avg"]))
    labels = Table("CyNER per label: precision / recall / F1", ("label", "entities", *reports))
    for label in _LABELS:
        cells = [" / ".join(_three(report.get(label, {}))) for report in reports.values()]
        support = next((r[label]["support"] for r in reports.values() if label in r), 0)
        labels.add(label, int(support), *cells)
    given = Table(
        f"Labels of the pipeline that are added: precision on cyner/train, {_TRUST} or more",
        ("label", "counts as", "precision"),
    )
    for label, precision in trust.items():
        given.add(label, NATIVE_OF[label], number(precision))
    return [main, labels, given]


def _three(row: Mapping[str, float]) -> Iterator[str]:
    return (number(row.get(name)) for name in ("precision", "recall", "f1-score"))
