"""Tables in Markdown, and the same rows as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

__all__ = ["Table", "percent"]


def percent(share: float | None) -> str:
    """Write a share; a dash where it is undefined."""
    return "–" if share is None else f"{100 * share:.1f} %"


class Table:
    """Rows under a title.

    Args:
        title: one line.
        columns: their heads.
    """

    def __init__(self, title: str, columns: Sequence[str]) -> None:
        self.title = title
        self.columns = tuple(columns)
        self.rows: list[tuple[object, ...]] = []

    def add(self, *cells: object) -> None:
        """Append one row, one cell per column."""
        self.rows.append(cells)

    def markdown(self) -> str:
        """Return the table as Markdown, cells without anything that could break it."""
        lines = [f"## {self.title}", "", self._line(self.columns)]
        lines.append("|" + "---|" * len(self.columns))
        lines += [self._line(row) for row in self.rows]
        return "\n".join(lines) + "\n"

    @staticmethod
    def _line(cells: Sequence[object]) -> str:
        return "| " + " | ".join(_plain(str(cell)) for cell in cells) + " |"

    def json(self) -> str:
        """Return title and rows as one JSON object."""
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.rows]
        return json.dumps({"title": self.title, "rows": rows}, ensure_ascii=True, default=str)


def _plain(cell: str) -> str:
    """Keep a table in one piece and a terminal safe: escape what neither should see."""
    shown = cell.replace("|", "\\|")
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in shown
    )
