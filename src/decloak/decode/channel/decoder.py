"""The decoder `channel`: what no decoder of one disguise reads, read as a name under several."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Decoder, Expert, Proposals
from decloak.decode.channel.alternatives import Arc
from decloak.decode.channel.decision import chosen, score, weights
from decloak.decode.channel.readings import Group, Reading, groups
from decloak.indicators.disguise import keeps_digits, shows_disguise

__all__ = ["CHANNEL", "Channel", "over"]

_FAMILIES = {
    Arc.LEET: "leet", Arc.LOOKALIKE: "confusable", Arc.MARK: "diacritic", Arc.SIGN: "symbol", Arc.SPACE: "symbol", Arc.JOINT: "symbol",
    Arc.REPEAT: "symbol", Arc.SWAP: "swap", Arc.DROP: "delete", Arc.SUBSTITUTE: "substitute",
    Arc.ADD: "substitute", Arc.SIGN_LOST: "delete", Arc.SPACE_LOST: "delete", Arc.SIGN_CHANGED: "symbol",
}  # fmt: skip
"""The family that an edit carries is that of the first arc taken, in this order."""


_OF_SPELLING = frozenset(
    {"swap", "delete", "substitute", "symbol", "leet", "confusable", "diacritic"}
)


class Channel:
    """Undo several disguises of a known name at once."""

    name = "channel"
    version = 1
    expert: Expert = "typographic"
    families = ("leet", "confusable", "diacritic", "symbol", "swap", "delete", "substitute")
    trigger = rb"[^ \t\n]{4}"

    def propose(self, view: View, taken: Iterable[tuple[int, int]] = ()) -> Iterator[Edit]:
        """Yield edits of names, sorted by start.

        Args:
            view: the text.
            taken: sorted ranges that other decoders settle.
        """
        end = -1
        for group in groups(view, taken):
            edit = _edit(view.text, group)
            if edit is not None and edit.start >= end:
                end = edit.end
                yield edit


CHANNEL = Channel()


def over(view: View, found: Proposals) -> tuple[list[Edit], Proposals]:
    """Return what the channel proposes for what is left, and the other decoders' edits beside it.

    What is left are odd tokens that no other decoder touches. A name of several words that takes in words that others
    spell as names of their own is read whole, as one disguise of it may be of another kind than that of the next.
    """
    named = [
        (edit.start, edit.end)
        for _, edits in found
        for edit in edits
        if edit.family in _OF_SPELLING
    ]
    taken = sorted((edit.start, edit.end) for _, edits in found for edit in edits)
    made = [
        edit for edit in CHANNEL.propose(view, taken) if _is_free(edit, taken, frozenset(named))
    ]
    if not made:
        return [], found
    inner: list[tuple[Decoder, Sequence[Edit]]] = []
    starts = [edit.start for edit in made]
    for decoder, edits in found:
        kept = [edit for edit in edits if not _is_within(edit, made, starts)]
        if kept:
            inner.append((decoder, kept))
    return made, inner


def _is_free(edit: Edit, taken: list[tuple[int, int]], named: frozenset[tuple[int, int]]) -> bool:
    """Whether what others claim of a reading is spelling alone, and lies inside of it."""
    place = bisect_left(taken, (edit.start, edit.start))
    if place and taken[place - 1][1] > edit.start:
        return False
    while place < len(taken) and taken[place][0] < edit.end:
        if taken[place] not in named or taken[place][1] > edit.end:
            return False
        place += 1
    return True


def _is_within(edit: Edit, made: list[Edit], starts: list[int]) -> bool:
    place = bisect_right(starts, edit.start) - 1
    return place >= 0 and edit.end <= made[place].end


def _edit(text: str, group: Group) -> Edit | None:
    fitted = weights()
    which, probability = chosen([score(each.features, fitted) for each in group.readings])
    reading = group.readings[which]
    surface, name = text[reading.start : reading.end], reading.name.text
    shows = shows_disguise(surface, name)
    if probability < (fitted.least if shows else fitted.least_plain) or not keeps_digits(
        surface, name
    ):
        return None
    return Edit(reading.start, reading.end, name, _family(reading), "channel", min(probability, 0.99),
                f"{name} under {_said(reading)}")  # fmt: skip


def _family(reading: Reading) -> str:
    return next(family for arc, family in _FAMILIES.items() if reading.counts[arc])


def _said(reading: Reading) -> str:
    """Return the path in words: ``leet, swap``."""
    return ", ".join(
        arc.name.lower().replace("_", " ")
        for arc in Arc
        if reading.counts[arc] and arc != Arc.FIRST
    )
