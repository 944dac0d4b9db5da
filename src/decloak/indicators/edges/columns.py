"""Columns: where a URL ends because the cell of a row does, though commas and semicolons may be part of URLs.

``http://evil.example/a,2024-05-02,phishing`` is a row, ``/artikel,1234,5.html`` a path. What stands behind a separator
says so by itself (another scheme, an address, a digest, a date), or the rows around it do.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import NamedTuple

from decloak.core.document import View
from decloak.core.limits import MAX_URL
from decloak.indicators import classify
from decloak.indicators.edges.likely import plain
from decloak.indicators.engine import compile_pattern

__all__ = ["cell_ends"]

_UP_TO_SEPARATOR = compile_pattern(rb"[^\s\x82\"<>`{}|,;]{3,}[,;]", capture=False)
_REST = compile_pattern(rb"[^\s\x82\"<>`{}|]*", capture=False)
_OF_SCHEME = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+*_-[:]")
_SEPARATORS = re.compile("[,;]")
_SCHEME = re.compile(r"(?i)[\"']?[a-z][a-z0-9+*_-]{1,11}(?::|\[:\])(?://|\[//\])")
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[-/.][01]?[0-9][-/.][0-3]?[0-9]\b|[0-3]?[0-9][-/.][01]?[0-9][-/.](?:19|20)[0-9]{2}\b"
)
_WORDS = re.compile(r"[^\W\d_][^?=&%/]{2,}")
_TAIL = re.compile(r"[/?=&%]")
_HEADER = re.compile(r"[A-Za-z#_][A-Za-z0-9 _./#()-]{0,40}")
_KEY = re.compile(r"[A-Za-z_][\w.-]*[\"']?\s*[=:]\s*[\"']?$")
_PAIR = re.compile(r"[\"']?([A-Za-z_][\w.-]*)[\"']?\s*[=:]\s*[\"']?(\S*)")
_MEDIA = re.compile(r"(?:application|audio|font|image|message|model|multipart|text|video)/[\w.+-]+")
_NUMBER = re.compile("[0-9]{1,20}")
_PARAMETER = re.compile(r"[A-Za-z_]\w*=")
_SURE = frozenset({"IP_ADDRESS", "CIDR", "HASH", "EMAIL", "CVE", "ASN", "MAC_ADDRESS", "TECHNIQUE"})
_SCHEME_LENGTH = 20
_LINE = 2048  # code points of a line of a table; what has longer ones is none
_KEY_LENGTH = 48
_CELL = 300
_MOST = 32  # separators of one URL that are judged
_AROUND = 3  # rows that are looked at on either side


class _Row(NamedTuple):
    """A line and the cells of it, each with the blanks and quotation marks taken off."""

    cells: tuple[str, ...]

    @property
    def is_header(self) -> bool:
        """Whether the cells are names of columns."""
        return len(self.cells) > 1 and all(_HEADER.fullmatch(cell) for cell in self.cells)


def cell_ends(view: View) -> Iterator[tuple[int, int]]:
    """Yield the separators behind URLs that are cells of a row, in order."""
    shadow, text = view.shadow, view.text
    if b"//" not in shadow or (b"," not in shadow and b";" not in shadow):
        return
    slashes, last = shadow.find(b"//"), -1
    while slashes >= 0:
        found = _UP_TO_SEPARATOR.match(shadow, slashes + 2, slashes + MAX_URL)
        if found is not None and shadow[slashes - 1] in b":][" and slashes > 1:
            edge = _first_edge(text, _scheme_start(shadow, slashes), found.end() - 1, shadow)
            if edge > last:
                yield edge, edge + 1
                last = edge
        slashes = shadow.find(b"//", slashes + 2)


def _scheme_start(shadow: bytes, slashes: int) -> int:
    start = slashes
    while start > max(slashes - _SCHEME_LENGTH, 0) and shadow[start - 1] in _OF_SCHEME:
        start -= 1
    while start < slashes and shadow[start] in b"[:]+-_*":
        start += 1
    return start


def _first_edge(text: str, start: int, at: int, shadow: bytes) -> int:
    """Return the first separator from `at` on in a URL's characters that ends its cell; -1 when none does."""
    rest = _REST.match(shadow, at, at + MAX_URL)
    end = rest.end() if rest is not None else at
    for mark in islice(_SEPARATORS.finditer(text, at, end), _MOST):
        if mark.end() < end and _ends_cell(text, start, mark.start()):
            return mark.start()
    return -1


def _ends_cell(text: str, start: int, at: int) -> bool:
    mark = text[at]
    if _SCHEME.match(text, at + 1) is not None:
        return True
    line_start = text.rfind("\n", max(start - _LINE, 0), start) + 1
    line_end = text.find("\n", at, at + _LINE)
    whole = start - line_start < _LINE and (line_end >= 0 or at + _LINE >= len(text))
    line_end = line_end if line_end >= 0 else len(text)
    lead = text[max(line_start, start - _LINE) : start].rstrip()
    quoted = text[start - 1 : start] in {'"', "'"} and start > line_start
    first = _cells(text[at + 1 : min(line_end, at + _CELL)], mark)[0]
    kind = _kind(first)
    if quoted:
        return kind in _SURE
    if kind in _SURE or kind == "DATE" or text[at + 1 : at + 2] == '"':
        return True
    if lead and lead[-1] != mark:
        return (kind == "DOMAIN" and not lead[-1].isalnum()) or _is_pair(lead, mark, first)
    if kind or not first:
        return True
    return whole and _is_row(
        text, (line_start, line_end), mark, lead, _cells(text[at + 1 : line_end], mark)
    )


