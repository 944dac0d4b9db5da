"""Alignment: the exact map between a text before and after edits.

Stored as runs, so a text of 100 MB with three edits costs three entries. Between runs the map is
the identity plus a shift. A run is atomic: what an edit wrote comes from everything it replaced,
except in a reversed run (text shown right to left by U+202E), where code point i comes from code
point -1-i.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import overload

from decloak.core.errors import SpanError

__all__ = ["Alignment", "Edit", "Run", "Runs", "apply_edits"]


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """One change that a decoder proposes, or that consensus made.

    Attributes:
        start, end: half-open code-point range of what is replaced (may be empty-to-insert never:
            ``start < end``).
        replacement: what to read there; the empty string removes.
        family: the disguise that is undone (``defang``, ``zero_width`` ...; see `decode`).
        decoder: name of the decoder that proposed it.
        confidence: in [0, 1], how sure the decoder is.
        reason: one line for the user.
        reversed: the replacement is the run read backwards, one code point for one.
        closed: a closed vocabulary must stand here (services, states, protocols), so that nothing else
            can be meant.
    """

    start: int
    end: int
    replacement: str
    family: str
    decoder: str
    confidence: float = 1.0
    reason: str = ""
    reversed: bool = False
    closed: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            message = f"edit [{self.start}, {self.end}) by {self.decoder} is empty or reversed"
            raise SpanError(message)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch where the identity does not hold.

    Raw [raw_start, raw_end) became decoded [start, end).
    """

    raw_start: int
    raw_end: int
    start: int
    end: int
    reversed: bool = False


class Runs(Sequence[Run]):
    """Runs as columns: a line end that became another one costs a few bytes, not an object.

    Attributes:
        raw_starts, raw_ends, starts, ends: one of each per run.
        turned: which runs are reversed.
    """

    __slots__ = ("ends", "raw_ends", "raw_starts", "starts", "turned")

    def __init__(self, runs: Iterable[Run] = ()) -> None:
        self.raw_starts, self.raw_ends = array("I"), array("I")
        self.starts, self.ends = array("I"), array("I")
        self.turned: set[int] = set()
        for run in runs:
            self.add(run.raw_start, run.raw_end, run.start, run.end, turned=run.reversed)

    @classmethod
    def of(cls, raw_starts: bytes, raw_ends: bytes, starts: bytes, ends: bytes) -> Runs:
        """Return runs from columns of 32-bit offsets; none is reversed."""
        runs = cls()
        runs.raw_starts.frombytes(raw_starts)
        runs.raw_ends.frombytes(raw_ends)
        runs.starts.frombytes(starts)
        runs.ends.frombytes(ends)
        return runs

    @property
    def columns(self) -> tuple[array[int], array[int], array[int], array[int]]:
        """The four columns, for those who read them all at once."""
        return self.raw_starts, self.raw_ends, self.starts, self.ends

    def add(
        self, raw_start: int, raw_end: int, start: int, end: int, *, turned: bool = False
    ) -> None:
        """Add a run behind the others."""
        if turned:
            self.turned.add(len(self.starts))
        self.raw_starts.append(raw_start)
        self.raw_ends.append(raw_end)
        self.starts.append(start)
        self.ends.append(end)

    def __len__(self) -> int:
        return len(self.starts)

    def __iter__(self) -> Iterator[Run]:
        return map(self.__getitem__, range(len(self)))

    @overload
    def __getitem__(self, index: int) -> Run: ...
    @overload
    def __getitem__(self, index: slice) -> list[Run]: ...
    def __getitem__(self, index: int | slice) -> Run | list[Run]:
        if isinstance(index, slice):
            return [self[place] for place in range(len(self))[index]]
        place = range(len(self))[index]
        return Run(
            self.raw_starts[place],
            self.raw_ends[place],
            self.starts[place],
            self.ends[place],
            place in self.turned,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Runs):
            return NotImplemented
        return self.columns == other.columns and self.turned == other.turned

    def __hash__(self) -> int:
        return hash(tuple(map(bytes, self.columns)))


