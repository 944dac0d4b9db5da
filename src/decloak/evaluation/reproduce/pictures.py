"""Pictures: charts as PNG or SVG, with one look; published figures hatched or dashed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from decloak.core.extras import need_extra
from decloak.core.offline import load
from decloak.evaluation.reproduce.outcome import Chart, Series

__all__ = ["draw", "needed"]

_INK, _FAINT = "#2b2f36", "#d9dce1"
_COLOURS = ("#0b6e99", "#e07b39", "#3a9d6e", "#a3488c", "#c9a227", "#6b7a8f", "#b3423a", "#4f5bb5")
_GREYS = ("#c4c8ce", "#a4a9b1", "#838993", "#5d636d")
_NAMED = 26
"""Characters of a name on the x axis above which names are turned."""


def needed() -> None:
    """Ask for what draws pictures.

    Raises:
        ToolError: when matplotlib is not installed.
    """
    with need_extra("train"):
        load("matplotlib")


def draw(chart: Chart, path: Path) -> None:
    """Draw a chart.

    Args:
        chart: what to draw.
        path: a PNG or SVG file; the same chart gives the same bytes.

    Raises:
        ToolError: when matplotlib is not installed.
    """
    with need_extra("train"):
        mpl = load("matplotlib")
        mpl.use("Agg")
        plt = load("matplotlib.pyplot")
    style = {
        "font.size": 9, "axes.edgecolor": _FAINT, "axes.labelcolor": _INK, "text.color": _INK,
        "xtick.color": _INK, "ytick.color": _INK, "svg.hashsalt": "decloak", "axes.axisbelow": True,
    }  # fmt: skip
    with mpl.rc_context(style):
        figure = {"bars": _bars, "across": _across, "lines": _lines, "rows": _rows}[chart.kind](
            plt, chart
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        date: dict[str, Any] = {"Date": None} if path.suffix == ".svg" else {"Software": None}
        figure.savefig(path, dpi=150, metadata=date)
        plt.close(figure)


def _colours(series: Sequence[Series]) -> list[str]:
    """Return a colour for each: greys for published figures among ours, colours for all others."""
    mixed = any(each.paper for each in series) and not all(each.paper for each in series)
    made, ours, theirs = [], 0, 0
    for each in series:
        if each.paper:
            made.append(_INK if mixed else _GREYS[theirs % len(_GREYS)])
            theirs += 1
        else:
            made.append(_COLOURS[ours % len(_COLOURS)])
            ours += 1
    return made


def _paired(series: Sequence[Series]) -> list[str]:
    """Return colours in which lines of one subject (what follows the first comma) are alike."""
    subjects = [each.name.partition(", ")[2] if each.name.startswith(("precision, ", "recall, ")) else each.name
                for each in series]  # fmt: skip
    own = dict(zip(dict.fromkeys(subjects), _COLOURS * 3, strict=False))
    return [own[subject] for subject in subjects]


def _bars(plt: Any, chart: Chart) -> Any:
    count, places = len(chart.series), len(chart.x)
    wide = min(12.0, max(6.0, 1.2 + 0.24 * (count + 1) * places))
    figure, axis = plt.subplots(figsize=(wide, 3.7), layout="constrained")
    width = 0.84 / max(1, count)
    largest = max((value or 0.0 for each in chart.series for value in each.values), default=1.0)
    for index, (each, colour) in enumerate(zip(chart.series, _colours(chart.series), strict=True)):
        at = [place - 0.42 + width * (index + 0.5) for place in range(places)]
        heights = [value or 0.0 for value in each.values]
        axis.bar(at, heights, width * 0.92, color=colour, label=each.name)
        _whiskers(axis, at, each)
        for x, value in zip(at, each.values, strict=True):
            if value is not None and count * places <= 40:
                axis.annotate(
                    _figure(value, chart), (x, 0.0), (0, 3), textcoords="offset points", fontsize=6.5,
                    rotation=90, ha="center", va="bottom", color="white" if value > 0.12 * largest else _INK,
                )  # fmt: skip
    turned = max(map(len, chart.x)) * places > 4 * _NAMED
    axis.set_xticks(
        range(places), chart.x, rotation=20 if turned else 0, ha="right" if turned else "center"
    )
    axis.tick_params(length=0)
    _finish(axis, chart, figure)
    return figure


def _across(plt: Any, chart: Chart) -> Any:
    """Draw bars from left to right, a row for each place."""
    count = len(chart.series)
    figure, axis = plt.subplots(
        figsize=(8.4, 1.1 + (0.12 + 0.13 * count) * len(chart.x)), layout="constrained"
    )
    height = 0.8 / max(1, count)
    for index, (each, colour) in enumerate(zip(chart.series, _colours(chart.series), strict=True)):
        at = [place - 0.4 + height * (index + 0.5) for place in range(len(chart.x))]
        axis.barh(
            at, [value or 0.0 for value in each.values], height * 0.9, color=colour, label=each.name
        )
        for y, value in zip(at, each.values, strict=True):
            if value is not None:
                axis.annotate(
                    _figure(value, chart), (value, y), (3, 0), textcoords="offset points", fontsize=6.5,
                    va="center",
                )  # fmt: skip
    axis.set_yticks(range(len(chart.x)), chart.x, fontsize=8)
    axis.set_ylim(len(chart.x) - 0.5, -0.5)
    axis.tick_params(length=0)
    axis.grid(axis="x", color=_FAINT, linewidth=0.6)
    for side in ("top", "right", "left"):
        axis.spines[side].set_visible(False)
    if chart.percent:
        axis.set_xlim(0, 1.06)
        axis.xaxis.set_major_formatter(_percent)
    axis.set_xlabel(chart.label)
    axis.set_title(chart.title, fontsize=10.5, loc="left")
    if count > 1:
        _legend(axis, figure)
    return figure


def _percent(value: float, _: object) -> str:
    return f"{100 * value:.0f} %"


def _lines(plt: Any, chart: Chart) -> Any:
    figure, axis = plt.subplots(figsize=(7.2, 3.9), layout="constrained")
    at = list(range(len(chart.x)))
    for each, colour in zip(chart.series, _paired(chart.series), strict=True):
        known = [(x, value) for x, value in zip(at, each.values, strict=True) if value is not None]
        if not known:
            continue
        xs, values = zip(*known, strict=True)
        if each.paper:
            axis.plot(xs, values, "D", color=_INK, markersize=7, label=each.name, zorder=5)
            continue
        dashed = "--" if each.name.startswith("recall") else "-"
        axis.plot(xs, values, dashed, marker="o", markersize=4, color=colour, label=each.name)
        if each.low:
            rows = [
                (x, low, high)
                for x, low, high in zip(at, each.low, each.high, strict=True)
                if low is not None and high is not None
            ]
            if rows:
                axis.fill_between(*zip(*rows, strict=True), color=colour, alpha=0.12, linewidth=0)
    axis.set_xticks(at, chart.x)
    axis.tick_params(length=0)
    _finish(axis, chart, figure)
    return figure


def _rows(plt: Any, chart: Chart) -> Any:
    figure, axis = plt.subplots(figsize=(9.2, 1.3 + 0.3 * len(chart.x)), layout="constrained")
    for each, colour in zip(chart.series, _verdict_colours(chart.series), strict=True):
        at = [index for index, value in enumerate(each.values) if value is not None]
        values = [each.values[index] for index in at]
        if each.paper:
            axis.plot(
                values, at, "D", color=_INK, markersize=5, label=each.name, zorder=5, mfc="white"
            )
            continue
        lows = [each.low[index] for index in at]
        highs = [each.high[index] for index in at]
        axis.hlines(at, lows, highs, color=colour, linewidth=3.4, alpha=0.4)
        axis.plot(values, at, "o", color=colour, markersize=6, label=each.name)
    axis.axvline(0, color=_INK, linewidth=0.8)
    axis.set_yticks(range(len(chart.x)), chart.x, fontsize=8)
    axis.set_ylim(len(chart.x) - 0.4, -0.6)
    axis.grid(axis="x", color=_FAINT, linewidth=0.6)
    axis.tick_params(length=0)
    for side in ("top", "right", "left"):
        axis.spines[side].set_visible(False)
    axis.set_xlabel(chart.label)
    axis.set_title(chart.title, fontsize=10.5, loc="left")
    _legend(axis, figure)
    return figure


_VERDICTS = {
    "reproduced": "#3a9d6e", "direction only": "#8fbf5a", "tie": "#c9a227", "too few to say": "#a4a9b1",
    "refuted": "#b3423a",
}  # fmt: skip


def _verdict_colours(series: Sequence[Series]) -> list[str]:
    return [_VERDICTS.get(each.name, _INK) for each in series]


def _whiskers(axis: Any, at: Sequence[float], series: Series) -> None:
    if not series.low:
        return
    for x, value, low, high in zip(at, series.values, series.low, series.high, strict=True):
        if value is not None and low is not None and high is not None and low == low:  # noqa: PLR0124 - nan
            axis.plot([x, x], [low, high], color=_INK, linewidth=0.9, solid_capstyle="butt")


def _figure(value: float, chart: Chart) -> str:
    if chart.percent:
        return f"{100 * value:.0f} %"
    return f"{value:.0f}" if value >= 10 else f"{value:.2f}"


def _finish(axis: Any, chart: Chart, figure: Any) -> None:
    axis.grid(axis="y", color=_FAINT, linewidth=0.6)
    for side in ("top", "right", "left"):
        axis.spines[side].set_visible(False)
    if chart.percent:
        axis.set_ylim(0, 1.04)
        axis.yaxis.set_major_formatter(_percent)
    axis.set_ylabel(chart.label)
    axis.set_xlabel(chart.under)
    axis.set_title(chart.title, fontsize=10.5, loc="left")
    _legend(axis, figure)


def _legend(axis: Any, figure: Any) -> None:
    """Put the legend below, in as many columns as the picture is wide."""
    handles, names = axis.get_legend_handles_labels()
    longest = max(map(len, names), default=1)
    columns = max(1, min(len(names), int(12.5 * figure.get_figwidth() / (longest + 7))))
    figure.legend(
        handles, names, loc="outside lower center", ncols=columns, frameon=False, fontsize=8
    )
