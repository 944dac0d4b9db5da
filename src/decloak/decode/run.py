"""Run: decode a text round by round until nothing changes.

Line ends are made one kind first (`core/lines.py`), and after every round: no disguise, no edit. A scan
for each decoder's trigger decides whether it runs at all; clean text comes back as it is, with the view
that was scanned.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from decloak.core.alignment import Alignment, Edit, apply_edits
from decloak.core.document import Decoded, View
from decloak.core.errors import SettingsError
from decloak.core.limits import MAX_DECODE_ROUNDS
from decloak.core.lines import even
from decloak.decode.base import DECODERS, Decoder, Models, Proposals
from decloak.decode.canonical import canonical
from decloak.decode.channel import CHANNEL, over
from decloak.decode.consensus import consensus
from decloak.decode.likenesses import apart
from decloak.decode.once import release
from decloak.decode.realign import realign
from decloak.indicators.bounds import unbounded
from decloak.indicators.edges import edged
from decloak.indicators.engine import compile_pattern

__all__ = ["STRATEGIES", "decode", "proposals", "single_proposals"]

Strategy = Callable[[View, Proposals, Models], list[Edit]]

STRATEGIES: dict[str, Strategy] = {
    "consensus": consensus,
    "canonical": canonical,
    "realign": realign,
}


_COMMON = frozenset({"breaks", "base64", "ipv4_forms", "leet", "symbol", "typo"})
"""Decoders whose trigger is in nearly every text: numbers, words and line ends."""
_AROUND = 4096  # code points on either side of a change that are decoded again
_MEMORY = 1 << 25  # bytes of the automaton of all rare triggers


def decode(
    text: str,
    *,
    strategy: str = "consensus",
    max_rounds: int = MAX_DECODE_ROUNDS,
    model: Models | None = None,
) -> Decoded:
    """Undo the disguises in a text.

    Args:
        text: any text at all; nothing in it makes this raise.
        strategy: ``consensus``, ``canonical``, ``realign``, or ``off`` for the text as it is
            but for its line ends.
        max_rounds: disguises undone one over another; more is left, with a warning.
        model: what the strategy may ask besides; None for nothing.

    Raises:
        SettingsError: when the strategy is unknown or `max_rounds` is below 1.
    """
    if strategy != "off" and strategy not in STRATEGIES:
        message = f"unknown strategy {strategy!r}; known: {', '.join(STRATEGIES)}, off"
        raise SettingsError(message)
    if max_rounds < 1:
        message = f"max_rounds is {max_rounds}; at least 1 is needed"
        raise SettingsError(message)
    readable, alignment = even(text)
    view = View(readable)
    if strategy == "off":
        return Decoded(text, view, alignment)
    made: list[Edit] = []
    alike: list[Edit] = []
    warnings: tuple[str, ...] = ()
    stretches = [(0, len(readable))]
    for round_number in range(max_rounds + 1):
        edits, found = _edits(view, stretches, STRATEGIES[strategy], model or Models())
        alike = sorted((*alike, *found)) if alike else found
        if not edits:
            break
        if round_number == max_rounds:
            warnings = (f"disguises are left after {max_rounds} rounds of decoding",)
            break
        made += _in_raw(edits, alignment)
        changed, step = apply_edits(view.text, edits)
        readable, evened = even(changed)  # escapes may have hidden line ends
        alignment = alignment.compose(step).compose(evened)
        view = View(readable)
        stretches = _stretches(changed, edits) if evened.is_identity else [(0, len(readable))]
        alike = list(_kept(alike, step, stretches))
    made.sort(key=lambda edit: (edit.start, edit.end))
    return Decoded(text, view, alignment, tuple(made), warnings, tuple(alike))


def _edits(
    view: View, stretches: list[tuple[int, int]], strategy: Strategy, models: Models
) -> tuple[list[Edit], list[Edit]]:
    """Return the edits that a strategy makes in some stretches of a text, and the likenesses there."""
    if stretches == [(0, len(view))]:
        whole = edged(view, decoded=False)
        return apart(whole, proposals(whole), strategy, models)
    edits: list[Edit] = []
    alike: list[Edit] = []
    for start, end in stretches:
        part = edged(View(view.text[start:end]), decoded=False)
        made, found = apart(part, proposals(part), strategy, models)
        edits += _shifted(made, start)
        alike += _shifted(found, start)
    return edits, alike


def _shifted(edits: list[Edit], by: int) -> list[Edit]:
    if not by:
        return edits
    return [replace(edit, start=edit.start + by, end=edit.end + by) for edit in edits]


def _kept(alike: list[Edit], step: Alignment, stretches: list[tuple[int, int]]) -> Iterator[Edit]:
    """Yield the likenesses outside the stretches that are decoded again, in offsets after a round."""
    ends = [end for _, end in stretches]
    for edit in alike:
        place = step.to_decoded(edit.start, edit.end)
        if place is None:
            continue
        start, end = place
        near = bisect_right(ends, start)
        if near == len(ends) or stretches[near][0] >= end:
            yield replace(edit, start=start, end=end)


def _stretches(text: str, edits: list[Edit]) -> list[tuple[int, int]]:
    """Return the lines around what a round changed, in offsets after it; the rest stays as it is.

    What the round before left alone would be left alone again: decoders look at no more than the
    lines around a token.
    """
    found: list[tuple[int, int]] = []
    shift = 0
    for edit in sorted(edits):
        first = edit.start + shift - _AROUND
        shift += len(edit.replacement) - (edit.end - edit.start)
        last = edit.end + shift + _AROUND
        before = found[-1][1] if found else 0
        # Searching from where the last stretch ends keeps this linear in texts of few lines.
        start = text.rfind("\n", before, first) + 1 if first > before else 0
        end = before if last <= before else text.find("\n", last) + 1 or len(text)
        if found and start <= before:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found


def proposals(view: View) -> Proposals:
    """Return what every decoder proposes whose trigger is in the text, and the channel for what is left."""
    found = single_proposals(view)
    whole, inner = over(view, found)
    release(view)
    return [*inner, (CHANNEL, whole)] if whole else found


def single_proposals(view: View) -> Proposals:
    """Run every decoder of one disguise whose trigger is in the text; return what each proposes."""
    found: list[tuple[Decoder, Sequence[Edit]]] = []
    for decoder in _triggered(view):
        edits = list(decoder.propose(view))
        if edits:
            found.append((decoder, edits))
    return found


def _triggered(view: View) -> list[Decoder]:
    """Return the decoders whose trigger is in the text; each search ends at the first find.

    Most texts hold no trigger of most decoders: one scan for all of them together tells.
    """
    shadow = view.shadow
    disguised = compile_pattern(_rare(), capture=False, memory=_MEMORY).search(shadow) is not None
    return [
        decoder
        for decoder in DECODERS
        if (disguised or decoder.name in _COMMON)
        and compile_pattern(decoder.trigger, capture=False).search(shadow) is not None
    ]


@cache
def _rare() -> bytes:
    """Return a pattern that is wherever a trigger is that honest text does not hold as a rule."""
    triggers = b"|".join(
        b"(?:" + decoder.trigger + b")" for decoder in DECODERS if decoder.name not in _COMMON
    )
    return unbounded(triggers)


def _in_raw(edits: list[Edit], alignment: Alignment) -> list[Edit]:
    """Move edits of a later round into the raw layer."""
    if alignment.is_identity:
        return edits
    moved = []
    for edit in edits:
        start, end = alignment.to_raw(edit.start, edit.end)
        moved.append(replace(edit, start=start, end=end))
    return moved
