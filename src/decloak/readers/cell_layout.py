"""Cell layout: whether a text is a table of values with delimiters, with which, and what its columns are called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

__all__ = ["SAMPLE", "Layout", "cell_pattern", "layout_of", "likely_layout"]

SAMPLE = 1 << 16
"""Code points from the start by which a table is known."""

_DELIMITERS = ",\t;|"
_ROWS = 50
"""Records that are looked at."""
_NAME = re.compile(r"[^\W\d][\w .()/%-]{0,63}")
"""What columns are called."""
_NAMES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")


class Layout(NamedTuple):
    """How a table is written.

    Attributes:
        delimiter: what stands between two cells.
        names: of the columns; empty where nothing names them.
    """

    delimiter: str
    names: tuple[str, ...]


@cache
def cell_pattern(delimiter: str) -> re.Pattern[str]:
    """Return the pattern of one cell and what ends it: group 1 a delimiter, group 2 a line end, or the end.

    A quote without its end is a character like others (RFC 4180 knows none); blanks may stand before one, as some
    feeds have it. Linear: nothing is read twice.
    """
    mark = re.escape(delimiter)
    quoted = rf' *+"(?:[^"]++|"")*+"(?=[{mark}\r\n]|\Z)\r?'
    return re.compile(rf"(?:{quoted}|[^{mark}\n]*+)(?:({mark})|(\n)|\Z)")


def layout_of(text: str, name: str) -> Layout | None:
    """Return how a text is laid out as a table; None where it is none.

    A table has the same number of cells in every row, and a row that names its columns, above values that no
    column would be called; where the name of the file says that it is a table, any names or none will do.

    Args:
        text: its first `SAMPLE` code points, or all where there is less.
        name: of the input.
    """
    named = name.lower().endswith(_NAMES)
    rest, comments = _behind_comments(text)
    first = rest[: rest.find("\n") + 1 or None].rstrip("\r\n")
    best = None
    for delimiter in _DELIMITERS:
        # Most texts are told from a table by their first line.
        if delimiter not in first or not (
            named or comments or _are_names(list(map(_value, first.split(delimiter))), delimiter)
        ):
            continue
        rows = _rows(rest, delimiter, whole=len(text) < SAMPLE)
        width = len(rows[0]) if rows else 0
        if width < 2:
            continue
        names = _names(rows, delimiter, comments, named=named)
        if names is None or (best is not None and len(best[1]) >= width):
            continue
        best = Layout(delimiter, names), rows[0]
    return best[0] if best else None


def likely_layout(text: str) -> Layout:
    """Return the layout of a text that somebody says is a table: the delimiter that its first line has most."""
    first = text[:SAMPLE].partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    names = tuple(_value(cell) for cell in next(_records(first, delimiter), ()))
    return Layout(delimiter, names if _are_names(names, delimiter) else ())


def _names(
    rows: Sequence[Sequence[str]], delimiter: str, comments: Sequence[str], *, named: bool
) -> tuple[str, ...] | None:
    """Return the names of the columns, () where there are none; None where it is no table."""
    width = len(rows[0])
    for comment in comments:
        told = [_value(cell) for cell in next(_records(comment, delimiter), ())]
        if len(told) == width and _are_names(told, delimiter):
            return tuple(told)
    first, values = tuple(map(_value, rows[0])), rows[1:]
    if _are_names(first, delimiter):
        told_apart = any(
            not any(_NAME.fullmatch(_value(row[column])) for row in values)
            for column in range(width)
        )
        if named or (len(values) > 1 and told_apart):
            return first
    return () if named and len(rows) > 1 else None


def _behind_comments(text: str) -> tuple[str, list[str]]:
    """Return what stands below the lines before a table, and those of them that may name its columns.

    Feeds name them in the last comment, Zeek in one that begins with ``#fields``; a spreadsheet is told the
    delimiter by a first line such as ``sep=;``.
    """
    start = 1 if text.startswith("\ufeff") else 0
    last, fields = "", ""
    while text.startswith(("#", "sep="), start):
        end = text.find("\n", start) + 1 or len(text)
        last = text[start:end].rstrip("\r\n")
        fields = last if last.startswith("#fields") else fields
        start = end
    told = [fields.removeprefix("#fields")[1:], last.lstrip("# ")] if last else []
    return text[start:], told


def _are_names(cells: Sequence[str], delimiter: str) -> bool:
    """Whether cells could name columns; prose has a blank behind its commas."""
    return (
        len(cells) > 1
        and all(_NAME.fullmatch(cell) for cell in cells)
        and len(set(cells)) == len(cells)
        and not (delimiter == "," and all(cell.startswith(" ") for cell in cells[1:]))
    )


def _rows(text: str, delimiter: str, *, whole: bool) -> list[list[str]]:
    """Return the first records that are neither blank nor comments, nothing when they are not of one width.

    A record that the sample cuts is none.
    """
    rows: list[list[str]] = []
    held: list[str] | None = None  # until another one shows that it is whole
    for record in _records(text, delimiter):
        if held is not None:
            rows.append(held)
        if len(rows) == _ROWS or (rows and len(rows[-1]) != len(rows[0])):
            break
        held = None if record == [""] or record[0].startswith("#") else record
    else:
        if held is not None and whole:
            rows.append(held)
    return rows if rows and len(rows[-1]) == len(rows[0]) else []


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    cells: list[str] = []
    for found in cell_pattern(delimiter).finditer(text):
        cells.append(found[0].removesuffix(delimiter if found[1] else "\n"))
        if not found[1]:
            if found.start() < len(text) or len(cells) > 1:
                yield [cell.removesuffix("\r") for cell in cells]
            cells = []


def _value(cell: str) -> str:
    """Return what a cell says, without its quotes."""
    cell = cell.lstrip(" ") if cell.startswith(' "') else cell
    if len(cell) > 1 and cell.startswith('"') and cell.endswith('"'):
        return cell[1:-1].replace('""', '"')
    return cell
