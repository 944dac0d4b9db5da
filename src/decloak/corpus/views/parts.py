"""Parts: only some lines of the output, or its beginning."""

from __future__ import annotations

from random import Random

from decloak.corpus.sample import Label
from decloak.corpus.views.base import Page

__all__ = ["cut_off", "excerpt"]


def _slice(page: Page, low: int, high: int) -> Page | None:
    labels = tuple(
        Label(each.start - low, each.end - low, *each[2:])
        for each in page.labels
        if low <= each.start and each.end <= high
    )
    text = page.text[low:high]
    return Page(text, labels, page.trail) if labels and len(text.strip()) >= 16 else None


def excerpt(page: Page, rng: Random) -> Page | None:
    """Keep some lines in a row that hold something."""
    lines = page.text.splitlines(keepends=True)
    if len(lines) < 6:
        return None
    count = rng.randint(3, min(len(lines) - 2, 24))
    first = rng.randrange(len(lines) - count + 1)
    low = sum(map(len, lines[:first]))
    return _slice(page, low, low + sum(map(len, lines[first : first + count])))


def cut_off(page: Page, rng: Random) -> Page | None:
    """End in the middle, as a log with a limit does; what is cut through is left out whole."""
    if len(page.text) < 80:
        return None
    high = rng.randint(len(page.text) // 3, len(page.text) - 2)
    for each in page.labels:
        if each.start < high < each.end:
            high = each.start
    if high < 24:
        return None
    made = _slice(page, 0, high)
    tail = rng.choice(("", "", "...", "\n[...]\n", " [truncated]\n", "\n--More--"))
    return None if made is None else Page(made.text + tail, made.labels, made.trail)