def _is_pair(lead: str, mark: str, cell: str) -> bool:
    """Whether a URL is the value of a key, and another key follows: ``url=http://evil.example/a;host=evil.example``."""
    key, pair = _KEY.search(lead[-_KEY_LENGTH:]), _PAIR.match(cell)
    if key is None or pair is None:
        return False
    return mark in lead or pair[1].lower() in _kinds() or _kind(pair[2]) != ""


def _is_row(
    text: str, line: tuple[int, int], mark: str, lead: str, behind: tuple[str, ...]
) -> bool:
    """Whether a URL that begins a cell is followed by another one, by the rest of its row and by those around it."""
    before = _cells(lead, mark)
    if lead and before[-2:-1] and before[-2].lower() in _kinds():
        return True
    here = len(behind) + (len(before) if lead else 1)
    above, below = _rows(text, line[0] - 1, mark, up=True), _rows(text, line[1], mark, up=False)
    first = _row(text[: text.find("\n", 0, _LINE) + 1].strip("\ufeff\r\n"), mark)
    if any(row.is_header and 1 < len(row.cells) <= here for row in (first, *above)):
        return True
    if _PARAMETER.match(behind[0]) is not None:
        return False
    alike = [row for row in (*above, *below) if len(row.cells) == here]
    index = here - len(behind)
    if any(" " in row.cells[index] or _kind(row.cells[index]) for row in alike):
        return True
    if any(_is_tail(cell) for cell in behind):
        return False
    if lead and alike and _NUMBER.fullmatch(behind[0]) is not None:
        return True
    if not any(_is_words(cell) for cell in behind):
        return False
    return bool(lead or alike) or (
        " " in behind[0] and any(len(row.cells) > 1 for row in (*above, *below))
    )


def _rows(text: str, place: int, mark: str, *, up: bool) -> list[_Row]:
    """Return the rows next to a line end, as far as the rows go on without a blank line."""
    rows: list[_Row] = []
    while len(rows) < _AROUND and 0 <= place < len(text):
        if up:
            start = max(text.rfind("\n", max(place - _LINE, 0), place) + 1, place - _LINE)
            line, place = text[start:place], start - 1
        else:
            stop = text.find("\n", place + 1, place + _LINE)
            line, place = text[place + 1 : stop if stop >= 0 else place + _LINE], stop
        if not line.strip():
            break
        rows.append(_row(line, mark))
    return rows


def _row(line: str, mark: str) -> _Row:
    return _Row(_cells(line.rstrip("\r"), mark))


def _cells(line: str, mark: str) -> tuple[str, ...]:
    """Return the cells of a line, or of the rest of one; separators between quotation marks part nothing."""
    if '"' not in line:
        return tuple(cell.strip(" \t\r") for cell in line.split(mark))
    cells: list[str] = []
    parts = line.split('"')
    open_cell = ""
    for number, part in enumerate(parts):
        if number % 2:
            open_cell += part
            continue
        first, *rest = part.split(mark)
        open_cell += first
        for cell in rest:
            cells.append(open_cell.strip(" \t\r"))
            open_cell = cell
    return (*cells, open_cell.strip(" \t\r"))


def _kind(cell: str) -> str:
    """Say what a cell is by itself: a label, ``DATE``, ``KIND`` for the name of a type, or nothing."""
    if not cell or len(cell) > _CELL:
        return ""
    if _DATE.match(cell) is not None:
        return "DATE"
    if cell.lower() in _kinds():
        return "KIND"
    if _MEDIA.fullmatch(cell) is not None:
        return "MEDIA"
    token = plain(cell.partition(" ")[0])
    found = classify(token)
    if found is None or (found[0] == "DOMAIN" and _ending(token) in _endings()):
        return ""
    return found[0]


def _is_words(cell: str) -> bool:
    return (
        _WORDS.fullmatch(cell) is not None
        or (" " in cell and cell[0].isalnum())
        or _kind(cell) != ""
    )


def _is_tail(cell: str) -> bool:
    """Whether a cell is rather the rest of a path or of a query."""
    return (
        " " not in cell
        and (_TAIL.search(cell) is not None or ("." in cell and _ending(cell) in _endings()))
        and not _kind(cell)
    )


def _ending(cell: str) -> str:
    return cell.rpartition(".")[2].lower()


@cache
def _table() -> dict[str, list[str]]:
    return tomllib.loads(
        files("decloak.indicators.edges").joinpath("columns.toml").read_text("utf-8")
    )


@cache
def _kinds() -> frozenset[str]:
    return frozenset(_table()["kinds"])


@cache
def _endings() -> frozenset[str]:
    return frozenset(_table()["endings"])
