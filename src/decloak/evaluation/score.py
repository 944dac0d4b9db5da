"""Scores: counts that add up, and the one-to-one matching they come from.

Only exact equality makes a match (of span and label, or of label and value), so the result cannot
depend on the order in which gold or predictions are listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, NamedTuple, Protocol, TypeVar

from decloak.core.entity import Verdict
from decloak.indicators import read
from decloak.kb import lexicon

__all__ = ["Counts", "Found", "Gold", "Matches", "key", "match_spans", "match_values"]

_VOCABULARY = frozenset({"SOFTWARE", "ORGANIZATION", "OS", "MALWARE", "THREAT_ACTOR"})


class Gold(NamedTuple):
    """One entity that is known to stand in a text.

    Attributes:
        start, end: half-open code-point range in the raw text.
        label: its label.
        value: its decoded value; any spelling that means the same will do.
        alt: labels that are also right.
    """

    start: int
    end: int
    label: str
    value: str
    alt: frozenset[str] = frozenset()

    @property
    def labels(self) -> frozenset[str]:
        """All labels that are right for it."""
        return self.alt | {self.label}


@dataclass(frozen=True, slots=True)
class Counts:
    """Hits, spurious predictions and misses. Shards add up to the whole."""

    hit: int = 0
    spurious: int = 0
    missed: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.hit + other.hit, self.spurious + other.spurious, self.missed + other.missed
        )

    @property
    def precision(self) -> float | None:
        """Share of the predictions that are right; None when nothing was predicted."""
        return self.hit / (self.hit + self.spurious) if self.hit + self.spurious else None

    @property
    def recall(self) -> float | None:
        """Share of the gold that was found; None when there is none."""
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean; None when either part is undefined."""
        total = 2 * self.hit + self.spurious + self.missed
        return 2 * self.hit / total if self.hit + self.spurious and self.hit + self.missed else None


@lru_cache(maxsize=65536)
def key(label: str, value: str) -> str:
    """Return what two spellings of one thing have in common: canonical, folded, spaces joined."""
    reading = read(label, value)
    if reading.verdict is not Verdict.REFUTED and reading.value:
        value = reading.value
    folded = " ".join(value.split()).casefold()
    if label in _VOCABULARY:
        entry = lexicon.lookup(folded, label)
        if entry is not None:
            return entry.name.casefold()
    return folded


class Found(Protocol):
    """What a system reports: an `Entity`, a `Mention`, or the like."""

    @property
    def start(self) -> int:
        """Where it begins, in code points of the raw text."""
        ...

    @property
    def end(self) -> int:
        """Where it ends; half-open."""
        ...

    @property
    def label(self) -> str:
        """Its label."""
        ...

    @property
    def value(self) -> str:
        """Its canonical value."""
        ...


F = TypeVar("F", bound=Found)


@dataclass(frozen=True, slots=True)
class Matches(Generic[F]):
    """The outcome of matching one document.

    Attributes:
        hits: pairs of gold and prediction.
        missed: gold without a prediction.
        spurious: predictions without gold.
    """

    hits: tuple[tuple[Gold, F], ...] = ()
    missed: tuple[Gold, ...] = ()
    spurious: tuple[F, ...] = field(default=())


def match_spans(gold: Iterable[Gold], predicted: Sequence[F]) -> Matches[F]:
    """Match by exact span and label, one to one; the gold's own label before its alternatives."""
    return _match(gold, predicted, _span_of_gold, _span_of_entity)


def match_values(gold: Iterable[Gold], predicted: Sequence[F]) -> Matches[F]:
    """Match by label and canonical value; each distinct value of a document counts once."""
    distinct: dict[tuple[str, str], Gold] = {}
    for each in sorted(gold):
        distinct.setdefault((each.label, key(each.label, each.value)), each)
    found: dict[tuple[str, str], F] = {}
    for entity in sorted(predicted, key=_place):
        found.setdefault((entity.label, key(entity.label, entity.value)), entity)
    return _match(distinct.values(), list(found.values()), _value_of_gold, _value_of_entity)


def _place(entity: Found) -> tuple[int, int, str]:
    return entity.start, entity.end, entity.label


def _span_of_gold(gold: Gold, label: str) -> tuple[str, object]:
    return label, (gold.start, gold.end)


def _span_of_entity(entity: Found) -> tuple[str, object]:
    return entity.label, (entity.start, entity.end)


def _value_of_gold(gold: Gold, label: str) -> tuple[str, object]:
    return label, key(label, gold.value)


def _value_of_entity(entity: Found) -> tuple[str, object]:
    return entity.label, key(entity.label, entity.value)


def _match(
    gold: Iterable[Gold],
    predicted: Sequence[F],
    gold_key: Callable[[Gold, str], tuple[str, object]],
    entity_key: Callable[[F], tuple[str, object]],
) -> Matches[F]:
    """Pair equal keys, first under the gold's own label, then under each alternative."""
    free: dict[tuple[str, object], list[F]] = {}
    for entity in sorted(predicted, key=_place, reverse=True):
        free.setdefault(entity_key(entity), []).append(entity)
    hits: list[tuple[Gold, F]] = []
    open_gold = sorted(gold, key=_gold_place)
    for own in (True, False):
        rest = []
        for each in open_gold:
            labels = [each.label] if own else sorted(each.alt - {each.label})
            for label in labels:
                candidates = free.get(gold_key(each, label))
                if candidates:
                    hits.append((each, candidates.pop()))
                    break
            else:
                rest.append(each)
        open_gold = rest
    spurious = sorted((entity for left in free.values() for entity in left), key=_place)
    return Matches(tuple(hits), tuple(open_gold), tuple(spurious))


def _gold_place(gold: Gold) -> tuple[int, int, str]:
    return gold.start, gold.end, gold.label
