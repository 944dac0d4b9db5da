"""Flow: what stands between two lines in the text: a line end, a blank, a tab, or nothing.

A program breaks a line where the next word does not fit. So a paragraph goes on where it did not fit,
and ends where it did. What looks like the two halves of one indicator keeps its line end: whether they
are one, the decoders judge by what they read as.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median_low
from typing import NamedTuple

from decloak.readers.pdf.lines import Line
from decloak.readers.pdf.order import same_row

__all__ = ["Piece", "Words", "flow", "over_page"]

_COLUMN = 6.0  # points within which lines of one column begin
_OUTLIER = 3.0  # ems by which a word too long for its column sticks out
_PITCH = 1.4  # of the usual distance of lines, from which on a paragraph ends
_SIZE = 0.12
_DRAWN_OUT = 0.1  # ems
_PROSE = 3  # words in a line
_CROWDED = 2_000  # lines of a page in which nobody looks for what stands beside what
_SLACK = 0.5  # ems: a blank, and what the edge may be off
_MARKER = re.compile(r"(?:[•‣▪◦·●○■–—*\ue000-\uf8ff-]|\(?[0-9]{1,3}[.)]|[A-Za-z][.)])(?: |$)")
_COLUMN_LINES = 3  # fewest of a block from which a sentence goes on in the next column
_CELL_LINES = 3  # of the lower of two cells beside each other; paragraphs of two columns have more
_SENTENCE_ENDS = (".", "!", "?", ":", "。")
_CLOSING = "\"'”’)]»"
_NEAR_END = 40
_SOFT_HYPHEN = "\u00ad"
_HYPHENS = ("-", "\u2010", _SOFT_HYPHEN)
_LEADER = re.compile(r"(?:\. ?){4,}\S{0,8}$")  # of a table of contents
_LAST = re.compile(r"\S+$")
_FIRST = re.compile(r"\S+")
_PLAIN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_EDGES = "()[]{}<>\"'“”‘’«»,;:.!?…"
_JOINTS = ("/", "_", "=", "&", "?", "%", "@")
_SIGN = re.compile(r"[./:@\\_%=&?#~$]")
_FULL = 0.7  # ems: less room than a letter takes
_LONG = 8  # characters
_CLOSERS = ",;)]}>\"'”’»"
_OPENERS = ("(", "[", "{", "<", '"', "“", "‘", "«")
_HEX = re.compile(r"[0-9A-Fa-f]{6,}")


class Piece(NamedTuple):
    """A line and what stands behind it in the text.

    Attributes:
        line: what stands on the page.
        length: code points of it that are kept: one less where a hyphen is undone.
        then: what the reader writes behind it.
        edge: where the lines of its column end, in points, of the last line of a page; None for others.
    """

    line: Line
    length: int
    then: str
    edge: float | None = None


class Words:
    """The words of a document, as far as it was read, that are more than letters."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def add(self, lines: Iterable[Line]) -> None:
        """Take in the words of some lines."""
        for line in lines:
            for token in line.text.split():
                word = token.strip(_EDGES)
                if not word.isalpha():
                    self._seen.add(word.lower())

    def has(self, word: str) -> bool:
        """Whether the document writes a word on one line somewhere."""
        return word.strip(_EDGES).lower() in self._seen


def flow(lines: Sequence[Line], words: Words) -> Iterator[Piece]:
    """Yield every line of a page with what stands behind it; a line end behind the last."""
    pitch = _pitch(lines)
    columns = _Columns(lines, pitch)
    words.add(lines)
    paragraphs = list(_paragraphs(lines, columns, pitch))
    for index, paragraph in enumerate(paragraphs):
        for line, after in pairwise(paragraph):
            yield _joined(line, after, words, columns.right_of(line))
        last = paragraph[-1]
        if index + 1 < len(paragraphs):
            then = "\t" if _is_beside(paragraph, paragraphs[index + 1]) else "\n"
            yield Piece(last, len(last.text), then)
        else:
            in_row = index > 0 and _is_beside(paragraphs[index - 1], paragraph)
            yield Piece(last, len(last.text), "\n", None if in_row else columns.right_of(last))


