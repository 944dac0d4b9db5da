"""Split: bundles of groups into train, validation and test, stratified by what they hold.

The unit is a bundle: a few groups (a host, a zone, a registration) whose texts may be joined in one
file. Iterative stratification (Sechidis, Tsoumakas and Vlahavas, 2011) spreads sources, labels and
sizes evenly; see docs/decisions/0005-split.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Self
from zlib import crc32

__all__ = ["Bundle", "Content", "bundles_of", "stratify"]


@dataclass(slots=True)
class Content:
    """What a group holds: texts by source, labels by name, tokens, sets of facts."""

    texts: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    tokens: int = 0
    facts: int = 0

    def __iadd__(self, other: Content) -> Self:
        self.texts += other.texts
        self.labels += other.labels
        self.tokens += other.tokens
        self.facts += other.facts
        return self


@dataclass(frozen=True, slots=True)
class Bundle:
    """Groups that stay together.

    Attributes:
        name: unique.
        groups: their names.
        content: the sum of what they hold.
    """

    name: str
    groups: tuple[str, ...]
    content: Content


def bundles_of(groups: Mapping[str, Content], shards: int) -> list[list[Bundle]]:
    """Return bundles by shard: in each shard hosts, zones and registrations meet in turn.

    Args:
        groups: what each group holds.
        shards: how many; a group's name decides which one it is in.
    """
    made: list[list[Bundle]] = []
    for shard in range(shards):
        names = [name for name in groups if crc32(name.encode()) % shards == shard]
        kinds: dict[str, list[str]] = {}
        for name in sorted(names, key=lambda each: (crc32(each[::-1].encode()), each)):
            main = groups[name].texts.most_common(1)[0][0]
            kinds.setdefault(main, []).append(name)
        count = max(map(len, kinds.values()), default=0)
        heap: list[list[str]] = [[] for _ in range(count)]
        for kind in sorted(kinds):
            for i, name in enumerate(kinds[kind]):
                heap[i * count // len(kinds[kind])].append(name)
        made.append([_bundle(shard, i, held, groups) for i, held in enumerate(heap)])
    return made


def _bundle(shard: int, number: int, names: Sequence[str], groups: Mapping[str, Content]) -> Bundle:
    content = Content()
    for name in names:
        content += groups[name]
    return Bundle(f"b{shard:03}{number:04}", tuple(names), content)


def stratify(bundles: Sequence[Bundle], seed: int) -> dict[str, str]:
    """Return the part of each bundle: 80 % train, 10 % validation, 10 % test.

    Fewer than ten bundles cannot be stratified: one goes to each evaluation part.

    Args:
        bundles: all of them.
        seed: any number.
    """
    names = [bundle.name for bundle in bundles]
    if len(bundles) < 10:
        parts = ["test", "validation"] if len(bundles) >= 3 else []
        return dict(zip(names, parts + ["train"] * len(names), strict=False))
    import numpy as np  # noqa: PLC0415 - extra `corpus`
    from iterstrat.ml_stratifiers import MultilabelStratifiedKFold  # noqa: PLC0415 - likewise

    features = np.array(_features(bundles), dtype=np.int8)
    folds = MultilabelStratifiedKFold(n_splits=10, shuffle=True, random_state=seed)
    drawn = dict.fromkeys(names, "train")
    for part, (_, chosen) in zip(
        ("validation", "test"), folds.split(np.zeros(len(names)), features), strict=False
    ):
        drawn |= {names[i]: part for i in chosen}
    return _polished(bundles, drawn, seed)


_AIM = {"train": 0.8, "validation": 0.1, "test": 0.1}
_TRIES = 30_000


def _polished(bundles: Sequence[Bundle], parts: dict[str, str], seed: int) -> dict[str, str]:
    """Exchange bundles between parts as long as that makes the parts more alike.

    Stratification balances bits, and what counts are amounts: a few large bundles can tip a small
    part. Only exchanges that lessen the squared differences of the shares are made.
    """
    import numpy as np  # noqa: PLC0415 - extra `corpus`

    tables = _tables(bundles)
    measures = sorted({name for row in tables for name in row})
    amounts = np.array([[row[name] for name in measures] for row in tables], dtype=np.float64)
    weights = np.ones(len(measures))
    for kind in ("texts ", "label "):
        inside = np.array([name.startswith(kind) for name in measures])
        weights[inside] = amounts[:, inside].sum(0) / max(amounts[:, inside].sum(), 1.0)
    amounts *= weights / np.maximum(amounts.sum(0), 1.0)
    rows = {part: [i for i, b in enumerate(bundles) if parts[b.name] == part] for part in _AIM}
    sums = {part: amounts[rows[part]].sum(0) / share - weights for part, share in _AIM.items()}
    rng = Random(seed)  # noqa: S311 - repeatable choice, no secrets
    for _ in range(_TRIES):
        one, other = rng.sample(sorted(_AIM), 2)
        i, j = rng.randrange(len(rows[one])), rng.randrange(len(rows[other]))
        change = amounts[rows[other][j]] - amounts[rows[one][i]]
        first, second = sums[one] + change / _AIM[one], sums[other] - change / _AIM[other]
        before = sums[one] @ sums[one] + sums[other] @ sums[other]
        if first @ first + second @ second < before - 1e-15:
            sums[one], sums[other] = first, second
            rows[one][i], rows[other][j] = rows[other][j], rows[one][i]
    return {bundles[i].name: part for part, held in rows.items() for i in held}


def _features(bundles: Sequence[Bundle]) -> list[list[int]]:
    """Return one row of bits per bundle: for every measure whether there is any, and how much.

    Stratification balances bits; four of them (any, above a third, two thirds, nine tenths of those
    that have any) make it balance amounts.
    """
    tables = _tables(bundles)
    bits: list[list[int]] = [[] for _ in bundles]
    for measure in sorted({name for row in tables for name in row}):
        amounts = sorted(row[measure] for row in tables if row[measure])
        if not amounts:
            continue
        marks = [0] + [amounts[int(len(amounts) * part)] for part in (1 / 3, 2 / 3, 0.9)]
        for row, line in zip(tables, bits, strict=True):
            line += [int(row[measure] > mark) for mark in marks]
    return bits


def _tables(bundles: Sequence[Bundle]) -> list[Counter[str]]:
    """Return the measures of each bundle by name."""
    tables: list[Counter[str]] = []
    for bundle in bundles:
        content = bundle.content
        row = Counter({f"texts {name}": count for name, count in content.texts.items()})
        row.update({f"label {name}": count for name, count in content.labels.items()})
        row.update({"tokens": content.tokens, "facts": content.facts})
        tables.append(row)
    return tables
