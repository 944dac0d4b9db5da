"""Context: what the place of a reading says for or against it, as a few numbers for the decision."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from decloak.core.document import View
from decloak.core.remember import remembered
from decloak.decode.channel.alternatives import SLIPS, Arc
from decloak.decode.channel.search import Found
from decloak.decode.channel.trie import Name
from decloak.decode.once import once
from decloak.decode.positions import Position, positions
from decloak.decode.vocabulary import is_plain
from decloak.indicators.disguise import shows_disguise
from decloak.indicators.mentions import is_mentioned
from decloak.kb.words import rarity

__all__ = ["FEATURES", "features", "spots_at"]

_AROUND = 160
_LONGEST_POSITION = 64
_VERSION = re.compile(r"[/ _-]v?\d{1,4}\.\d|[/_-]\d")
_KINDS = {"product": frozenset({"SOFTWARE", "OS"}), "organization": frozenset({"ORGANIZATION"}),
          "service": frozenset({"SERVICE"})}  # fmt: skip
_LONG = 16
_SHORTEST_EDGE, _COMMON = 4, 5.0
_MOST_FOREIGN = 3
_WRAPPING = " \"'`()[]{}<>,;:.!?*_~|"

FEATURES = (
    "honest", *(arc.name.lower() for arc in Arc), "changed", "intact", "weak", "placed", "beside", "mentioned", "version",
    "plain_words", "shows", "capital", "thick", "same_start", "service", "marked_slips", "foreign",
)  # fmt: skip
"""What the decision weighs, in order."""


@once
def _positions(view: View) -> tuple[list[Position], list[int]]:
    found = sorted(positions(view))
    return found, [each.start for each in found]


def spots_at(view: View, start: int, end: int) -> tuple[Position, ...]:
    """Return the positions of names that share a code point with a range."""
    found, starts = _positions(view)
    place = bisect_left(starts, end)
    spots = []
    while place and starts[place - 1] > start - _LONGEST_POSITION:
        place -= 1
        if found[place].end > start:
            spots.append(found[place])
    return tuple(spots)


def features(
    view: View, start: int, end: int, spots: Sequence[Position], name: Name, found: Found
) -> tuple[float, ...]:
    """Return the numbers of `FEATURES` of one reading: a range of the view, a name, and the way from one to the other.

    Args:
        view: the text.
        start: where the reading begins.
        end: where it ends.
        spots: positions of names around.
        name: what it would be.
        found: by which arcs.
    """
    surface = view.text[start:end]
    slips = sum(found.counts[arc] for arc in SLIPS)
    fits = [spot for spot in spots if _KINDS[spot.kind].intersection(name.labels)]
    placed = any(view.text[spot.start : start].strip(_WRAPPING) == "" for spot in fits)
    mentioned = any(is_mentioned(view, start, end, label) for label in name.labels)
    changed, intact = _letters(name.text.lower(), surface.lower())
    words = surface.split(" ")
    return (
        1.0,
        *map(float, found.counts),
        float(min(changed, _LONG)),
        float(min(intact, _LONG)),
        float(name.weak),
        float(placed),
        float(bool(fits) and not placed),
        float(mentioned),
        float(_VERSION.match(view.text, end) is not None),
        float(all(map(is_plain, words))),
        float(shows_disguise(surface, name.text)),
        float(surface[:1].isupper()),
        10.0 * slips * slips / max(changed, 1),
        float(surface[:1].lower() == name.text[:1].lower()),
        float(name.labels == ("SERVICE",)),
        float(slips * bool(found.counts[Arc.MARK])),
        float(_foreign(view, start, end)),
    )


@remembered(1 << 14)
def _letters(name: str, surface: str) -> tuple[int, int]:
    """Return how many letters of a name stand in words that were changed, and in words that were not.

    What stands there as it is and is a common word counts for nothing, at an edge of a word too: ``...server``.
    """
    left = surface.split(" ")
    changed = intact = 0
    for word in name.split(" "):
        letters = sum(map(str.isalnum, word))
        if word in left:
            left.remove(word)
            intact += 0 if _is_common(word) else letters
            continue
        changed += letters - max((_common_edge(word, other) for other in left), default=0)
    return changed, intact


def _common_edge(word: str, other: str) -> int:
    """Return the letters of the longest common word that both end or both begin with."""
    for size in range(len(word) - 1, _SHORTEST_EDGE - 1, -1):
        if (word[-size:] == other[-size:] and _is_common(word[-size:])) or (
            word[:size] == other[:size] and _is_common(word[:size])
        ):
            return size
    return 0


def _is_common(word: str) -> bool:
    found = rarity(word)
    return found is not None and found < _COMMON


def _foreign(view: View, start: int, end: int) -> int:
    """Return how many other words with letters beyond ASCII stand on the line around, up to a few."""
    if view.is_ascii:
        return 0
    text = view.text
    low = max(text.rfind("\n", max(start - _AROUND, 0), start) + 1, start - _AROUND, 0)
    high = text.find("\n", end, end + _AROUND)
    around = text[low:start] + " " + text[end : high if high >= 0 else end + _AROUND]
    if around.isascii():
        return 0
    return min(
        sum(not word.isascii() and word.strip(_WRAPPING).isalpha() for word in around.split()),
        _MOST_FOREIGN,
    )
