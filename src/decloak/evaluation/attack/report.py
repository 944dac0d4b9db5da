"""Report: tables and pictures of what targets withstand, and the same as one JSON object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from decloak.core.extras import need_extra
from decloak.core.offline import load
from decloak.evaluation.attack.conditions import CLEAN
from decloak.evaluation.attack.measure import Cell
from decloak.evaluation.attack.search import Fall
from decloak.evaluation.report import Table, percent

__all__ = ["draw", "record", "tables"]

Cells = Mapping[tuple[str, str, float], Mapping[str, Cell]]
"""(family, kind, strength) -> target -> counts."""
_DARK = 0.6
"""Shares above it are drawn dark."""


def tables(cells: Cells, falls: Mapping[str, Sequence[Fall]]) -> list[Table]:
    """Return the tables, most general first."""
    targets = list(next(iter(cells.values())))
    full = max(strength for _, _, strength in cells)
    made = [_summary(cells, targets, full)]
    for title, kinds in (
        ("Recall of indicators in disguise, by value", ("known",)),
        ("One disguise over another: recall of indicators", ("composed",)),
        ("Disguises that nothing was written for: recall of indicators", ("held out",)),
    ):
        rows = [key for key in cells if key[1] in kinds and key[2] == full]
        if rows:
            made.append(
                _by_family(title, cells, rows, targets, lambda c: c.share("found", "hidden"))
            )
    rows = [key for key in cells if key[1] != CLEAN and key[2] == full]
    made.append(
        _by_family(
            "Attack success: share of the indicators found clean that their disguise hides",
            cells, rows, targets, lambda c: c.share("lost", "clean"),
        )
    )  # fmt: skip
    named = [key for key in rows if any(cells[key][t].names for t in targets)]
    if named:
        made.append(
            _by_family(
                "Recall of names in disguise (software, services, organisations ...), by value",
                cells, named, targets, lambda c: c.share("names_found", "names"),
            )
        )  # fmt: skip
    if len({strength for _, kind, strength in cells if kind == "known"}) > 1:
        made.append(_strengths(cells, targets))
    if any(falls.values()):
        made.append(_searched(falls))
    return made


def _summary(cells: Cells, targets: Sequence[str], full: float) -> Table:
    table = Table(
        "Targets",
        ("target", "clean recall", "clean precision", "recall in disguise", "precision in disguise",
         "held-out disguises", "boundaries", "names, clean", "MB/s", "texts without an answer"),
    )  # fmt: skip
    for target in targets:
        clean = next(by[target] for (_, kind, _), by in cells.items() if kind == CLEAN)
        known = _sum(cells, target, "known", full)
        held = _sum(cells, target, "held out", full)
        every = [by[target] for by in cells.values()]
        seconds = sum(each.seconds for each in every)
        rate = sum(each.characters for each in every) / seconds / 1e6 if seconds else None
        table.add(
            target,
            percent(clean.share("found", "hidden")),
            percent(clean.precision),
            percent(known.share("found", "hidden")),
            percent(known.precision),
            percent(held.share("found", "hidden")),
            percent(sum(every, Cell()).share("exact", "placed")),
            percent(clean.share("names_found", "names")),
            "–" if rate is None else f"{rate:.2f}",
            sum(each.errors for each in every),
        )
    return table


def _sum(cells: Cells, target: str, kind: str, strength: float) -> Cell:
    return sum(
        (by[target] for key, by in cells.items() if key[1:] == (kind, strength)), start=Cell()
    )


def _by_family(
    title: str,
    cells: Cells,
    rows: Sequence[tuple[str, str, float]],
    targets: Sequence[str],
    figure: Any,
) -> Table:
    table = Table(title, ("family", "entities", *targets))
    for key in rows:
        by = cells[key]
        first = by[targets[0]]
        count = first.names if title.startswith("Recall of names") else first.hidden
        if count:
            table.add(key[0], count, *(percent(figure(by[target])) for target in targets))
    return table


def _strengths(cells: Cells, targets: Sequence[str]) -> Table:
    """Lay out recall over *all* indicators of the texts as more of them are disguised."""
    table = Table(
        "Recall of the disguised indicators by the share of entities that is disguised, all families together",
        ("share", "entities", *targets),
    )
    for strength in sorted({s for _, kind, s in cells if kind == "known"}):
        each = [_sum(cells, target, "known", strength) for target in targets]
        table.add(
            percent(strength), each[0].hidden, *(percent(c.share("found", "hidden")) for c in each)
        )
    return table


def _searched(falls: Mapping[str, Sequence[Fall]]) -> Table:
    table = Table(
        "Searched attacks: share of the indicators found clean that no disguise within the budget hides",
        (
            "target",
            "indicators",
            "one disguise",
            "two, one over the other",
            "questions",
            "what hides most",
        ),
    )
    for target, each in falls.items():
        count = len(each)
        fallen: dict[str, int] = {}
        for fall in each:
            if fall.budget:
                fallen[fall.family] = fallen.get(fall.family, 0) + 1
        most = sorted(fallen, key=lambda name: (-fallen[name], name))[:3]
        table.add(
            target, count,
            percent(sum(f.budget != 1 for f in each) / count if count else None),
            percent(sum(f.budget == 0 for f in each) / count if count else None),
            sum(f.asked for f in each), ", ".join(most) or "–",
        )  # fmt: skip
    return table


def record(cells: Cells, falls: Mapping[str, Sequence[Fall]], about: Mapping[str, Any]) -> Any:
    """Return everything that was measured, as JSON values."""
    return {
        **about,
        "cells": [
            {"family": family, "kind": kind, "strength": strength, "target": target} | asdict(cell)
            for (family, kind, strength), by in cells.items()
            for target, cell in by.items()
        ],
        "searched": {target: [asdict(each) for each in rows] for target, rows in falls.items()},
    }


def draw(cells: Cells, path: Path) -> None:
    """Draw recall under every disguise as a heat map, targets beside each other.

    Args:
        cells: what was measured.
        path: an SVG or PNG file.

    Raises:
        ToolError: when matplotlib is not installed.
    """
    with need_extra("train"):
        mpl = load("matplotlib")
        mpl.use("Agg")
        plt = load("matplotlib.pyplot")

    targets = list(next(iter(cells.values())))
    full = max(strength for _, _, strength in cells)
    clean = [key for key in cells if key[1] == CLEAN]
    rows = clean + [
        key for key in cells if key[1] in {"known", "held out"} and key[2] == full
        and cells[key][targets[0]].hidden
    ]  # fmt: skip
    grid = [
        [cells[key][target].share("found", "hidden") or 0.0 for target in targets] for key in rows
    ]
    mpl.rcParams["svg.hashsalt"] = "decloak"  # the same figures give the same bytes
    figure, axis = plt.subplots(
        figsize=(1.6 + 1.05 * len(targets), 1.5 + 0.27 * len(rows)), layout="constrained"
    )
    axis.imshow(grid, cmap="YlGnBu", vmin=0, vmax=1, aspect="auto")
    axis.set_xticks(range(len(targets)), targets, rotation=35, ha="right", fontsize=8)
    axis.set_yticks(range(len(rows)), [key[0] for key in rows], fontsize=8)
    axis.tick_params(length=0)
    for y, line in enumerate(grid):
        for x, share in enumerate(line):
            ink = "white" if share > _DARK else "black"
            axis.text(x, y, f"{100 * share:.0f}", ha="center", va="center", fontsize=7, color=ink)
    axis.set_title("Indicators found, % by value", fontsize=10, loc="left")
    path.parent.mkdir(parents=True, exist_ok=True)
    date: dict[str, Any] = {"Date": None} if path.suffix == ".svg" else {"Software": None}
    figure.savefig(path, dpi=130, metadata=date)
    plt.close(figure)
