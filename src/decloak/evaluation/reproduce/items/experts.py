"""Decoders: each expert alone, the three strategies without and with their models, and what is lost without any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decloak.core.alignment import Alignment
from decloak.evaluation.report import Table
from decloak.evaluation.reproduce.bench import SIX, Bench
from decloak.evaluation.reproduce.outcome import Chart, Measure, Outcome, Series
from decloak.evaluation.reproduce.systems import DecodedBy, decoded_by
from decloak.evaluation.score import key
from decloak.evaluation.strong import strong_families
from decloak.evaluation.tagger.bootstrap import interval, weights
from decloak.evaluation.tagger.conditions import PRESETS, Condition
from decloak.evaluation.tagger.matching import pair
from decloak.evaluation.tagger.mentions import Mention, Text
from decloak.evaluation.tagger.systems import TaggerSystem
from decloak.evaluation.tagger.tables import number
from decloak.perturb import Mix, load_mix
from decloak.perturb.symbol import SYMBOL
from decloak.perturb.typo import typo_families

__all__ = ["decoders"]

WAYS = ("off", "symbol", "typographic", "canonical", "realign", "consensus")
_NAMES = {
    "off": "no decoding", "symbol": "symbol expert alone", "typographic": "typographic expert alone",
    "canonical": "canonical", "realign": "realign", "consensus": "consensus (all experts)",
}  # fmt: skip
RECOVERED, PLACED, EXACT, WRONG, ALL = range(5)
"""Value recovered by decoding alone; found by the tagger; with exact boundaries; under a wrong label; of all."""
_ALONE = ("symbol", "typographic")


@dataclass(frozen=True)
class _Attack:
    """Documents under one of the published disguises.

    Attributes:
        name: in the tables.
        claim: what was published about it.
        texts: in disguise.
    """

    name: str
    claim: str
    texts: Sequence[Text]


def decoders(bench: Bench) -> Outcome:
    """Measure all ways of decoding on the same disguised entities."""
    made = Outcome()
    inner = TaggerSystem("robust tagger", bench.shipped)
    attacks = [each for each in _attacks(bench) if each.texts]
    counts: dict[tuple[str, str], NDArray[np.int64]] = {}
    for attack in attacks:
        table = Table(
            f"{attack.name} ({attack.claim})",
            ("decoding", "entities", "value recovered", "found by the tagger", "boundaries kept",
             "misclassified"),
        )  # fmt: skip
        for way in WAYS:
            said = bench.answers.of(
                DecodedBy(_NAMES[way], way, inner), [text.text for text in attack.texts]
            )
            rows = np.array(
                [_count(text, each, way) for text, each in zip(attack.texts, said, strict=True)],
                np.int64,
            )
            counts[attack.name, way] = rows
            total = rows.sum(axis=0)
            shares = (_share(total, RECOVERED, ALL), _share(total, PLACED, ALL),
                      _share(total, EXACT, PLACED), _share(total, WRONG, ALL))  # fmt: skip
            table.add(_NAMES[way], int(total[ALL]), *map(number, shares))
        made.tables.append(table)
        made.charts.append(_chart(attack, counts, bench.seed))
    _measures(made, attacks, counts, bench.seed)
    made.notes += [
        (
            "*Value recovered*: what stands at the entity's place after decoding is its value; no tagger takes "
            "part. The other columns are the shipped tagger on the decoded text, spans mapped back: *boundaries "
            "kept* of what it finds, *misclassified* what it finds under another label only. The semantic expert "
            "proposes nothing by itself; it weighs what the others propose, in `consensus`. Look-alikes in host "
            "names keep the value that a resolver would ask for, and plain letters near a known name stay "
            "(`resembles` says what was meant): both count as not recovered."
        ),
        "The strategies with their neural models: [decoders](../decoders.md).",
    ]
    return made


def _attacks(bench: Bench) -> list[_Attack]:
    swap = next(each for each in typo_families() if each.name == "swap")
    both = next(each for each in strong_families() if each.name == "swap + symbol")
    mixes = (
        ("random symbol insertion", "published: boundaries kept above 90 %",
         Mix("symbol insertion", (SYMBOL,), {}, 1.0)),
        ("token obfuscation", "published: 4.5 % fewer misclassifications", load_mix("experiment_2")),
        ("symbol insertion and swaps", "published: + 5.1 % accuracy over one expert",
         Mix("symbols and swaps", (SYMBOL, swap, both), {}, 1.0)),
    )  # fmt: skip
    return [
        _Attack(name, claim, bench.disguised(Condition(name, PRESETS, mix))[0])
        for name, claim, mix in mixes
    ]


def _count(text: Text, said: Sequence[Mention], way: str) -> list[int]:
    asked = [each for each in text.gold if (each.start, each.end) in text.disguised]
    made = decoded_by(way, text.text)
    recovered = 0
    for gold in asked:
        place = _place(made.alignment, gold.start, gold.end)
        shown = made.text[place[0] : place[1]] if place else ""
        recovered += key(gold.label, shown) == key(gold.label, gold.value)
    core = [each for each in said if each.label in SIX]
    overlapping = pair(text.gold, core, exact=False)
    hits = {(gold.start, gold.end): mention for gold, mention in overlapping.hits}
    found = [(gold, hits[gold.start, gold.end]) for gold in asked if (gold.start, gold.end) in hits]
    exact = sum((gold.start, gold.end) == (mention.start, mention.end) for gold, mention in found)
    wrong = sum(
        (gold.start, gold.end) not in hits
        and any(each.start < gold.end and gold.start < each.end for each in core)
        for gold in asked
    )
    return [recovered, len(found), exact, wrong, len(asked)]


def _place(alignment: Alignment, start: int, end: int) -> tuple[int, int] | None:
    return alignment.to_decoded(start, end)


def _share(row: NDArray[np.int64], part: int, whole: int) -> float | None:
    return float(row[part] / row[whole]) if row[whole] else None


def _drawn(rows: NDArray[np.int64], part: int, whole: int, seed: int) -> NDArray[np.float64]:
    sums = weights(len(rows), seed) @ rows
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sums[:, part] / sums[:, whole], np.float64)


def _chart(
    attack: _Attack, counts: Mapping[tuple[str, str], NDArray[np.int64]], seed: int
) -> Chart:
    series = []
    for name, part, whole in (("value recovered", RECOVERED, ALL), ("found by the tagger", PLACED, ALL),
                              ("boundaries kept", EXACT, PLACED)):  # fmt: skip
        rows = [counts[attack.name, way] for way in WAYS]
        ranges = [interval(_drawn(each, part, whole, seed)) for each in rows]
        series.append(
            Series(
                name,
                tuple(_share(each.sum(axis=0), part, whole) for each in rows),
                tuple(low for low, _ in ranges),
                tuple(high for _, high in ranges),
            )
        )
    stem = attack.name.replace(" ", "-")
    return Chart(f"decoders-{stem}", attack.name.capitalize(), "bars",
                 tuple(_NAMES[way].replace(" alone", "").replace(" (all experts)", "") for way in WAYS),
                 tuple(series), "", "", True)  # fmt: skip


def _measures(
    made: Outcome,
    attacks: Sequence[_Attack],
    counts: Mapping[tuple[str, str], NDArray[np.int64]],
    seed: int,
) -> None:
    names = {attack.name for attack in attacks}

    def entities(name: str, way: str) -> str:
        return f"{int(counts[name, way][:, ALL].sum())} entities"

    name = "random symbol insertion"
    if name in names:
        rows = counts[name, "realign"]
        low, high = interval(_drawn(rows, EXACT, PLACED, seed))
        value = _share(rows.sum(axis=0), EXACT, PLACED)
        if value is not None:
            made.measures["boundaries, realign"] = Measure(
                value, low, high, entities(name, "realign"), drawn=len(rows)
            )
    for measure, name, way, other, part in (
        ("misclassified, none minus realign", "token obfuscation", "off", "realign", WRONG),
        ("recovered, canonical minus none", "token obfuscation", "canonical", "off", RECOVERED),
        ("found, canonical minus none", "token obfuscation", "canonical", "off", PLACED),
    ):
        if name in names:
            made.measures[measure] = _less(counts[name, way], counts[name, other], part, seed)
    for name, short in (("symbol insertion and swaps", ""), ("token obfuscation", ", obfuscated")):
        for what, part in (("found", PLACED), ("recovered", RECOVERED)) if name in names else ():
            best = max(_ALONE, key=lambda way: int(counts[name, way][:, part].sum()))
            made.measures[f"{what}, consensus minus best expert{short}"] = _less(
                counts[name, "consensus"], counts[name, best], part, seed
            )


def _less(one: NDArray[np.int64], two: NDArray[np.int64], part: int, seed: int) -> Measure:
    drawn = _drawn(one, part, ALL, seed) - _drawn(two, part, ALL, seed)
    low, high = interval(drawn)
    first, second = one.sum(axis=0), two.sum(axis=0)
    value = (first[part] - second[part]) / first[ALL]
    return Measure(float(value), low, high, f"{int(first[ALL])} entities", drawn=len(one))
