"""Findings: what a user should know of a PDF, gathered page by page and told in few lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

__all__ = ["Findings"]

_MOST = 20
"""Warnings of one kind, from which on the rest is counted."""


@dataclass(slots=True)
class Findings:
    """What was found, by kind.

    Attributes:
        whole: what is told of the document.
        places: kind -> what is told with its place, in order.
        pages: kind -> the pages of which it is told.
    """

    whole: list[str] = field(default_factory=list)
    places: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    pages: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def warnings(self) -> tuple[str, ...]:
        """Return all of it in words."""
        told = list(self.whole)
        told += [f"{_pages(pages)}: {kind}" for kind, pages in self.pages.items()]
        for kind, places in self.places.items():
            told += places[:_MOST]
            if len(places) > _MOST:
                told.append(f"{len(places) - _MOST} more warnings of {kind}")
        return tuple(told)


def _pages(pages: Sequence[int]) -> str:
    """Return numbers of pages as ``page 3`` or ``pages 1-4, 7``."""
    runs = []
    for _, run in groupby(enumerate(sorted(set(pages))), key=lambda item: item[1] - item[0]):
        numbers = [number for _, number in run]
        runs.append(f"{numbers[0]}-{numbers[-1]}" if numbers[1:] else f"{numbers[0]}")
    shown = ", ".join(runs[:_MOST]) + (", ..." if runs[_MOST:] else "")
    return f"page{'s' if len(pages) > 1 else ''} {shown}"
