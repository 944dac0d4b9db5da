"""Labelled: the documents by others (``--data``) as texts, and the table over them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from decloak.core.labels import LABELS
from decloak.evaluation.gold import GoldDocument, load
from decloak.evaluation.halves import is_training_half
from decloak.evaluation.report import Table
from decloak.evaluation.tagger.mentions import Text
from decloak.evaluation.tagger.predict import Answers
from decloak.evaluation.tagger.systems import System
from decloak.evaluation.tagger.tables import number
from decloak.evaluation.tagger.tally import figures, tally

__all__ = ["labelled_texts", "table"]


def labelled_texts(data: Path, most: int, seed: int) -> list[Text]:
    """Return the documents, of each kind at most `most`, drawn by `seed`.

    Banners are told apart by whether their group may be trained on.

    Raises:
        UnreadableError: when there are none.
        InputError: when a row's offsets and text disagree.
    """
    by_kind: dict[str, list[Text]] = {}
    for document in load(data):
        by_kind.setdefault(_kind(document), []).append(_text(document))
    rows: list[Text] = []
    for kind, texts in by_kind.items():
        rng = Random(f"{seed}/{kind}")  # noqa: S311 - repeatable, no secrets
        rows += rng.sample(texts, min(most, len(texts)))
    return rows


def _kind(document: GoldDocument) -> str:
    if document.source == "banner":
        return "banner, " + ("training half" if is_training_half(document.group) else "held out")
    if document.source != "report":
        return document.source
    # CyNER comes in parts, of which one may be trained on: `cyner/valid/00012`.
    return f"report: {document.id.rpartition('/')[0]}"


def _text(document: GoldDocument) -> Text:
    gold = tuple(each for each in document.entities if each.label in LABELS)
    return Text(
        document.id, _kind(document), document.text, gold, document.exhaustive, document.ignore
    )


def table(systems: Sequence[System], texts: Sequence[Text], answers: Answers) -> Table:
    """Run and lay out: recall over all labels, precision and F1 where the gold is complete."""
    made = Table(
        "Documents by others, clean",
        ("documents of", "number", "entities", "system", "recall", "overlap recall",
         "precision", "F1", "overlap F1", "precision is of"),
    )  # fmt: skip
    said = {system.name: answers.of(system, [text.text for text in texts]) for system in systems}
    for kind in sorted({text.source for text in texts}):
        rows = [index for index, text in enumerate(texts) if text.source == kind]
        chosen = [texts[index] for index in rows]
        complete = sorted({label for text in chosen for label in text.exhaustive or ()})
        for system in systems:
            counted = tally(chosen, [said[system.name][index] for index in rows])
            exact, overlap = figures(counted.exact), figures(counted.overlap)
            cells = (exact.recall, overlap.recall, exact.precision, exact.f1, overlap.f1)
            made.add(
                kind, len(rows), exact.gold, system.name, *map(number, cells),
                ", ".join(complete) or "–",
            )  # fmt: skip
    return made
