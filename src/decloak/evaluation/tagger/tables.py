"""Tables: the results under disguise, laid out."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from decloak.evaluation.report import Table
from decloak.evaluation.tagger.bootstrap import difference, f1_interval
from decloak.evaluation.tagger.conditions import CLEAN, PRESETS, SEEN, UNSEEN
from decloak.evaluation.tagger.results import UNDISGUISED, Results
from decloak.evaluation.tagger.tally import LABEL_ORDER, Figures, figures

__all__ = ["all_tables", "number", "write_csv"]

BASELINE, ROBUST = "baseline", "robust"
"""The systems whose difference is the subject; their names in the results."""


def number(value: float | None, digits: int = 3) -> str:
    """Write a share as in the literature; a dash where it is undefined."""
    return "–" if value is None or value != value else f"{value:.{digits}f}"  # noqa: PLR0124 - nan


def all_tables(results: Results, seed: int) -> list[Table]:
    """Return all tables, most general first.

    Args:
        results: what was measured.
        seed: of the bootstrap.
    """
    made = [_summary(results, seed), *_gains(results, seed)]
    made += [_by_condition(results, exact=exact) for exact in (True, False)]
    made += [_disguised(results), _lost(results)]
    made.append(_by_source(results))
    for group, names in results.groups().items():
        if group not in results.named(PRESETS) and group != UNDISGUISED:
            made.append(_by_label(results, group, names))
    return made


def _summary(results: Results, seed: int) -> Table:
    table = Table(
        "Micro precision, recall and F1",
        ("texts", "system", "documents", "entities", "precision", "recall", "F1", "95 %",
         "overlap precision", "overlap recall", "overlap F1", "95 %"),
    )  # fmt: skip
    for group, names in results.groups().items():
        for system in results.systems:
            joined = results.joined(names, system)
            exact, overlap = figures(joined.exact), figures(joined.overlap)
            table.add(
                group, system, len(joined.ids), exact.gold,
                *map(number, (exact.precision, exact.recall, exact.f1)),
                _range(f1_interval(joined.exact, joined.ids, seed)),
                *map(number, (overlap.precision, overlap.recall, overlap.f1)),
                _range(f1_interval(joined.overlap, joined.ids, seed)),
            )  # fmt: skip
    return table


def _range(pair: tuple[float, float], digits: int = 3) -> str:
    low, high = pair
    return f"{number(low, digits)} to {number(high, digits)}"


def _gains(results: Results, seed: int) -> list[Table]:
    """Compare robust with baseline on the same documents, where both were measured."""
    if not {BASELINE, ROBUST} <= set(results.systems):
        return []
    table = Table(
        "Robust minus baseline, F1",
        ("texts", "exact", "95 %", "overlap", "95 %"),
    )
    for group, names in results.groups().items():
        first, second = results.joined(names, ROBUST), results.joined(names, BASELINE)
        cells: list[str] = []
        for here, there in ((first.exact, second.exact), (first.overlap, second.overlap)):
            point, within = difference(here, there, first.ids, seed)
            cells += [f"{point:+.3f}", "{:+.3f} to {:+.3f}".format(*within)]
        table.add(group, *cells)
    return [table]


def _by_condition(results: Results, *, exact: bool) -> Table:
    what = "exact spans" if exact else "overlap"
    table = Table(
        f"Micro F1 per disguise, {what}",
        ("disguise", "in training", "documents", *results.systems),
    )
    for name in results.named(CLEAN, UNDISGUISED, SEEN, UNSEEN, PRESETS):
        cells = []
        for system in results.systems:
            made = results.tallies[name, system]
            cells.append(number(figures(made.exact if exact else made.overlap).f1))
        table.add(name, _seen(results.kinds[name]), len(results.texts[name]), *cells)
    return table


def _seen(kind: str) -> str:
    return {SEEN: "yes", UNSEEN: "no", PRESETS: "yes"}.get(kind, "–")


def _disguised(results: Results) -> Table:
    table = Table(
        "Recall of the entities in disguise alone (exact / overlap)",
        ("disguise", "in training", "disguised", *results.systems),
    )
    for name in results.named(SEEN, UNSEEN, PRESETS):
        cells, count = [], 0
        for system in results.systems:
            exact, overlap, count = results.tallies[name, system].disguised.sum(axis=0)
            cells.append(f"{number(exact / count)} / {number(overlap / count)}" if count else "–")
        table.add(name, _seen(results.kinds[name]), count, *cells)
    return table


def _lost(results: Results) -> Table:
    """Lay out attack success: disguises that hide what the system finds without them."""
    table = Table(
        "Attack success: share of the entities found undisguised that their disguise hides (overlap)",
        ("disguise", "in training", *results.systems),
    )
    for name in results.named(SEEN, UNSEEN, PRESETS):
        cells = []
        for system in results.systems:
            lost, total = results.lost(name, system)
            cells.append(number(lost / total if total else None))
        table.add(name, _seen(results.kinds[name]), *cells)
    return table


def _by_source(results: Results) -> Table:
    table = Table(
        "Clean text per source, micro F1 (exact / overlap)",
        ("source", "documents", "entities", *results.systems),
    )
    for clean in results.named(CLEAN):
        texts = results.texts[clean]
        sources = sorted({text.source for text in texts})
        chosen = {source: [source] for source in sources}
        chosen["all tool output"] = [source for source in sources if source != "report"]
        for name, members in chosen.items():
            rows = [index for index, text in enumerate(texts) if text.source in members]
            if not rows:
                continue
            cells, gold = [], 0
            for system in results.systems:
                made = results.tallies[clean, system]
                exact, overlap = figures(made.exact[rows]), figures(made.overlap[rows])
                gold = exact.gold
                cells.append(f"{number(exact.f1)} / {number(overlap.f1)}")
            table.add(name, len(rows), gold, *cells)
    return table


def _by_label(results: Results, group: str, names: Sequence[str]) -> Table:
    table = Table(
        f"Per label, {group}: precision / recall / F1 of exact spans; F1 of overlap",
        ("label", "entities", *results.systems),
    )
    for index, label in enumerate(LABEL_ORDER):
        cells, gold = [], 0
        for system in results.systems:
            joined = results.joined(names, system)
            exact = figures(joined.exact[:, index])
            gold = exact.gold
            cells.append(f"{_three(exact)}; {number(figures(joined.overlap[:, index]).f1)}")
        if gold:
            table.add(label, gold, *cells)
    return table


def _three(made: Figures) -> str:
    return " / ".join(map(number, (made.precision, made.recall, made.f1)))


def write_csv(results: Results, path: Path) -> None:
    """Write precision, recall and F1 of every condition, system and label, one row each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("disguise", "kind", "system", "label", "entities", "precision", "recall",
                      "f1", "overlap_precision", "overlap_recall", "overlap_f1"))  # fmt: skip
        for (name, system), made in results.tallies.items():
            parts = [("micro", slice(None))]
            parts += [(label, slice(i, i + 1)) for i, label in enumerate(LABEL_ORDER)]
            for label, part in parts:
                exact, overlap = figures(made.exact[:, part]), figures(made.overlap[:, part])
                cells = (exact.precision, exact.recall, exact.f1,
                         overlap.precision, overlap.recall, overlap.f1)  # fmt: skip
                if any(cell is not None for cell in cells):
                    shown = ["" if cell is None else f"{cell:.4f}" for cell in cells]
                    out.writerow((name, results.kinds[name], system, label, exact.gold, *shown))
