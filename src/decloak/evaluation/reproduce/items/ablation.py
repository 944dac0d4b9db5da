"""Ablation: one part of the recipe left out at a time, over several seeds; and of the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev

from decloak.core.labels import CORE_LABELS
from decloak.evaluation.report import Table
from decloak.evaluation.reproduce.bench import Bench
from decloak.evaluation.reproduce.conditions import unseen, ways
from decloak.evaluation.reproduce.outcome import Chart, Measure, Missing, Outcome, Series
from decloak.evaluation.reproduce.systems import Optioned, WithoutCrf
from decloak.evaluation.reproduce.trained import BASELINE, baseline, effort, has_training, train
from decloak.evaluation.tagger.bootstrap import difference
from decloak.evaluation.tagger.mentions import Text
from decloak.evaluation.tagger.systems import Decoded, PipelineSystem, System, TaggerSystem
from decloak.evaluation.tagger.tables import number
from decloak.evaluation.tagger.tally import Tally, figures, tally

__all__ = ["ablation"]

FULL = "full recipe"
_RECIPE = ("masking.share=0.05", "masking.every=10")
RECIPES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    FULL: ("robust", _RECIPE),
    "without adversarial training": ("robust", (*_RECIPE, "losses.adversarial=0", "losses.consistency=0")),
    "without consistency loss": ("robust", (*_RECIPE, "losses.consistency=0")),
    "without gradient masking": ("robust", ()),
    "without dropout": (
        "robust", (*_RECIPE, "dropout.attention=0", "dropout.hidden=0", "dropout.classifier=0"),
    ),
}  # fmt: skip
"""Kind and further settings of each row."""
_PARTS = (
    ("full pipeline", ()),
    ("without decode", (("strategy", "off"),)),
    ("without sources' grammars", (("source", "prose"),)),
    ("without tagger", (("tagger", "off"),)),
    ("tagger reads everything", (("tagger", "always"),)),
)
_NO_SWITCH = ("the channel", "repair", "linking", "the resolver")
Sets = Mapping[str, tuple[Sequence[Text], Sequence[Text]]]


def ablation(bench: Bench) -> Outcome:
    """Train every row, and score it; leave parts of the pipeline out, and score that."""
    made = Outcome()
    sets: dict[str, tuple[Sequence[Text], Sequence[Text]]] = {}
    clean = bench.clean("test")
    sets["undisguised"] = clean, clean
    for name, level in (("experiment 1", ways(1)[1]), ("experiment 2", ways(2)[-1]),
                        ("kept from training", unseen())):  # fmt: skip
        texts, plain = bench.disguised(level.condition, share=level.share)
        if texts:
            sets[name] = texts, plain
    _pipeline(made, bench, sets)
    first = f"{FULL} {bench.budget.seeds[0]}" if bench.budget.seeds else ""
    if has_training(bench, BASELINE, first):
        _recipes(made, bench, sets)
    else:
        made.missing.append(bench.untrained("the parts of the training recipe", "ablation"))
    made.missing.append(
        Missing(
            "the recipe without samples by language models",
            "the small models that run here give too few accepted samples to train on (one in four, "
            "docs/results/llm-disguises.md)",
            "decloak corpus perturb-llm CORPUS WRITTEN --samples 2000 --llm URI, then "
            "decloak train CORPUS OUT --written WRITTEN",
        )
    )
    made.notes.append(
        f"There is no switch for {', '.join(_NO_SWITCH)}: they cannot be left out as they stand."
    )
    return made


def _tally(bench: Bench, system: System, texts: Sequence[Text]) -> Tally:
    return tally(texts, bench.answers.of(system, [text.text for text in texts]), CORE_LABELS)


def _pipeline(made: Outcome, bench: Bench, sets: Sets) -> None:
    model = bench.shipped.as_posix()
    systems: list[System] = [
        PipelineSystem(name, "auto", bench.shipped) if not options
        else Optioned(name, (("model", model), *options))
        for name, options in _PARTS
    ]  # fmt: skip
    tagger = TaggerSystem("tagger + decode", bench.shipped)
    systems += [Decoded("tagger + decode", tagger),
                Decoded("tagger + decode, without CRF", WithoutCrf("without CRF", bench.shipped))]  # fmt: skip
    table = Table(
        "Parts of the pipeline: F1 of exact spans, and what is gained or lost against the first row (95 %)",
        ("system", *sets),
    )
    rows = {
        s.name: {name: _tally(bench, s, texts) for name, (texts, _) in sets.items()}
        for s in systems
    }
    for name, by in rows.items():
        first = "tagger + decode" if name.startswith("tagger + decode") else "full pipeline"
        table.add(
            name, *(_cell(by[key], rows[first][key], bench.seed, name == first) for key in sets)
        )
    made.tables.append(table)
    names = tuple(sets)
    series = tuple(
        Series(name, tuple(figures(by[key].exact).f1 for key in names)) for name, by in rows.items()
    )
    made.charts.append(
        Chart("ablation-parts", "Parts of the pipeline", "bars", names, series, "F1")
    )
    for measure, first, second in (
        ("CRF", "tagger + decode", "tagger + decode, without CRF"),
        ("decode", "full pipeline", "without decode"),
        ("grammars", "full pipeline", "without sources' grammars"),
        ("tagger", "full pipeline", "without tagger"),
    ):
        for key in sets:
            made.measures[f"{measure}, {key}"] = _gain(
                rows[first][key], rows[second][key], bench.seed
            )


def _gain(one: Tally, two: Tally, seed: int) -> Measure:
    point, (low, high) = difference(one.exact, two.exact, one.ids, seed)
    count = len(set(one.ids))
    return Measure(point, low, high, f"{count} documents", drawn=count)


def _cell(one: Tally, first: Tally, seed: int, itself: bool) -> str:  # noqa: FBT001 - one cell
    shown = number(figures(one.exact).f1)
    if itself:
        return shown
    point, (low, high) = difference(one.exact, first.exact, one.ids, seed)
    verdict = "tie" if low <= 0 <= high else f"{low:+.3f} to {high:+.3f}"
    return f"{shown} ({point:+.3f}; {verdict})"


def _recipes(made: Outcome, bench: Bench, sets: Sets) -> None:
    base = baseline(bench)
    found: dict[str, list[dict[str, Tally]]] = {
        "where all start: clean fine-tuning": [
            _scored(bench, "clean fine-tuning", base / "model", sets)
        ]
    }
    for name, (kind, changes) in RECIPES.items():
        for seed in bench.budget.seeds:
            if not has_training(bench, f"{name} {seed}"):
                what = f"{name}, seed {seed}"
                made.missing.append(bench.untrained(what, "ablation"))
                continue
            folder = train(
                bench, f"{name} {seed}", bench.corpus, kind, bench.budget.continued, changes,
                start=base / "run" / "model", seed=seed,
            )  # fmt: skip
            found.setdefault(name, []).append(_scored(bench, name, folder / "model", sets))
    table = Table(
        f"Parts of the recipe, {len(bench.budget.seeds)} seeds: mean F1 of exact spans (spread), and against "
        "the full recipe (95 %, texts and seeds drawn together)",
        ("recipe", *sets, "lost to disguise"),
    )
    for name, runs in found.items():
        cells = []
        for key in sets:
            scores = [figures(each[key].exact).f1 or 0.0 for each in runs]
            spread = f" ± {stdev(scores):.3f}" if len(scores) > 1 else ""
            cell = f"{mean(scores):.3f}{spread}"
            if name in RECIPES and name != FULL:
                gain = _between(found[FULL], runs, key, bench.seed)
                verdict = (
                    "tie"
                    if gain.low <= 0 <= gain.high
                    else f"{-gain.high:+.3f} to {-gain.low:+.3f}"
                )
                cell += f" ({-gain.value:+.3f}; {verdict})"
                made.measures[f"{name.removeprefix('without ')}, {key}"] = gain
            cells.append(cell)
        table.add(name, *cells, number(mean(_lost(runs, sets))))
    made.tables.insert(0, table)
    names = tuple(sets)
    series = tuple(
        Series(
            name,
            tuple(mean(figures(run[key].exact).f1 or 0.0 for run in runs) for key in names),
            tuple(min(figures(run[key].exact).f1 or 0.0 for run in runs) for key in names),
            tuple(max(figures(run[key].exact).f1 or 0.0 for run in runs) for key in names),
        )
        for name, runs in found.items()
    )
    made.charts.insert(
        0,
        Chart(
            "ablation",
            "Parts of the training recipe (bars: all seeds)",
            "bars",
            names,
            series,
            "F1",
        ),
    )
    budget = bench.budget
    made.notes.append(
        f"All rows start from one tagger of clean fine-tuning ({effort(bench)}) "
        f"and are trained on with the same text for {budget.continued:g} passes. So little training says what "
        "each part does in the beginning, not what it is worth in the end. Without dropout stands for without "
        "the search of its rates. Before, with the runs that made the shipped model: [training](../../training.md)."
    )


def _scored(bench: Bench, name: str, model: Path, sets: Sets) -> dict[str, Tally]:
    system = TaggerSystem(name, model)
    return {key: _tally(bench, system, texts) for key, (texts, _) in sets.items()}


def _between(
    full: Sequence[Mapping[str, Tally]], less: Sequence[Mapping[str, Tally]], key: str, seed: int
) -> Measure:
    """Return how much the full recipe gains: the runs of one seed beside each other, documents drawn."""
    seeds = min(len(full), len(less))
    one, two = (Tally.joined([run[key] for run in runs[:seeds]]) for runs in (full, less))
    return _gain(one, two, seed)


def _lost(runs: Sequence[Mapping[str, Tally]], sets: Sets) -> list[float]:
    """Return for each run the share of the disguised entities that are not found, over all disguises."""
    shares = []
    for run in runs:
        rows = [run[key].disguised.sum(axis=0) for key in sets if key != "undisguised"]
        found, total = sum(int(row[1]) for row in rows), sum(int(row[2]) for row in rows)
        shares.append(1 - found / total if total else 0.0)
    return shares
