"""Narration: raw text against narratives; Tables 1 and 2, Figures 3 and 4."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decloak.core.iob import count_tokens
from decloak.core.labels import CORE_LABELS
from decloak.evaluation.report import Table
from decloak.evaluation.reproduce.bench import SOURCES, Bench
from decloak.evaluation.reproduce.narrator import Narrator, complete
from decloak.evaluation.reproduce.outcome import Chart, Measure, Outcome, Series
from decloak.evaluation.reproduce.trained import baseline, effort, has_training, of_narratives
from decloak.evaluation.reproduce.weigh import effective, tilted
from decloak.evaluation.score import match_values
from decloak.evaluation.tagger.bootstrap import interval, weights
from decloak.evaluation.tagger.mentions import Mention, Text
from decloak.evaluation.tagger.systems import PipelineSystem, System, TaggerSystem
from decloak.evaluation.tagger.tables import number
from decloak.identify.omissions import is_named
from decloak.identify.places import fold

__all__ = ["figure3", "figure4", "table1", "table2"]

BASE, TOLD = "trained on raw text, raw text", "trained on narratives, narratives"
ROBUST, UNUSED, WHOLE = "shipped, raw text", "shipped, narratives", "shipped, complete narratives"
FULL, PLAIN, NAMED = "full pipeline", "pipeline without tagger", "named in the narrative"
_PAIRS = ((TOLD, BASE), (UNUSED, ROBUST), (WHOLE, ROBUST))
"""Narratives against raw text."""
_SHORT = {TOLD: "trained", UNUSED: "shipped", WHOLE: "shipped, complete"}
_PAPER = {
    "fine-tuned SecureBERT": ((159, 64, 77, 73), (0.932, 0.527, 0.669)),
    "+ Claude 3.5 Sonnet": ((352, 190, 98, 163), (0.928, 0.577, 0.712)),
    "+ Llama 3 8B": ((338, 175, 89, 182), (0.954, 0.659, 0.780)),
    "+ Mixtral 8x7B": ((375, 228, 112, 225), (0.961, 0.660, 0.785)),
}
"""Published: entities found per source, in the order of `SOURCES`; precision, recall, F1."""
_TOKENS, _SHARE = 138, 0.47
"""The published sample: tokens of a document, and the share of addresses and organisations."""
HIT, SPURIOUS, MISSED = range(3)
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Told:
    """What every system found in the same documents.

    Attributes:
        texts: the documents.
        counts: by system, (document, label of the six, hit/spurious/missed), distinct values.
        named: the same of what the narrative names: more cannot be found in it.
    """

    texts: Sequence[Text]
    counts: Mapping[str, Counts]
    named: Counts

    def of(self, *sources: str) -> NDArray[np.bool_]:
        """Return which documents are of these sources."""
        return np.array([text.source in sources for text in self.texts], np.bool_)


def _told(bench: Bench, texts: Sequence[Text]) -> Told:
    """Ask every way about the same documents."""
    raw = [text.text for text in texts]
    narrator = Narrator()
    told = [narrator.narrative(each) for each in raw]
    whole = [complete(each, text.gold) for each, text in zip(told, texts, strict=True)]
    robust = TaggerSystem(ROBUST, bench.shipped)
    ways: list[tuple[str, System, list[str]]] = []
    if has_training(bench):
        ways += [
            (BASE, TaggerSystem(BASE, baseline(bench) / "model"), raw),
            (TOLD, TaggerSystem(TOLD, of_narratives(bench) / "model"), told),
        ]
    ways += [
        (ROBUST, robust, raw), (UNUSED, robust, told), (WHOLE, robust, whole),
        (PLAIN, PipelineSystem(PLAIN, "off"), raw),
        (FULL, PipelineSystem(FULL, "auto", bench.shipped), raw),
    ]  # fmt: skip
    counts = {name: _counts(texts, bench.answers.of(system, asked)) for name, system, asked in ways}
    named = [
        [Mention(0, 1, gold.label, 1.0, gold.value) for gold in text.gold
         if is_named(fold(each), gold.label, gold.value)]
        for text, each in zip(texts, told, strict=True)
    ]  # fmt: skip
    return Told(texts, counts, _counts(texts, named))


def _counts(texts: Sequence[Text], said: Sequence[Sequence[Mention]]) -> Counts:
    rows = [_count(text, each) for text, each in zip(texts, said, strict=True)]
    return np.array(rows, np.int64).reshape(len(texts), len(CORE_LABELS), 3)


def _count(text: Text, said: Sequence[Mention]) -> list[list[int]]:
    """Count distinct values per label; places do not matter, as narratives have others."""
    found = match_values(text.gold, [each for each in said if each.label in CORE_LABELS])
    made = []
    for label in CORE_LABELS:
        hits = sum(gold.label == label for gold, _ in found.hits)
        missed = sum(gold.label == label for gold in found.missed)
        spurious = sum(each.label == label and text.checks(label) for each in found.spurious)
        made.append([hits, spurious, missed])
    return made


def table1(bench: Bench) -> Outcome:
    """Count the entities that each way finds, per source."""
    return _counted(bench, drawn=False)


def figure3(bench: Bench) -> Outcome:
    """Draw them."""
    return _counted(bench, drawn=True)


def _counted(bench: Bench, *, drawn: bool) -> Outcome:
    made = Outcome()
    sets = {"corpus": bench.clean("test", SOURCES), "documents by others": bench.others()}
    for name, texts in sets.items():
        if not texts:
            continue
        told = _told(bench, texts)
        if drawn:
            made.charts.append(_count_chart(name, told))
        else:
            made.tables.append(_count_table(name, told))
            _count_measures(made, name, told, bench.seed)
    if drawn:
        made.charts.insert(0, _paper_chart())
    else:
        made.tables.append(_paper_table())
    _say(made, bench)
    return made


def _count_table(name: str, told: Told) -> Table:
    table = Table(
        f"Distinct values found, {name}",
        ("way", *SOURCES, "all", "of", "recall", "against raw text"),
    )
    for system, counts in (*told.counts.items(), (NAMED, told.named)):
        hits = counts[..., HIT].sum(axis=1)
        per = [int(hits[told.of(source)].sum()) for source in SOURCES]
        gold = int(counts[..., [HIT, MISSED]].sum())
        raw = _raw(system, told)
        gain = (
            "" if raw is None else f"{int(hits.sum()) - int(told.counts[raw][..., HIT].sum()):+d}"
        )
        table.add(system, *per, sum(per), gold, number(sum(per) / gold if gold else None), gain)
    return table


def _raw(system: str, told: Told) -> str | None:
    """Return the same tagger on raw text, for one on narratives."""
    raw = dict(_PAIRS).get(system)
    return raw if raw in told.counts else None


def _paper_table() -> Table:
    table = Table("Published Table 1: entities found", ("way", *SOURCES, "all"))
    for name, (counts, _) in _PAPER.items():
        table.add(name, *counts, sum(counts))
    return table


def _count_measures(made: Outcome, name: str, told: Told, seed: int) -> None:
    short = "corpus" if name == "corpus" else "others"
    for way, raw in _PAIRS:
        if way not in told.counts:
            continue
        gain = (told.counts[way] - told.counts[raw])[..., HIT].sum(axis=1)
        gold = told.counts[raw][..., [HIT, MISSED]].sum(axis=(1, 2))
        drawn = weights(len(gain), seed)
        total = np.maximum(drawn @ gold, 1)
        low, high = interval((drawn @ gain) / total)
        of = f"{len(gain)} documents, {int(gold.sum())} values"
        value = float(gain.sum() / max(gold.sum(), 1))
        made.measures[f"recall gained, {_SHORT[way]}, {short}"] = Measure(
            value, low, high, of, drawn=len(gain)
        )


def _count_chart(name: str, told: Told) -> Chart:
    series = []
    for system, counts in told.counts.items():
        shares = []
        for source in SOURCES:
            rows = counts[told.of(source)]
            gold = int(rows[..., [HIT, MISSED]].sum())
            shares.append(int(rows[..., HIT].sum()) / gold if gold else None)
        series.append(Series(system, tuple(shares)))
    title = f"Share of the values found, {name}"
    return Chart(
        f"figure3-{name.replace(' ', '-')}",
        title,
        "bars",
        SOURCES,
        tuple(series),
        "recall",
        "",
        True,
    )


def _paper_chart() -> Chart:
    series = tuple(
        Series(name, tuple(map(float, counts)), paper=True) for name, (counts, _) in _PAPER.items()
    )
    return Chart(
        "figure3-published", "Published: entities found", "bars", SOURCES, series, "entities"
    )


def table2(bench: Bench) -> Outcome:
    """Compare precision, recall and F1 over all sources."""
    made, told = Outcome(), _told(bench, bench.clean("test", SOURCES))
    made.tables.append(_figures_table("All sources together", told, None, bench.seed))
    weighed = _weighed(told)
    if weighed is not None:
        title = (
            f"Re-weighted to {_TOKENS} tokens a document and {100 * _SHARE:.0f} % addresses and organisations; "
            f"as good as {effective(weighed):.0f} of {len(weighed)} documents"
        )
        made.tables.append(_figures_table(title, told, weighed, bench.seed))
    else:
        made.notes.append(
            f"No weights of these documents give {_TOKENS} tokens a document and {100 * _SHARE:.0f} % "
            "addresses and organisations, so that there is no re-weighted table."
        )
    made.tables.append(_differences(told, bench.seed))
    made.tables.append(_label_table(told))
    table = Table("Published Table 2", ("way", "precision", "recall", "F1"))
    for name, (_, shares) in _PAPER.items():
        table.add(name, *map(number, shares))
    made.tables.append(table)
    for way, raw in _PAIRS:
        if way in told.counts:
            for what, figure in _FIGURES.items():
                made.measures[f"{what} gained, {_SHORT[way]}"] = _difference(
                    told, way, raw, figure, bench.seed
                )
    for name in (BASE, ROBUST):
        if name in told.counts:
            for what, figure in _FIGURES.items():
                made.measures[f"{what}, {name}"] = _point(told, name, figure, bench.seed)
    _say(made, bench)
    return made


def figure4(bench: Bench) -> Outcome:
    """Draw precision, recall and F1."""
    made, told = Outcome(), _told(bench, bench.clean("test", SOURCES))
    names = tuple(_FIGURES)
    ours = []
    for system in told.counts:
        points = [_point(told, system, figure, bench.seed) for figure in _FIGURES.values()]
        ours.append(
            Series(
                system,
                tuple(each.value for each in points),
                tuple(each.low for each in points),
                tuple(each.high for each in points),
            )
        )
    paper = tuple(Series(name, shares, paper=True) for name, (_, shares) in _PAPER.items())
    made.charts = [
        Chart("figure4-published", "Published: all sources", "bars", names, paper, "", "", True),
        Chart("figure4", "All sources of the corpus", "bars", names, tuple(ours), "", "", True),
    ]
    _say(made, bench)
    return made


Figure = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def _ratio(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(top / bottom, np.float64)


def _precision(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return _ratio(sums[..., HIT], sums[..., HIT] + sums[..., SPURIOUS])


def _recall(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return _ratio(sums[..., HIT], sums[..., HIT] + sums[..., MISSED])


def _f1(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return _ratio(2 * sums[..., HIT], 2 * sums[..., HIT] + sums[..., SPURIOUS] + sums[..., MISSED])


_FIGURES: Mapping[str, Figure] = {"precision": _precision, "recall": _recall, "F1": _f1}


def _sums(told: Told, system: str) -> NDArray[np.float64]:
    """Return (document, count)."""
    return np.asarray(told.counts[system].sum(axis=1), np.float64)


def _point(
    told: Told, system: str, figure: Figure, seed: int, weighed: NDArray[np.float64] | None = None
) -> Measure:
    sums = _sums(told, system)
    if weighed is not None:
        sums = sums * weighed[:, None]
    low, high = interval(figure(weights(len(sums), seed) @ sums))
    return Measure(
        float(figure(sums.sum(axis=0))), low, high, f"{len(sums)} documents", drawn=len(sums)
    )


def _difference(told: Told, first: str, second: str, figure: Figure, seed: int) -> Measure:
    one, two = _sums(told, first), _sums(told, second)
    drawn = weights(len(one), seed)
    low, high = interval(figure(drawn @ one) - figure(drawn @ two))
    point = float(figure(one.sum(axis=0)) - figure(two.sum(axis=0)))
    return Measure(point, low, high, f"{len(one)} documents", drawn=len(one))


def _figures_table(title: str, told: Told, weighed: NDArray[np.float64] | None, seed: int) -> Table:
    table = Table(title, ("way", "precision", "recall", "F1", "95 % of F1"))
    for system in told.counts:
        points = [_point(told, system, each, seed, weighed) for each in _FIGURES.values()]
        low, high = points[-1].low, points[-1].high
        shown = [number(each.value) for each in points]
        table.add(system, *shown, f"{number(low)} to {number(high)}")
    return table


def _differences(told: Told, seed: int) -> Table:
    table = Table(
        "Narratives minus raw text, the same tagger: paired bootstrap over documents",
        ("tagger and text", "figure", "difference", "95 %"),
    )
    for way, raw in _PAIRS:
        for what, figure in _FIGURES.items() if way in told.counts else ():
            each = _difference(told, way, raw, figure, seed)
            table.add(
                way, what, f"{each.value:+.3f}",
                f"{each.low:+.3f} to {each.high:+.3f}",
            )  # fmt: skip
    return table


def _label_table(told: Told) -> Table:
    table = Table("F1 per label", ("label", "values", *told.counts))
    for index, label in enumerate(CORE_LABELS):
        rows = {name: counts[:, index].sum(axis=0) for name, counts in told.counts.items()}
        first = next(iter(rows.values()))
        cells = [number(float(_f1(row.astype(np.float64)))) for row in rows.values()]
        table.add(label, int(first[HIT] + first[MISSED]), *cells)
    return table


def _weighed(told: Told) -> NDArray[np.float64] | None:
    """Return weights under which the documents look like the published sample."""
    features = []
    places = [CORE_LABELS.index(label) for label in ("IP_ADDRESS", "ORGANIZATION")]
    counts = next(iter(told.counts.values()))
    for text, row in zip(told.texts, counts, strict=True):
        gold = row[:, HIT] + row[:, MISSED]
        chosen = int(gold[places].sum())
        features.append((count_tokens(text.text) - _TOKENS, chosen - _SHARE * int(gold.sum())))
    return tilted(features)


def _say(made: Outcome, bench: Bench) -> None:
    made.notes += [
        (
            "Scored by distinct value and label of the six classes: a narrative has no places in the raw text. "
            "The narrator is the verbaliser, which states every fact that the grammars find and makes nothing up; "
            "*named in the narrative* is what it names of the gold, and so the most that can be found in it. "
            "*Complete narratives* name the rest of the gold as well, label and value, which no narrator could: the best "
            "case for narration. The two taggers *trained* here learned from the same documents of the "
            "corpus for as long; no tagger saw the others."
        ),
        (
            "Documents by others are labelled in part, so that only what is found of their gold is counted. The "
            "publication names neither the size of its samples nor what its Figures 3 and 4 show; they are drawn "
            "here from Tables 1 and 2."
        ),
    ]
    if has_training(bench):
        made.notes.append(f"The two taggers trained here: {effort(bench)}.")
    else:
        what = "a tagger trained on narratives, and its twin trained on raw text"
        made.missing.append(bench.untrained(what, "table2"))
