"""Threshold: what a confidence of 0.85 accepts, what the pattern veto removes, and points at a stated risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from decloak.core.labels import CORE_LABELS
from decloak.evaluation.report import Table
from decloak.evaluation.reproduce.bench import SIX, Bench
from decloak.evaluation.reproduce.conditions import unseen, ways
from decloak.evaluation.reproduce.outcome import Chart, Measure, Outcome, Series
from decloak.evaluation.reproduce.systems import Optioned, Vetoed
from decloak.evaluation.tagger.bootstrap import difference, interval, weights
from decloak.evaluation.tagger.calibration import curve, judge
from decloak.evaluation.tagger.matching import pair
from decloak.evaluation.tagger.mentions import Mention, Text
from decloak.evaluation.tagger.systems import Decoded, System, TaggerSystem
from decloak.evaluation.tagger.tables import number
from decloak.evaluation.tagger.tally import figures, tally

__all__ = ["threshold"]

STEPS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99)
RISKS = (0.01, 0.02, 0.05, 0.10)
_REVIEWED = "pipeline with what it holds back"
_TAGGER = "tagger on decoded text"
Sets = Mapping[str, Sequence[Text]]
Said = Sequence[Sequence[Mention]]


def threshold(bench: Bench) -> Outcome:
    """Sweep the threshold, remove what fails its pattern, choose thresholds at a stated risk."""
    made = Outcome()
    tagger = TaggerSystem("tagger", bench.shipped)
    systems: list[System] = [
        Optioned(_REVIEWED, (("model", bench.shipped.as_posix()), ("review", True))),
        Decoded(_TAGGER, tagger),
    ]
    sets = {"undisguised": bench.clean("test")}
    for name, level in (("experiment 2", ways(2)[-1]), ("kept from training", unseen())):
        texts = bench.disguised(level.condition, share=level.share)[0]
        if texts:
            sets[name] = texts
    for system in systems:
        said = {
            name: _core(bench.answers.of(system, [text.text for text in texts]))
            for name, texts in sets.items()
        }
        _sweep(made, system.name, sets, said)
        if system.name == _REVIEWED:
            _claims(made, sets, said, bench.seed)
            made.tables.append(_labels(sets, said))
            made.tables.append(_conformal(bench, system, sets, said))
    _veto(made, bench, sets)
    made.notes += [
        (
            "The pipeline is asked for all it knows (`output.review`), what it accepts and what it holds back, with "
            "its confidence; a threshold then keeps what is above. The published threshold was on a language "
            "model's own confidence."
        ),
        (
            "*At a stated risk*: on the validation part the largest threshold is chosen that loses, of the right "
            "entities there are without one, at most the stated share in the mean over documents (conformal risk "
            "control, monotone loss); the test part shows what it then loses."
        ),
        (
            "*Veto*: what the tagger says is removed where its text fails the pattern of its label, however "
            "sure the tagger is; on the raw text, and on the decoded text as published."
        ),
    ]
    return made


def _core(said: Sequence[Sequence[Mention]]) -> list[list[Mention]]:
    return [[each for each in mentions if each.label in SIX] for mentions in said]


def _sweep(made: Outcome, system: str, sets: Sets, said: Mapping[str, Said]) -> None:
    table = Table(f"Threshold, {system}: precision / recall / F1", ("threshold", *sets))
    rows = {name: curve(judge(texts, said[name]), STEPS) for name, texts in sets.items()}
    for index, step in enumerate(STEPS):
        cells = [" / ".join(map(number, rows[name][index][1:])) for name in sets]
        table.add(f"{step:.2f}", *cells)
    made.tables.append(table)
    steps = tuple(f"{step:.2f}" for step in STEPS)
    series = [
        Series(f"{what}, {name}", tuple(getattr(row, field) for row in rows[name]))
        for name in sets
        for what, field in (("precision", "precision"), ("recall", "recall"))
    ]
    stem = "threshold" if system == _REVIEWED else "threshold-tagger"
    made.charts.append(
        Chart(stem, f"Threshold: {system}", "lines", steps, tuple(series), "", "threshold")
    )


def _counts(texts: Sequence[Text], said: Said, low: float) -> NDArray[np.int64]:
    """Return right, wrong and missed exact spans at or above a threshold, (document, 3)."""
    rows = []
    for text, mentions in zip(texts, said, strict=True):
        found = pair(text.gold, [m for m in mentions if m.confidence >= low], exact=True)
        wrong = [
            m for m in found.spurious if text.checks(m.label) and not text.excuses(m.start, m.end)
        ]
        rows.append((len(found.hits), len(wrong), len(found.missed)))
    return np.array(rows, np.int64).reshape(-1, 3)


def _claims(made: Outcome, sets: Sets, said: Mapping[str, Said], seed: int) -> None:
    """Compare 0.75 and 0.95 with 0.85, over all sets together."""
    at = {
        low: np.concatenate([_counts(texts, said[name], low) for name, texts in sets.items()])
        for low in (0.75, 0.85, 0.95)
    }
    drawn = weights(len(at[0.85]), seed)
    of = f"{len(at[0.85])} texts, {int(at[0.85][:, [0, 2]].sum())} entities"

    def measure(rows: NDArray[np.int64], whole: NDArray[np.int64]) -> Measure:
        low, high = interval((drawn @ rows) / np.maximum(drawn @ whole, 1))
        value = float(rows.sum() / max(1, whole.sum()))
        return Measure(value, low, high, of, drawn=len(rows))

    gold = at[0.85][:, [0, 2]].sum(axis=1)
    made.measures["wrong added at 0.75, per entity"] = measure(
        at[0.75][:, 1] - at[0.85][:, 1], gold
    )
    made.measures["right added at 0.75, per entity"] = measure(
        at[0.75][:, 0] - at[0.85][:, 0], gold
    )
    made.measures["right lost at 0.95, per entity"] = measure(at[0.85][:, 0] - at[0.95][:, 0], gold)
    made.measures["wrong lost at 0.95, per entity"] = measure(at[0.85][:, 1] - at[0.95][:, 1], gold)
    for low in (0.75, 0.95):
        one, two = at[0.85], at[low]
        values = _f1(drawn @ one) - _f1(drawn @ two)
        bounds = interval(values)
        value = float(_f1(one.sum(axis=0)) - _f1(two.sum(axis=0)))
        made.measures[f"F1 at 0.85 minus at {low:.2f}"] = Measure(
            value, *bounds, of, drawn=len(at[0.85])
        )


def _f1(sums: NDArray[np.int64]) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(
            2 * sums[..., 0] / (2 * sums[..., 0] + sums[..., 1] + sums[..., 2]), np.float64
        )


def _labels(sets: Sets, said: Mapping[str, Said]) -> Table:
    """Return for each label the F1 over all sets at some thresholds, and where it is best."""
    shown = (0.5, 0.75, 0.85, 0.95, 0.99)
    table = Table(
        "Pipeline, F1 per label over all sets", ("label", *(f"{s:.2f}" for s in shown), "best at")
    )
    for label in CORE_LABELS:
        found = []
        for step in STEPS:
            total = np.zeros(3, np.int64)
            for name, texts in sets.items():
                kept = [_of_label(text, label) for text in texts]
                own = [[m for m in mentions if m.label == label] for mentions in said[name]]
                total += _counts(kept, own, step).sum(axis=0)
            found.append(float(_f1(total)))
        known = [value if value == value else -1.0 for value in found]  # noqa: PLR0124 - nan
        best = STEPS[known.index(max(known))]
        table.add(label, *(number(found[STEPS.index(step)]) for step in shown), f"{best:.2f}")
    return table


def _of_label(text: Text, label: str) -> Text:
    gold = tuple(each for each in text.gold if each.label == label)
    return Text(text.id, text.source, text.text, gold, text.exhaustive, text.ignore)


def _conformal(bench: Bench, system: System, sets: Sets, said: Mapping[str, Said]) -> Table:
    """Choose thresholds on the validation part, and say what they lose on the test part."""
    chosen_on = bench.clean("validation")
    answers = _core(bench.answers.of(system, [text.text for text in chosen_on]))
    table = Table(
        "Operating points at a stated risk (share of the right entities lost)",
        (
            "risk",
            "threshold",
            *(f"lost, {name}" for name in sets),
            *(f"precision, {n}" for n in sets),
        ),
    )
    steps = [step / 200 for step in range(201)]
    losses = {step: _losses(chosen_on, answers, step) for step in steps}
    count = len(losses[0.0])
    for risk in RISKS:
        fit = [
            step
            for step in steps
            if count and (count * float(losses[step].mean()) + 1) / (count + 1) <= risk
        ]
        if not fit:
            table.add(
                f"{100 * risk:.0f} %", "too few documents", *("–" for _ in range(2 * len(sets)))
            )
            continue
        low = max(fit)
        lost, precise = [], []
        for name, texts in sets.items():
            lost.append(number(float(_losses(texts, said[name], low).mean())))
            total = _counts(texts, said[name], low).sum(axis=0)
            precise.append(number(total[0] / (total[0] + total[1]) if total[:2].sum() else None))
        table.add(f"{100 * risk:.0f} %", f"{low:.3f}", *lost, *precise)
    return table


def _losses(texts: Sequence[Text], said: Said, low: float) -> NDArray[np.float64]:
    """Return for each document with right entities the share of them that a threshold loses."""
    whole, kept = _counts(texts, said, 0.0)[:, 0], _counts(texts, said, low)[:, 0]
    some = whole > 0
    # A threshold may free a right entity that a wrong one kept from its place.
    return np.asarray(np.clip(1 - kept[some] / whole[some], 0, 1), np.float64)


def _veto(made: Outcome, bench: Bench, sets: Sets) -> None:
    tagger = TaggerSystem("tagger", bench.shipped)
    pairs: tuple[tuple[str, System, System], ...] = (
        ("raw text", tagger, Vetoed("tagger, veto", tagger)),
        ("decoded text", Decoded("tagger + decode", tagger),
         Decoded("tagger + decode, veto", Vetoed("veto", tagger))),
    )  # fmt: skip
    table = Table(
        "Pattern veto: precision / recall / F1 of exact spans",
        ("texts", "read", "without", "with the veto", "difference of F1", "95 %"),
    )
    for name, texts in sets.items():
        for where, plain, strict in pairs:
            rows = [
                tally(texts, bench.answers.of(system, [text.text for text in texts]), CORE_LABELS)
                for system in (plain, strict)
            ]
            cells = [_three(each.exact) for each in rows]
            point, (low, high) = difference(rows[1].exact, rows[0].exact, rows[0].ids, bench.seed)
            table.add(name, where, *cells, f"{point:+.3f}", f"{low:+.3f} to {high:+.3f}")
            of = f"{len(texts)} texts"
            made.measures[f"veto, {where}, {name}"] = Measure(
                point, low, high, of, drawn=len(texts)
            )
    made.tables.append(table)


def _three(counts: NDArray[np.int64]) -> str:
    each = figures(counts)
    return " / ".join(map(number, (each.precision, each.recall, each.f1)))
