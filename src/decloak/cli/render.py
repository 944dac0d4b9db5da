"""Render: the exporter of a format, or its coloured form where the output is a terminal."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from decloak.cli.exposed import Exposed
from decloak.cli.unique import COUNTED
from decloak.core.labels import LABELS
from decloak.core.result import Failure, Result
from decloak.export import EXPORTERS, Exporter, Shape, sanitise
from decloak.export.marked_text import pieces
from decloak.export.table_rows import batches, cut, title, widths

if TYPE_CHECKING:
    from decloak.cli.work import Task

__all__ = ["renderer", "shows_colour"]

_SGR = {
    "green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36", "white": "37",
    "red": "31", "bright_red": "91", "bright_green": "92", "bright_yellow": "93",
    "bright_blue": "94", "bright_magenta": "95", "bright_cyan": "96", "bright_white": "97",
}  # fmt: skip
_WRITTEN, _PLACE, _WHY = 2, 3, 5
"""Columns that give way on a narrow terminal, and the one that is a link."""
_LEAST = 12
"""Fewest columns that anything of a cell is shown in."""


def shows_colour(*, terminal: bool) -> bool:
    """Whether to colour the output: NO_COLOR (https://no-color.org) and FORCE_COLOR have their way, in that order."""
    if os.environ.get("NO_COLOR"):
        return False
    if forced := os.environ.get("FORCE_COLOR"):
        return forced not in {"0", "false"}
    return terminal and os.environ.get("TERM") != "dumb"


def renderer(task: Task) -> Exporter:
    """Return what writes the results of a task."""
    if task.settings.output.view == "exposures":
        return Exposed(task.settings.link.kb)
    if task.settings.output.unique:
        return COUNTED
    if task.colour and task.form == "text":
        return _Coloured()
    if task.colour and task.form == "table":
        return _ColourTable(width=task.width)
    return EXPORTERS.get(task.form)


@dataclass(frozen=True, slots=True)
class _Coloured:
    """The input with its entities in the colours of their labels."""

    name: str = "text"
    description: str = "the input with its entities in colour"
    head: str = ""
    between: str = ""
    tail: str = ""
    distinct: str = ""

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield the text; every colour is switched off where the entity ends."""
        piece = "\n"
        for piece, entity in pieces(result, shape):
            if entity is None:
                yield sanitise(piece, lines=True)
                continue
            code = _SGR.get(LABELS[entity.label].colour, "1")
            shown, value = sanitise(shape.surface(entity)), sanitise(entity.value)
            tail = "" if shown == value else f"\x1b[2m={value}\x1b[22m"
            yield f"\x1b[1;{code}m{shown}{tail}\x1b[0m"
        if not piece.endswith("\n"):
            yield "\n"

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - said on standard error
        """Return nothing."""
        return ""


@dataclass(frozen=True, slots=True)
class _ColourTable:
    """The table in colours; places are links; on a narrow terminal the values stay whole and the rest gives way."""

    width: int
    name: str = "table"
    description: str = "columns for people"
    head: str = ""
    between: str = "\n"
    tail: str = ""
    distinct: str = ""

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield the title and the rows."""
        entities = shape.entities(result)
        yield f"\x1b[1m{title(result, len(entities), shape)}\x1b[0m\n"
        file, first = _address(result.id), True
        for grid in batches(result, entities, shape):
            fitted = _fitted(grid, self.width)
            wide = widths(fitted)
            for row in fitted:
                yield _line(row, wide, None if first else file, head=first)
                first = False

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - said on standard error
        """Return nothing."""
        return ""


def _line(row: Sequence[str], wide: Sequence[int], file: str | None, *, head: bool) -> str:
    cells = []
    for number, (cell, width) in enumerate(zip(row, wide, strict=True)):
        shown = cell
        if cell and head:
            shown = f"\x1b[1m{cell}\x1b[0m"
        elif not number:
            shown = f"\x1b[{_SGR.get(LABELS[cell].colour, '1')}m{cell}\x1b[0m"
        elif number == 1:
            shown = f"\x1b[1m{cell}\x1b[0m"
        elif number == _PLACE and file is not None:
            shown = f"\x1b]8;;{file}#{cell}\x1b\\{cell}\x1b]8;;\x1b\\"
        cells.append(shown + " " * max(width - len(cell), 0))
    return "  ".join(cells).rstrip() + "\n"


def _fitted(grid: list[tuple[str, ...]], width: int) -> list[tuple[str, ...]]:
    """Cut the reasons, then the surfaces, down to what a terminal has room for; nothing else is cut."""
    for column in (_WHY, _WRITTEN):
        wide = widths(grid)
        over = sum(wide) + 2 * (len(wide) - 1) - width
        if over > 0:
            room = max(wide[column] - over, _LEAST)
            grid = [(*row[:column], cut(row[column], room), *row[column + 1 :]) for row in grid]
    return grid


def _address(name: str) -> str | None:
    """Return the address of a document's file, for a link (OSC 8); None where it is no file."""
    try:
        path = Path(name)
        if not path.is_file():
            return None
        return f"file://{socket.gethostname()}{quote(os.fsencode(path.resolve()))}"
    except (OSError, ValueError):
        return None