def _paragraphs(lines: Sequence[Line], columns: _Columns, pitch: float) -> Iterator[list[Line]]:
    """Yield the lines of each paragraph, or of each cell of a table."""
    before: list[Line] = []
    paragraph: list[Line] = []
    in_row = False
    for line in lines:
        if paragraph:
            last = paragraph[-1]
            other_cell = in_row and abs(last.x0 - line.x0) > last.size
            if same_row(last, line) or other_cell or not _goes_on(last, line, columns, pitch):
                yield paragraph
                before, paragraph = paragraph, []
                in_row = _is_beside(before, [line])
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _is_beside(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether two paragraphs are cells of one row, whatever number of lines each has."""
    if same_row(left[-1], right[0]):
        return True
    if min(len(left), len(right)) > _CELL_LINES or right[0].x0 < max(line.x1 for line in left):
        return False
    low, high = left[-1].y0, left[0].y1
    bottom, top = right[-1].y0, right[0].y1
    return min(high, top) - max(low, bottom) > 0.5 * min(high - low, top - bottom)


def over_page(last: Piece, after: Line, words: Words) -> str:
    """Return what stands between the last line of a page and the first of the next.

    A line end, unless a sentence plainly goes on there; a hyphen is left to the decoders.
    """
    line, edge = last.line, last.edge
    if edge is None or not (line.upright and after.upright) or _MARKER.match(after.text):
        return last.then
    alike = (
        abs(line.size - after.size) <= _SIZE * line.size and abs(line.x0 - after.x0) <= line.size
    )
    ends = line.text.rstrip(_CLOSING).endswith(_SENTENCE_ENDS)
    room = edge - line.x1
    if (
        not alike
        or ends
        or after.text[0].isupper()
        or after.first_word + _SLACK * line.size <= room
    ):
        return last.then
    joined = _joined(line, after, words, edge)
    return joined.then if joined.length == last.length and joined.then else last.then


def _goes_on(line: Line, after: Line, columns: _Columns, pitch: float) -> bool:
    """Whether the paragraph of one line goes on in the next."""
    if not (line.upright and after.upright) or _MARKER.match(after.text):
        return False
    if _LEADER.search(line.text[-_NEAR_END:]):
        return False
    if abs(line.size - after.size) > _SIZE * max(line.size, after.size):
        return False
    em, room = line.size, columns.right_of(line) - line.x1
    if after.y0 > line.y1 and after.x0 >= line.x1:  # at the top of the next column
        ends = line.text.rstrip(_CLOSING).endswith(_SENTENCE_ENDS)
        if ends or min(columns.lines_of(line), columns.lines_of(after)) < _COLUMN_LINES:
            return False
    else:
        if not 0.5 * em < line.y0 - after.y0 <= _PITCH * pitch + 0.2 * em:
            return False
        indent = after.x0 - line.x0
        if not -4 * em <= indent <= (4 if _MARKER.match(line.text) else 1) * em:
            return False
        room = max(room, after.x1 - line.x1)
    return line.text.endswith(_HYPHENS) or after.first_word + _SLACK * em > room


def _joined(line: Line, after: Line, words: Words, edge: float) -> Piece:
    """Return a line that goes on in the next, with what parts the two words in the text.

    Args:
        line: that goes on.
        after: the line in which it does.
        words: of the document.
        edge: where the lines of its column end, in points.
    """
    length = len(line.text)
    last, first = _LAST.search(line.text), _FIRST.search(after.text)
    left = last.group().lstrip(_EDGES) if last else ""
    right = first.group().rstrip(_EDGES) if first else ""
    if left.endswith(_SOFT_HYPHEN) or (
        left.endswith(_HYPHENS) and _is_hyphenated(left, right, words)
    ):
        return Piece(line, length - 1, "")
    if left.endswith(_HYPHENS):
        return Piece(line, length, "" if left[:-1] else " ")
    parts = _is_part(left) and _is_part(right) and not after.text.startswith(_OPENERS)
    halves = not _is_closed(left) and (
        left.endswith(_JOINTS) or (parts and not _are_two(line, after, len(left), edge))
    )
    return Piece(line, length, "\n" if halves else " ")


def _is_hyphenated(left: str, right: str, words: Words) -> bool:
    """Whether the hyphen at a line end was put there to part a word, and is none of the word's own.

    What the document writes elsewhere decides; else a word of small letters was parted, and an
    indicator, which programs part at its own hyphens only, was not.
    """
    if words.has(left + right):
        return False
    if words.has(left[:-1] + right):
        return True
    return bool(_PLAIN.fullmatch(left[:-1]) and _PLAIN.fullmatch(right)) and right[0].islower()


def _are_two(line: Line, after: Line, length: int, edge: float) -> bool:
    """Whether the tokens around a line end are two: as one they would have fitted into a line of their own.

    Programs part a token only where it is longer than a line, or where they part all tokens, and then the
    line is full.
    """
    left = line.x1 - float(line.boxes[-length, 0])
    full = edge - line.x1 < _FULL * line.size
    return not full and left + after.first_word < edge - min(line.x0, after.x0)


def _is_part(token: str) -> bool:
    """Whether a token may be a part of an indicator: it has a sign inside, or is a long one with digits."""
    bare = token.strip(_EDGES)
    if len(bare) >= _LONG and any(map(str.isdigit, bare)):
        return True
    return _SIGN.search(bare) is not None or _HEX.fullmatch(bare) is not None


def _is_closed(token: str) -> bool:
    """Whether a token ends with a mark behind which no indicator goes on: a comma, a bracket, ``MD5:``."""
    end = token[-1:]
    return end in _CLOSERS or (end == ":" and _SIGN.search(token[:-1]) is None)


class _Columns:
    """How many lines stand in a block, and where the lines of its column end, of a page."""

    def __init__(self, lines: Sequence[Line], pitch: float) -> None:
        held: defaultdict[tuple[int, int], list[Line]] = defaultdict(list)
        self._columns: dict[int, tuple[int, int]] = {}
        self._lines: dict[int, int] = {}
        self._own: dict[int, float] = {}
        crowded = len(lines) > _CROWDED
        for block in _blocks(lines, pitch):
            bound = -1 if crowded else _bound(block, lines)
            own = _justified_edge(block)
            for line in block:
                if own is not None:
                    self._own[id(line)] = own
                column = int(line.x0 // _COLUMN), bound
                self._columns[id(line)] = column
                self._lines[id(line)] = len(block)
                held[column].append(line)
        self._rights = {column: _edge(of_it) for column, of_it in held.items()}

    def lines_of(self, line: Line) -> int:
        """Return how many lines stand in a line's block."""
        return self._lines[id(line)]

    def right_of(self, line: Line) -> float:
        """Return the right edge of a line's column in points."""
        own = self._own.get(id(line))
        if own is not None:
            return own
        left, bound = self._columns[id(line)]
        return max(self._rights.get((near, bound), line.x1) for near in (left - 1, left, left + 1))


def _blocks(lines: Sequence[Line], pitch: float) -> Iterator[list[Line]]:
    """Yield lines that stand below each other as those of a paragraph do."""
    block: list[Line] = []
    for line in lines:
        last = block[-1] if block else line
        if block and not (
            0 < last.y0 - line.y0 <= _PITCH * pitch + 0.2 * line.size
            and abs(last.x0 - line.x0) < 4 * line.size
        ):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _justified_edge(block: Sequence[Line]) -> float | None:
    """Return the right edge of a block of prose that is drawn out to it; None for any other."""
    edge = max(line.x1 for line in block)
    full = sum(edge - line.x1 <= _DRAWN_OUT * line.size for line in block)
    words = sum(line.text.count(" ") + 1 for line in block)
    return edge if full >= max(2, len(block) // 2) and words >= _PROSE * len(block) else None


def _bound(block: Sequence[Line], lines: Sequence[Line]) -> int:
    """Return where what stands to the right of a block begins, in steps of columns; -1 for nothing."""
    low, high = min(line.y0 for line in block), max(line.y1 for line in block)
    right = sorted(line.x1 for line in block)[len(block) // 2]
    beside = (b.x0 for b in lines if b.x0 > right and b.y0 < high and b.y1 > low)
    return int(min(beside, default=-_COLUMN) // _COLUMN)


def _edge(lines: Sequence[Line]) -> float:
    """Return the right edge of lines of one column, but for what sticks out."""
    rights = sorted(line.x1 for line in lines)
    em = median_low(line.size for line in lines)
    last = len(rights) - 1
    while last > len(rights) // 2 and rights[last] - rights[last - 1] > _OUTLIER * em:
        last -= 1
    return rights[last]


def _pitch(lines: Sequence[Line]) -> float:
    """Return the usual distance of the base lines of two lines of one paragraph, in points."""
    steps = sorted(
        a.y0 - b.y0
        for a, b in itertools.pairwise(lines)
        if 0.5 * a.size < a.y0 - b.y0 < 3 * a.size and b.x0 < a.x1 and a.x0 < b.x1
    )
    if not steps:
        return 1.2 * median_low(line.size for line in lines) if lines else 0.0
    return steps[len(steps) // 2]
