"""Errors: every place where gold and prediction disagree, how, and which stage lost it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from decloak.evaluation.labelled import Span
from decloak.evaluation.score import Gold
from decloak.evaluation.scorecard.gold import GoldSet, Predictions
from decloak.evaluation.tagger.matching import pair
from decloak.evaluation.tagger.mentions import Mention, Text

__all__ = ["KINDS", "Error", "errors_of"]

KINDS = {
    "missed": "gold that no prediction touches",
    "boundary": "the right label with other boundaries",
    "label": "a prediction of another label where the gold stands",
    "spurious": "a prediction where the gold has nothing",
}


class Error(NamedTuple):
    """One disagreement.

    Attributes:
        kind: a key of `KINDS`.
        text: index of the text in the gold.
        gold: what should have been found, or None.
        said: what was predicted instead, or None.
        stage: where it was lost (``held back``, ``decode``, ``not proposed``), or "".
        reason: in words, from the evidence of whoever decided; "".
    """

    kind: str
    text: int
    gold: Gold | None
    said: Span | None
    stage: str = ""
    reason: str = ""


def errors_of(gold: GoldSet, said: Predictions) -> Iterator[Error]:
    """Yield every error of a system, in order of the texts."""
    for index, text in enumerate(gold.texts):
        held = said.held[index] if said.held else ()
        edited = said.edited[index] if said.edited else None
        yield from _of_text(index, text, said.said[index], held, edited)


def _of_text(
    index: int,
    text: Text,
    said: Sequence[Span],
    held: Sequence[Span],
    edited: Sequence[tuple[int, int]] | None,
) -> Iterator[Error]:
    mentions = {
        Mention(s.start, s.end, s.label, s.confidence, s.value): s for s in said
    }  # fmt: skip
    exact = pair(text.gold, mentions, exact=True)
    near = pair(exact.missed, exact.spurious, exact=False)
    found = [Error("boundary", index, each, mentions[other]) for each, other in near.hits]
    rest = list(near.spurious)
    for each in near.missed:
        other = _nearest(each, rest)
        if other is not None:
            rest.remove(other)
            found.append(Error("label", index, each, mentions[other]))
            continue
        found.append(Error("missed", index, each, None, *_lost(text, each, held, edited)))
    found += [
        Error("spurious", index, None, mentions[each])
        for each in rest
        if text.checks(each.label) and not text.excuses(each.start, each.end)
    ]
    yield from sorted(found, key=_place)


def _place(error: Error) -> tuple[int, int, str]:
    at = error.gold or error.said
    return (at.start, at.end, error.kind) if at else (0, 0, error.kind)


def _nearest(gold: Gold, rest: Sequence[Mention]) -> Mention | None:
    """Return the mention that has most in common with a place."""
    best, most = None, 0
    for each in rest:
        common = min(each.end, gold.end) - max(each.start, gold.start)
        if common > most:
            best, most = each, common
    return best


def _lost(
    text: Text,
    gold: Gold,
    held: Sequence[Span],
    edited: Sequence[tuple[int, int]] | None,
) -> tuple[str, str]:
    """Return the stage that lost an entity, and why."""
    for each in held:
        if each.label in gold.labels and each.start < gold.end and gold.start < each.end:
            return "held back", f"{each.status}: {each.evidence[-1] if each.evidence else ''}"
    if edited is None:
        return "", ""
    is_disguised = text.text[gold.start : gold.end] != gold.value
    touched = any(low < gold.end and gold.start < high for low, high in edited)
    if is_disguised and (gold.start, gold.end) in text.disguised and not touched:
        return "decode", "the disguise was not undone"
    return "not proposed", ""
