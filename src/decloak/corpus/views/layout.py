"""Layout: lines wrapped, joined, ended otherwise, tabs spread out."""

from __future__ import annotations

import re
from random import Random

from decloak.corpus.views.base import Page, edited, taken

__all__ = ["collapsed", "crlf", "hard_wrapped", "spaces_for_tabs", "wrapped"]


def wrapped(page: Page, rng: Random) -> Page | None:
    """Break long lines at white space, as mail programs do; never inside an entity."""
    width, mask = rng.choice((60, 68, 72, 76)), taken(page.labels, len(page.text))
    margin = rng.choice(("", "", "  ", "    "))
    edits, start, last = [], 0, -1
    for i, char in enumerate(page.text):
        if char == "\n":
            start, last = i + 1, -1
        elif char in " \t" and not mask[i] and i > start:
            last = i
        if i - start >= width and last > start:
            edits.append((last, last + 1, "\n" + margin))
            start, last = last + 1, -1
    return edited(page, edits) if edits else None


def hard_wrapped(page: Page, rng: Random) -> Page | None:
    """Break lines at a terminal's width, wherever that falls; entities go on in the next line."""
    width = rng.choice((64, 72, 80))
    edits, start = [], 0
    for i, char in enumerate(page.text):
        if char == "\n":
            start = i + 1
        elif i - start == width and char not in " \t" and page.text[i - 1] not in " \t":
            edits.append((i - 1, i, page.text[i - 1] + "\n"))
            start = i
    if not edits:
        return None
    made = edited(page, edits)
    # A break directly behind an entity belongs to nobody.
    labels = tuple(
        each._replace(end=each.start + len(made.text[each.start : each.end].rstrip()))
        for each in made.labels
    )
    return Page(made.text, labels, made.trail)


def collapsed(page: Page, rng: Random) -> Page | None:
    """Join all lines into one: what a web form, a spreadsheet cell or a careless paste leaves."""
    if page.text.count("\n") < 2 or page.text.count("\n") > 60:
        return None
    mark = rng.choice((". ", ". ", " ", " ", "; ", " | ", " / "))
    mask, edits = taken(page.labels, len(page.text)), []
    for found in re.finditer(r"[ \t]*(?:\r?\n[ \t]*)+|[ \t]{2,}|\t", page.text):
        start, end = found.span()
        if any(mask[start:end]):
            continue
        new = " "
        if "\n" in found[0]:
            before = page.text[start - 1] if start else "\n"
            new = " " if before in ".:;|,\n" and mark != " " else mark
            if start == 0 or end == len(page.text):
                new = ""
        edits.append((start, end, new))
    return edited(page, edits, tail=rng.choice(("", "\n")))


def crlf(page: Page, _rng: Random) -> Page | None:
    """End lines as Windows does."""
    edits = [(i, i + 1, "\r\n") for i, char in enumerate(page.text) if char == "\n"]
    return edited(page, edits) if edits and "\r" not in page.text else None


def spaces_for_tabs(page: Page, rng: Random) -> Page | None:
    """Spread tabs to columns, as a terminal's selection does."""
    size = rng.choice((4, 8, 8))
    edits, start, grown = [], 0, 0
    for i, char in enumerate(page.text):
        if char == "\n":
            start, grown = i + 1, 0
        elif char == "\t":
            width = size - (i - start + grown) % size
            edits.append((i, i + 1, " " * width))
            grown += width - 1
    return edited(page, edits) if edits else None
