"""Render: the exporter of a format, or its coloured form where the output is a terminal."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from decloak.core.labels import LABELS
from decloak.core.result import Failure, Result
from decloak.export import EXPORTERS, Exporter, Shape, sanitise
from decloak.export.marked_text import pieces
from decloak.export.table_rows import columns, rows, title

if TYPE_CHECKING:
    from decloak.cli.work import Task

__all__ = ["renderer", "shows_colour"]

_MOST_ROWS = 2_000
"""Rows that rich lays out at once; larger tables are written as plain columns."""

_SGR = {
    "green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36", "white": "37",
    "red": "31", "bright_red": "91", "bright_green": "92", "bright_yellow": "93",
    "bright_blue": "94", "bright_magenta": "95", "bright_cyan": "96", "bright_white": "97",
}  # fmt: skip


def shows_colour() -> bool:
    """Whether a terminal's user wants colours (https://no-color.org)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def renderer(task: Task) -> Exporter:
    """Return what writes the results of a task."""
    if task.colour and task.form == "text":
        return _Coloured()
    if task.colour and task.form == "table":
        return _RichTable(width=task.width)
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
            shown, value = sanitise(piece), sanitise(entity.value)
            tail = "" if shown == value else f"\x1b[2m={value}\x1b[22m"
            yield f"\x1b[1;{code}m{shown}{tail}\x1b[0m"
        if not piece.endswith("\n"):
            yield "\n"

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - said on standard error
        """Return nothing."""
        return ""


@dataclass(frozen=True, slots=True)
class _RichTable:
    """A table laid out for the width of the terminal."""

    width: int
    name: str = "table"
    description: str = "columns for people"
    head: str = ""
    between: str = "\n"
    tail: str = ""
    distinct: str = ""

    def render(self, result: Result, shape: Shape) -> Iterator[str]:
        """Yield the table; very long ones as plain columns."""
        entities = shape.entities(result)
        if not 0 < len(entities) <= _MOST_ROWS:
            yield from EXPORTERS.get("table").render(result, shape)
            return
        from rich.console import Console  # noqa: PLC0415 - only where a terminal shows it
        from rich.table import Table  # noqa: PLC0415 - likewise
        from rich.text import Text  # noqa: PLC0415 - likewise

        table = Table(box=None, title=None, header_style="bold", pad_edge=False)
        for name in columns(shape):
            table.add_column(name.upper(), overflow="fold", no_wrap=name in {"label", "place"})
        for row in rows(entities, shape):
            colour = LABELS[row[0]].colour
            # Text, not str: rich would read square brackets in a str as markup.
            table.add_row(Text(row[0], colour), Text(row[1], "bold"), *map(Text, row[2:]))
        out = io.StringIO()
        console = Console(file=out, force_terminal=True, width=self.width, highlight=False)
        console.print(Text(title(result, len(entities)), "bold"), soft_wrap=True)
        console.print(table)
        yield out.getvalue()

    def render_failure(self, failure: Failure) -> str:  # noqa: ARG002 - said on standard error
        """Return nothing."""
        return ""