class Alignment:
    """The map between raw and decoded offsets. Immutable; composes.

    Args:
        raw_length: code points before the edits.
        runs: the edited stretches, sorted, not overlapping.
    """

    __slots__ = ("length", "raw_length", "runs")

    def __init__(self, raw_length: int, runs: Iterable[Run] = ()) -> None:
        self.raw_length = raw_length
        self.runs = runs if isinstance(runs, Runs) else Runs(runs)
        shift = 0
        if self.runs:
            shift = self.runs.ends[-1] - self.runs.raw_ends[-1]
        self.length = raw_length + shift

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Alignment):
            return NotImplemented
        return self.raw_length == other.raw_length and self.runs == other.runs

    def __hash__(self) -> int:
        return hash((self.raw_length, self.runs))

    def __repr__(self) -> str:
        return f"Alignment({self.raw_length}, {len(self.runs)} runs)"

    @property
    def is_identity(self) -> bool:
        """Whether nothing was changed."""
        return not self.runs

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        """Map a decoded range to the smallest raw range that holds all it came from.

        Characters that an edit removed belong to the range when they stand inside it, not when
        they stand at its edge.

        Raises:
            SpanError: when the range is empty, reversed or outside the decoded text.
        """
        if not 0 <= start < end <= self.length:
            message = f"[{start}, {end}) is empty, reversed or outside a text of {self.length}"
            raise SpanError(message)
        if not self.runs:
            return start, end
        low, high = self._edge(start)[0], self._edge(end - 1)[1]
        if not self.runs.turned:
            return low, high
        # A reversed run makes the map fall where it otherwise rises: look at every run inside.
        first = bisect_right(self.runs.starts, start) - 1
        last = bisect_right(self.runs.starts, end - 1)
        for run in self.runs[max(first, 0) : last]:
            if run.reversed and run.start < end and start < run.end:
                a, b = max(start, run.start), min(end, run.end)
                low = min(low, run.raw_end - (b - run.start))
                high = max(high, run.raw_end - (a - run.start))
        return low, high

    def _edge(self, position: int) -> tuple[int, int]:
        """Return the raw range of one decoded code point."""
        index = bisect_right(self.runs.starts, position) - 1
        if index < 0:
            return position, position + 1
        runs = self.runs
        beyond = position - runs.ends[index]
        if beyond >= 0:
            raw = runs.raw_ends[index] + beyond
            return raw, raw + 1
        if index in runs.turned:
            raw = runs.raw_ends[index] - 1 - (position - runs.starts[index])
            return raw, raw + 1
        return runs.raw_starts[index], runs.raw_ends[index]

    def to_decoded(self, raw_start: int, raw_end: int) -> tuple[int, int] | None:
        """Map a raw range to the decoded range it became; None when all of it was removed.

        Raises:
            SpanError: when the range is empty, reversed or outside the raw text.
        """
        if not 0 <= raw_start < raw_end <= self.raw_length:
            message = f"[{raw_start}, {raw_end}) is outside a raw text of {self.raw_length}"
            raise SpanError(message)
        start, end = self._image(raw_start)[0], self._image(raw_end - 1)[1]
        if not self.runs.turned:
            return (start, end) if start < end else None
        # What was removed at either edge would hold the range open where a reversed run follows.
        first = max(bisect_right(self.runs.raw_starts, raw_start) - 1, 0)
        last = bisect_left(self.runs.raw_starts, raw_end)
        while first < last and self._is_removed(first, raw_start):
            raw_start = self.runs[first].raw_end
            first += 1
        while first < last and self._is_removed(last - 1, raw_end - 1):
            last -= 1
            raw_end = self.runs[last].raw_start
        if raw_start >= raw_end:
            return None
        start, end = self._image(raw_start)[0], self._image(raw_end - 1)[1]
        for run in self.runs[max(first - 1, 0) : last]:
            if run.reversed and run.raw_start < raw_end and raw_start < run.raw_end:
                a, b = max(raw_start, run.raw_start), min(raw_end, run.raw_end)
                start = min(start, run.start + run.raw_end - b)
                end = max(end, run.start + run.raw_end - a)
        return start, end

    def _is_removed(self, index: int, position: int) -> bool:
        """Whether a raw code point lies in that run and the run became nothing."""
        runs = self.runs
        gone = runs.starts[index] == runs.ends[index]
        return gone and runs.raw_starts[index] <= position < runs.raw_ends[index]

    def _image(self, position: int) -> tuple[int, int]:
        """Return the decoded range of one raw code point; empty when it was removed."""
        index = bisect_right(self.runs.raw_starts, position) - 1
        if index < 0:
            return position, position + 1
        runs = self.runs
        beyond = position - runs.raw_ends[index]
        if beyond >= 0:
            decoded = runs.ends[index] + beyond
            return decoded, decoded + 1
        if index in runs.turned:
            decoded = runs.starts[index] - 1 - beyond
            return decoded, decoded + 1
        return runs.starts[index], runs.ends[index]

    def compose(self, later: Alignment) -> Alignment:
        """Return the alignment of applying this one's edits, then `later`'s to the result.

        Raises:
            SpanError: when `later` was not made for the text this one leads to.
        """
        if later.raw_length != self.length:
            message = f"cannot compose: {later.raw_length} code points expected, {self.length} here"
            raise SpanError(message)
        if later.is_identity:
            return self
        if self.is_identity:
            return later
        return Alignment(self.raw_length, _merge(self, later))


