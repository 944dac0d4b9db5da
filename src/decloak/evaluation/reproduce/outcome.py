"""Outcome: what one item measured, as values that are written as JSON and drawn later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from decloak.evaluation.report import Table

__all__ = ["LATE", "Chart", "Measure", "Missing", "Outcome", "Series", "from_json", "to_json"]

LATE = "the time of this run was over"
"""Why something was not measured that the same run, gone on with, measures."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure that a claim is held against.

    Attributes:
        value: as measured.
        low, high: its 95 % interval; equal to the value where there is nothing to draw again.
        of: how many things it is a figure of, in words: ``120 documents``.
        shown: how the value is written where it is no share or difference; "" for that.
        drawn: documents that the interval was drawn from; 0 where nothing was drawn.
    """

    value: float
    low: float
    high: float
    of: str = ""
    shown: str = ""
    drawn: int = 0


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that was not measured.

    Attributes:
        what: in words.
        why: what it takes.
        command: that measures it.
    """

    what: str
    why: str
    command: str


@dataclass(frozen=True, slots=True)
class Series:
    """One line or group of bars of a picture.

    Attributes:
        name: in the legend.
        values: one for each place on the x axis; None where undefined.
        low, high: intervals, or empty.
        paper: whether these are the published figures.
    """

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    paper: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture, as data.

    Attributes:
        name: of its file.
        title: what it says.
        kind: ``bars``, ``across`` (bars from left to right), ``lines``, ``rows`` (points with intervals, one row each).
        x: places on the x axis (on the y axis for ``across`` and ``rows``), numbers for ``lines``.
        series: what is drawn.
        label: of the axis of values.
        under: of the other axis.
        percent: whether values are shares.
    """

    name: str
    title: str
    kind: str
    x: tuple[str, ...]
    series: tuple[Series, ...]
    label: str = ""
    under: str = ""
    percent: bool = False


@dataclass(slots=True)
class Outcome:
    """What an item measured.

    Attributes:
        tables: in order.
        charts: in order; the first one is the item's picture.
        measures: name -> figure.
        notes: what has to be known to read them, a sentence or two each.
        missing: what was not measured.
    """

    tables: list[Table] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    measures: dict[str, Measure] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)


def to_json(made: Outcome) -> dict[str, Any]:
    """Return an outcome as JSON values."""
    return {
        "tables": [
            {
                "title": table.title,
                "columns": list(table.columns),
                "rows": [[str(cell) for cell in row] for row in table.rows],
            }
            for table in made.tables
        ],
        "charts": [asdict(chart) for chart in made.charts],
        "measures": {name: asdict(each) for name, each in made.measures.items()},
        "notes": made.notes,
        "missing": [asdict(each) for each in made.missing],
    }


def from_json(row: Mapping[str, Any]) -> Outcome:
    """Read what `to_json` wrote."""
    return Outcome(
        [_table(each) for each in row["tables"]],
        [_chart(each) for each in row["charts"]],
        {name: Measure(**each) for name, each in row["measures"].items()},
        list(row["notes"]),
        [Missing(**each) for each in row["missing"]],
    )


def _table(row: Mapping[str, Any]) -> Table:
    made = Table(row["title"], row["columns"])
    for cells in row["rows"]:
        made.add(*cells)
    return made


def _chart(row: Mapping[str, Any]) -> Chart:
    series = tuple(
        Series(
            each["name"],
            _values(each["values"]),
            _values(each["low"]),
            _values(each["high"]),
            each["paper"],
        )
        for each in row["series"]
    )
    return Chart(**{**row, "x": tuple(row["x"]), "series": series})


def _values(row: Sequence[float | None]) -> tuple[float | None, ...]:
    return tuple(row)
