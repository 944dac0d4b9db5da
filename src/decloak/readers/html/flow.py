"""Flow: the text that a page shows, as it is written out, with the source of every code point."""

from __future__ import annotations

import re
from array import array

from decloak.readers.html.references import REFERENCE, resolve

__all__ = ["NOWHERE", "Flow"]

NOWHERE = 0xFFFFFFFF
"""The source offset of what the reader wrote itself."""

_WHITE = " \t\n\f\r"
_RUN = re.compile(r"[ \t\n\f\r]++")
_SPECIAL = re.compile(r"[\t\n\f\r][ \t\n\f\r]*+| [ \t\n\f\r]++|&|\0")
_PRE_SPECIAL = re.compile(r"\r\n?+|&|\0")
_RAW_PRE_SPECIAL = re.compile(r"\r\n?+|\0")
_VALUE_SPECIAL = re.compile(r"[\t\n\r\0]++|&")
_EDGE = "".join(map(chr, range(0x21)))


class Flow:
    """One stream of text. White space is collapsed, blocks and rows become lines, cells get tabs.

    Columns, one entry per stretch: a stretch as long as its source is that source, code point for
    code point; any other comes from all of it.

    Attributes:
        length: code points so far.
        starts: where each stretch begins in the text.
        sources, ends: its half-open range in the source; `NOWHERE` for what the reader wrote.
        owners: the element it stands in, times 2 ** 32, plus its mark: twice the number of the
            attribute (0: none), plus one where it is hidden.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.pieces: list[str] = []
        self.length = 0
        self.starts, self.sources, self.ends = array("I"), array("I"), array("I")
        self.owners = array("Q")
        self._breaks = self._tabs = 0
        self._space: tuple[int, int, int] | None = None
        self._at_edge = False
        self._rows: list[int] = []

    # What stands between pieces of text.

    def block(self, lines: int) -> None:
        """Begin a new line before the next text; two for a blank line between."""
        if not self._at_edge:
            self._breaks = max(self._breaks, lines)
            self._space = None

    def line_break(self) -> None:
        """End the line, as ``<br>`` does; several in a row make one blank line."""
        if not self._at_edge:
            self._breaks = min(self._breaks + 1, 2)
            self._space = None

    def table(self) -> None:
        """Enter a table."""
        self.block(1)
        self._rows.append(0)

    def end_table(self) -> None:
        """Leave a table; without one nothing happens."""
        if self._rows:
            self._rows.pop()
            self._at_edge = False
            self._tabs = 0
            self.block(1)

    def row(self) -> None:
        """Begin a row."""
        if self._rows:
            self.block(1)
            if not self._at_edge:
                self._tabs = 0
            self._rows[-1] = 0

    def end_row(self) -> None:
        """End a row: tabs of empty cells at its end are left out."""
        self._at_edge = False
        self._tabs = 0
        self._space = None
        self._breaks = 1

    def cell(self) -> None:
        """Begin a cell: a tab from the second on, and no line break until its first text."""
        if not self._rows:
            self.block(1)
            return
        if self._rows[-1]:
            self._tabs += 1
            self._breaks = 0
            self._space = None
        self._rows[-1] += 1
        self._at_edge = True

    # Text.

    def text(self, start: int, end: int, owner: int, *, raw: bool = False) -> None:
        """Write a range of the source as a browser shows it: white space collapsed, references read.

        Args:
            start: of the range in the source.
            end: likewise, behind the last one.
            owner: where it stands; see `owners`.
            raw: whether ``&`` is no more than a sign.
        """
        source = self.source
        if source[start] in _WHITE:
            run = _RUN.match(source, start, end)
            after = run.end() if run else start
            self.space(start, after, owner)
            start = after
            if start >= end:
                return
        stop = end
        if source[end - 1] in _WHITE:
            stop = start + len(source[start:end].rstrip(_WHITE))
        done = start
        for match in _SPECIAL.finditer(source, start, stop):
            here, after = match.span()
            if here < done:
                continue  # inside a reference
            char = source[here]
            if char == "&":
                if raw:
                    continue
                done = self._reference(done, here, owner)
                continue
            self._put(done, here, owner)
            if char != "\0":
                self.space(here, after, owner)
            done = after
        self._put(done, stop, owner)
        if stop < end:
            self.space(stop, end, owner)

    def preformatted(self, start: int, end: int, owner: int, *, raw: bool) -> None:
        """Write a range of the source with its white space; line ends become LF."""
        done = start
        special = _RAW_PRE_SPECIAL if raw else _PRE_SPECIAL
        for match in special.finditer(self.source, start, end):
            here, after = match.span()
            if here < done:
                continue
            char = self.source[here]
            if char == "&":
                done = self._reference(done, here, owner)
                continue
            self._put(done, here, owner)
            if char == "\r":
                self._write("\n", here, after, owner)
            done = after
        self._put(done, end, owner)

    def value(self, start: int, end: int, owner: int) -> None:
        """Write the value of an attribute, as `value_of` reads it, on a line of its own."""
        self.block(1)
        start, end = _trim(self.source, start, end)
        done = start
        for match in _VALUE_SPECIAL.finditer(self.source, start, end):
            here, after = match.span()
            if here < done:
                continue
            if self.source[here] == "&":
                done = self._reference(done, here, owner, attribute=True)
                continue
            self._put(done, here, owner)
            done = after
        self._put(done, end, owner)

    def space(self, start: int, end: int, owner: int) -> None:
        """Take note of white space; at the edge of a line it is nothing."""
        if self._space is None and not self._breaks and self.length:
            self._space = (start, end, owner)

    def literal(self, text: str) -> None:
        """Write what stands in no source."""
        if self.length or not text.isspace():
            self._write(text, NOWHERE, NOWHERE, 0)

    def shown_since(self, length: int, most: int) -> str:
        """Return the text from an offset on, no more than so many code points of it."""
        if self.length - length > most:
            return ""
        taken: list[str] = []
        missing = self.length - length
        for piece in reversed(self.pieces):
            if missing <= 0:
                break
            taken.append(piece[-missing:])
            missing -= len(piece)
        return "".join(reversed(taken))

    def _reference(self, done: int, here: int, owner: int, *, attribute: bool = False) -> int:
        """Write what comes before a possible reference and what it stands for; return where it ends."""
        match = REFERENCE.match(self.source, here)
        if match is None:
            return done
        text, after = resolve(match, attribute=attribute)
        if not text:
            return done
        self._put(done, here, owner)
        if text != "\0":
            self._write(text, here, after, owner)
        return after

    def _put(self, start: int, end: int, owner: int) -> None:
        if start < end:
            self._write(self.source[start:end], start, end, owner)

    def _write(self, text: str, start: int, end: int, owner: int) -> None:
        """Write text behind what is due before it."""
        if self._breaks or self._tabs or self._space:
            self._settle()
        self._at_edge = False
        self._append(text, start, end, owner)

    def _settle(self) -> None:
        """Write the breaks, tabs or blank that are due."""
        breaks, tabs, space = self._breaks, self._tabs, self._space
        self._breaks = self._tabs = 0
        self._space = None
        if breaks and self.pieces and self.pieces[-1][-1] == "\n":  # of preformatted text
            last = self.pieces[-1]
            breaks = max(breaks - len(last) + len(last.rstrip("\n")), 0)
        if breaks and self.length:
            self._append("\n" * breaks, NOWHERE, NOWHERE, 0)
        if tabs:
            self._append("\t" * tabs, NOWHERE, NOWHERE, 0)
        elif space and not breaks:
            self._append(" ", *space)

    def _append(self, text: str, start: int, end: int, owner: int) -> None:
        """Add one stretch, or make the last one longer where it goes on in the source."""
        ends, starts = self.ends, self.starts
        goes_on = (
            ends
            and ends[-1] == start
            and self.owners[-1] == owner
            and (
                start == NOWHERE
                or (
                    end - start == len(text)
                    and ends[-1] - self.sources[-1] == self.length - starts[-1]
                )
            )
        )
        if goes_on:
            ends[-1] = end
        else:
            starts.append(self.length)
            self.sources.append(start)
            ends.append(end)
            self.owners.append(owner)
        self.pieces.append(text)
        self.length += len(text)


def _trim(source: str, start: int, end: int) -> tuple[int, int]:
    """Return a range without blanks and control characters at its edges."""
    value = source[start:end]
    start += len(value) - len(value.lstrip(_EDGE))
    return start, start + len(source[start:end].rstrip(_EDGE))