def _merge(first: Alignment, later: Alignment) -> Runs:
    """Merge two run lists by one sweep over the middle layer.

    Runs that share middle code points become one run. Text that `first` removed at the edge of a
    later run stays a run of its own, so that it does not widen spans which merely touch it.
    """
    marks = [(run.start, run.end, 0, run) for run in first.runs]
    marks += [(run.raw_start, run.raw_end, 1, run) for run in later.runs]
    marks.sort(key=lambda mark: mark[:3])
    runs = Runs()
    raw_shift = new_shift = 0  # what to add to a middle offset outside all runs seen so far
    index = 0
    while index < len(marks):
        start, end, _, run = marks[index]
        group = index + 1
        while group < len(marks) and marks[group][0] < end:
            end = max(end, marks[group][1])
            group += 1
        raw_start, new_start = start + raw_shift, start + new_shift
        for _, _, side, member in marks[index:group]:
            if side == 0:
                raw_shift = member.raw_end - member.end
            else:
                new_shift = member.end - member.raw_end
        alone = group == index + 1
        turned = alone and run.reversed
        runs.add(raw_start, end + raw_shift, new_start, end + new_shift, turned=turned)
        index = group
    return runs


def apply_edits(text: str, edits: Iterable[Edit]) -> tuple[str, Alignment]:
    """Apply sorted, non-overlapping edits; return the new text and its alignment.

    Raises:
        SpanError: when edits overlap, are unsorted, or leave the text.
    """
    parts: list[str] = []
    runs = Runs()
    position = length = 0
    for edit in edits:
        if edit.start < position or edit.end > len(text):
            message = f"edit [{edit.start}, {edit.end}) overlaps another or leaves the text"
            raise SpanError(message)
        parts.append(text[position : edit.start])
        length += edit.start - position
        end = length + len(edit.replacement)
        backwards = edit.reversed and len(edit.replacement) == edit.end - edit.start
        runs.add(edit.start, edit.end, length, end, turned=backwards)
        parts.append(edit.replacement)
        length, position = end, edit.end
    if not runs:
        return text, Alignment(len(text))
    parts.append(text[position:])
    return "".join(parts), Alignment(len(text), runs)
