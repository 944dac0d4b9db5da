"""Headings in other languages: what translated tools and translating people leave."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from random import Random

from decloak.corpus.views.base import Page, edited, taken

__all__ = ["translated"]


@cache
def _languages() -> dict[str, tuple[re.Pattern[str], dict[str, str]]]:
    text = files("decloak.corpus").joinpath("data/headings.json").read_text("utf-8")
    table: dict[str, dict[str, str]] = json.loads(text)
    made = {}
    for language, words in table.items():
        longest_first = sorted(words, key=len, reverse=True)
        pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
        made[language] = (pattern, words)
    return made


def translated(page: Page, rng: Random) -> Page | None:
    """Translate the headings and field names of one language; values stay as they are."""
    pattern, words = _languages()[rng.choice(sorted(_languages()))]
    mask = taken(page.labels, len(page.text))
    edits = [
        (*found.span(), words[found[0]])
        for found in pattern.finditer(page.text)
        if not any(mask[found.start() : found.end()])
    ]
    return edited(page, edits) if edits else None
