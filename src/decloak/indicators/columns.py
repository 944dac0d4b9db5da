"""Columns: tables whose head says what stands below: CSV, TSV, Markdown, Zeek's and W3C's logs.

A head is a line of cells of which at least one is the name of a field; its rows are the lines below with as
many cells. No quoting rules are applied but one: what stands in quotation marks parts no cells.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import NamedTuple

from decloak.core.document import View
from decloak.indicators.engine import Pattern, compile_pattern

__all__ = ["Sheet", "bare", "cells_of", "head_over", "heads_pattern", "sheet_at", "sheets_of"]

_LONGEST_HEAD = 2048
_LONGEST_ROW = 8192
_MOST_CELLS = 128
_NAME = compile_pattern(rb"[ \t\"'*`]*([A-Za-z_#][A-Za-z0-9_ .()/#:-]{0,47}?)?[ \t\"'*`]*")
_RULE = compile_pattern(rb"[ \t|:=+-]+", capture=False)
_MARKS = (rb"#fields", rb"#Fields:")
_PAD = b" \t\"'*`"


class Sheet(NamedTuple):
    """The rows of a table.

    Attributes:
        start, end: half-open range of the rows, without the head.
        separator: one byte: comma, semicolon, tab, vertical bar, or blank in W3C logs.
        heads: the text of each head's cell.
    """

    start: int
    end: int
    separator: bytes
    heads: tuple[str, ...]


def heads_pattern(words: tuple[str, ...]) -> Pattern:
    """Compile what finds lines with a cell that is one of these words ."""
    names = "|".join(word.replace(" ", "[ _.-]?") for word in words).encode()
    return compile_pattern(
        rb"(?im)^#fields:?[ \t]|(?:^|[,;\t|])[ \t\"'*`]{0,8}(?:[a-z0-9]{1,16}[ _.-]){0,2}(?:"
        + names
        + rb")[ \t\"'*`\r]{0,8}(?:[,;\t|]|$)",
        capture=False,
        memory=1 << 25,
    )


def sheets_of(
    view: View, start: int, end: int, heads: Pattern, is_field: Callable[[str], bool]
) -> Iterator[Sheet]:
    """Yield the tables of a range, in order.

    Args:
        view: the text.
        start: where the half-open range starts.
        end: where it ends.
        heads: what `heads_pattern` made.
        is_field: whether a head's cell is the name of a field that matters.
    """
    shadow = view.shadow
    position = start
    while position < end and (match := heads.search(shadow, position, end)) is not None:
        low = max(start, shadow.rfind(b"\n", start, match.end() - 1) + 1)
        stop = shadow.find(b"\n", match.end() - 1, end)
        stop = stop if stop >= 0 else end
        position = stop + 1
        found = _head(shadow, low, stop) if stop - low <= _LONGEST_HEAD else None
        if found is None:
            continue
        separator, names = found
        if not any(map(is_field, names)):
            continue
        last = _rows_end(shadow, position, end, separator, len(names))
        if last > position:
            yield Sheet(min(position, end), last, separator, names)
            position = last


def _head(shadow: bytes, start: int, end: int) -> tuple[bytes, tuple[str, ...]] | None:
    """Return separator and names of a line that is a head, else None."""
    for mark in _MARKS:
        if shadow.startswith(mark, start, end):
            rest = shadow[start + len(mark) : end].strip()
            separator = b"\t" if b"\t" in rest else b" "
            return separator, tuple(name.decode("latin-1") for name in rest.split(separator))
    line = shadow[start:end]
    separator = max((b",", b";", b"\t", b"|"), key=line.count)
    spans = list(cells_of(shadow, start, end, separator))
    if not 2 <= len(spans) <= _MOST_CELLS:
        return None
    names: list[str] = []
    for low, high in spans:
        found = _NAME.fullmatch(shadow, low, high)
        if found is None:
            return None
        names.append(found.group(1).decode("latin-1"))
    return (separator, tuple(names)) if sum(map(bool, names)) >= 2 else None


def _rows_end(shadow: bytes, start: int, end: int, separator: bytes, count: int) -> int:
    """Return where the last line in a row ends that has as many cells as the head."""
    last = position = start
    while position < end:
        stop = shadow.find(b"\n", position, end)
        stop = stop if stop >= 0 else end
        parts = (
            sum(1 for _ in cells_of(shadow, position, stop, separator))
            if separator == b"|"
            else shadow.count(separator, position, stop) + 1
        )
        quoted = b'"' in shadow[position:stop]
        if parts < min(count, 2) or (parts != count and not quoted and separator != b" "):
            ruled = _RULE.fullmatch(shadow, position, stop) is not None
            noted = shadow.startswith(b"#", position, stop)
            if not ruled and not noted and abs(parts - count) > 1:
                break
        position = stop + 1
        last = stop
    return last


def cells_of(shadow: bytes, start: int, end: int, separator: bytes) -> Iterator[tuple[int, int]]:
    """Yield the ranges of the cells of a line; a bar at either end of it parts nothing."""
    if separator == b"|":
        while start < end and shadow[start] in b" \t>":
            start += 1
        while end > start and shadow[end - 1] in b" \t\r\x82":
            end -= 1
        start += shadow[start : start + 1] == b"|"
        end -= end > start and shadow[end - 1 : end] == b"|"
    low, quoted = start, False
    sign = separator[0]
    if shadow.find(b'"', start, end) < 0:
        while (high := shadow.find(separator, low, end)) >= 0:
            yield low, high
            low = high + 1
        yield low, end
        return
    for place in range(start, end):
        byte = shadow[place]
        if byte == 0x22:
            quoted = not quoted
        elif byte == sign and not quoted:
            yield low, place
            low = place + 1
    yield low, end


def bare(shadow: bytes, start: int, end: int) -> tuple[int, int]:
    """Return a cell's range without white space, quotation marks and marks of emphasis around it."""
    while start < end and shadow[start] in _PAD:
        start += 1
    while end > start and shadow[end - 1] in _PAD + b"\r\x82":
        end -= 1
    return start, end


def sheet_at(sheets: list[Sheet], place: int) -> Sheet | None:
    """Return the table among sorted ones in whose rows a place lies; None for none."""
    index = bisect_right(sheets, place, key=_start) - 1
    return sheets[index] if index >= 0 and place < sheets[index].end else None


def _start(sheet: Sheet) -> int:
    return sheet.start


def head_over(sheet: Sheet, shadow: bytes, place: int) -> str:
    """Return the head over a place in a table; "" beyond its columns."""
    low = shadow.rfind(b"\n", max(sheet.start - 1, place - _LONGEST_ROW, 0), place) + 1
    if low < max(sheet.start, place - _LONGEST_ROW):
        return ""  # no row of a table is so long
    stop = shadow.find(b"\n", place, place + _LONGEST_ROW)
    stop = stop if stop >= 0 else min(len(shadow), place + _LONGEST_ROW)
    for head, (start, end) in zip(
        sheet.heads, cells_of(shadow, low, stop, sheet.separator), strict=False
    ):
        if start <= place <= end:
            return head
    return ""
