"""Likenesses: words near to known names that may be names of their own, told apart from disguises.

The decoders of spelling propose both. A strategy weighs either; what shows no disguise
(`decloak.indicators.disguise`) is never written, and is told beside the text instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Models, Proposals
from decloak.indicators.disguise import keeps_digits, shows_disguise

__all__ = ["apart"]

_OF_SPELLING = frozenset({"swap", "delete", "substitute", "symbol", "leet"})


def apart(
    view: View,
    proposals: Proposals,
    strategy: Callable[[View, Proposals, Models], list[Edit]],
    models: Models,
) -> tuple[list[Edit], list[Edit]]:
    """Return the edits that a strategy makes, and the likenesses that it would make; each sorted and disjoint."""
    text = view.text
    written, alike = [], []
    for decoder, edits in proposals:
        plain, shown = _parted(text, edits)
        if plain:
            alike.append((decoder, plain))
        if shown:
            written.append((decoder, shown))
    found, made = _parted(text, strategy(view, written, models))  # models propose by themselves
    if alike:
        found = _disjoint((*found, *_parted(text, strategy(view, alike, Models()))[0]))
    return made, _outside(found, made)


def _parted(text: str, edits: Iterable[Edit]) -> tuple[list[Edit], list[Edit]]:
    """Return the likenesses among edits, and the others; what writes another number is neither."""
    parted: tuple[list[Edit], list[Edit]] = [], []
    for edit in edits:
        if edit.family not in _OF_SPELLING or edit.closed:
            parted[1].append(edit)
        elif keeps_digits(text[edit.start : edit.end], edit.replacement):
            parted[not _is_likeness(text, edit)].append(edit)
    return parted


def _is_likeness(text: str, edit: Edit) -> bool:
    return any(map(str.isalpha, edit.replacement)) and not shows_disguise(
        text[edit.start : edit.end], edit.replacement
    )


def _disjoint(edits: Iterable[Edit]) -> list[Edit]:
    found: list[Edit] = []
    for edit in sorted(edits):
        if not found or found[-1].end <= edit.start:
            found.append(edit)
    return found


def _outside(alike: list[Edit], made: list[Edit]) -> list[Edit]:
    """Return the likenesses that no edit touches; both sorted and disjoint."""
    kept = []
    place = 0
    for edit in alike:
        while place < len(made) and made[place].end <= edit.start:
            place += 1
        if place == len(made) or made[place].start >= edit.end:
            kept.append(edit)
    return kept
