"""Span: a half-open range of code points in one layer of a text."""

from __future__ import annotations

from dataclasses import dataclass

from decloak.core.errors import SpanError

__all__ = ["DECODED", "RAW", "Span"]

RAW = "raw"
DECODED = "decoded"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open ``[start, end)`` range of code points in one text layer.

    Raises:
        SpanError: when the range is empty, reversed or negative.
    """

    start: int
    end: int
    layer: str = RAW

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            message = f"[{self.start}, {self.end}) in {self.layer!r} is empty, reversed or negative"
            raise SpanError(message)

    def __len__(self) -> int:
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        """Whether both spans share at least one code point of the same layer."""
        return self.layer == other.layer and self.start < other.end and other.start < self.end

    def covers(self, other: Span) -> bool:
        """Whether `other` lies entirely inside this span, in the same layer."""
        return self.layer == other.layer and self.start <= other.start and other.end <= self.end
