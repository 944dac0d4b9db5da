"""Search: all names that a stretch of text may stand for, at the least cost of what was done to them.

The trie is walked depth first, each node with one row of an alignment: place in the text -> the cheapest way there.
A branch ends where no way is within the budget of the longest name below, or where slips come too thick. Costs are
whole numbers, so that the extension's twin (`native/channel.hpp`) gives the same answers.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from decloak.decode.channel.alternatives import (
    LETTERS,
    QUIET,
    SLIPS,
    Arc,
    dropped,
    is_sign,
    readings,
)
from decloak.decode.channel.trie import Node

__all__ = ["MOST_READINGS", "Budget", "Found", "reaches", "search"]

MOST_READINGS = 12
_SKIPPED = 3
"""Signs that may stand between two letters that changed places."""

Counts = tuple[int, ...]
_Way = tuple[int, int, int]
"""Cost, how often each arc was taken (a byte for each, the first the highest), slips."""
_Row = Mapping[int, _Way]
"""Place in the window -> the cheapest way there."""
_UNITS = tuple(1 << 8 * (len(Arc) - 1 - arc) for arc in Arc)


class Budget(NamedTuple):
    """What may be done to a name.

    Attributes:
        base, per_letter: what it may cost: a fixed part, and so much for each of its letters.
        first, every, most: slips that are allowed at once, one more for so many characters, and in all.
    """

    base: int
    per_letter: int
    first: int
    every: int
    most: int

    def slips(self, depth: int) -> int:
        """Return how many slips so many characters of a name may have, and the next one."""
        return min(self.first + depth // self.every, self.most)


class Found(NamedTuple):
    """One reading.

    Attributes:
        name: which name.
        end: where it ends in the window.
        cost: the sum over its arcs.
        counts: how often each arc was taken.
    """

    name: int
    end: int
    cost: int
    counts: Counts


class _Window:
    """What the characters of a window may be, worked out once."""

    def __init__(self, text: str) -> None:
        self.size = len(text)
        self.reads = [readings(char) for char in text]
        self.letter = [any(each in LETTERS for each in reads) for reads in self.reads]
        self.sign = [is_sign(char) or char == " " for char in text]
        self.added = [self._added(text, place) for place in range(self.size)]
        self.behind = [self._behind(place) for place in range(self.size)]

    def _added(self, text: str, place: int) -> int:
        """Return the arc by which a character is one too many; -1 for none."""
        char = text[place]
        if "" in self.reads[place]:
            return Arc.MARK
        if char == " ":
            return Arc.SPACE_AGAIN if char in text[1:place] else Arc.SPACE
        if self.sign[place]:
            arcs = (Arc.JOINT, Arc.JOINT_AGAIN) if char in QUIET else (Arc.SIGN, Arc.SIGN_AGAIN)
            return arcs[char in text[:place]]
        if not (self.letter[place] and char.isalpha()):
            return -1  # a digit too many makes another thing
        if place and _is_same(text[place - 1], char):
            held = place > 1 and _is_same(text[place - 2], char)
            return Arc.REPEAT_AGAIN if held else Arc.REPEAT
        return Arc.ADD

    def _behind(self, place: int) -> int:
        """Return the next character that is no sign; the size where it is too far."""
        for other in range(place + 1, min(place + _SKIPPED + 2, self.size)):
            if not self.sign[other] and "" not in self.reads[other]:
                return other
        return self.size


def _is_same(one: str, other: str) -> bool:
    return one == other or (one.isascii() and other.isascii() and one.lower() == other.lower())


def search(
    root: Node,
    text: str,
    ends: Sequence[int],
    costs: Sequence[int],
    budget: Budget,
    possible: Container[int] | None = None,
) -> list[Found]:
    """Return the readings of a window as known names, the likeliest first.

    Args:
        root: of the trie of all names.
        text: the window; names begin where it begins.
        ends: where a name may end.
        costs: of every arc.
        budget: the most that a name may cost.
        possible: ids of nodes; no others are visited. None: all may be.
    """
    stops = frozenset(ends)
    found: list[tuple[int, int, Found]] = []
    for node, row in _walk(root, _Window(text), costs, budget, possible):
        if node.name < 0:
            continue
        own = budget.base + budget.per_letter * node.own
        found += [
            (cost - own, -end, Found(node.name, end, cost, tuple(counts.to_bytes(len(Arc), "big"))))
            for end, (cost, counts, _) in row.items()
            if end in stops and cost <= own
        ]
    found.sort()
    return [each for _, _, each in found[:MOST_READINGS]]


def reaches(
    root: Node, text: str, ends: Sequence[int], costs: Sequence[int], budget: Budget
) -> bool:
    """Return whether a window holds a reading, or all of it begins one; the arguments are those of `search`."""
    window, stops = _Window(text), frozenset(ends)
    for node, row in _walk(root, window, costs, budget):
        if window.size in row:
            return True
        own = budget.base + budget.per_letter * node.own
        if node.name >= 0 and any(end in stops and way[0] <= own for end, way in row.items()):
            return True
    return False


def _walk(
    root: Node,
    window: _Window,
    costs: Sequence[int],
    budget: Budget,
    possible: Container[int] | None = None,
) -> Iterator[tuple[Node, _Row]]:
    """Yield every node that some way leads to, and its row."""
    start: _Row = {0: (0, 0, 0)}
    stack: list[tuple[Node, int, _Row, _Row, str]] = [(root, 0, start, {}, "")]
    while stack:
        node, depth, row, before, last = stack.pop()
        slips = budget.slips(depth)
        readable: Container[str] = node.following
        if all(
            way[2] >= slips for way in row.values()
        ):  # of two that changed places the second, too
            places = {place for place in (*row, *before) if place < window.size}
            readable = set().union(*(window.reads[place] for place in places))
        step = _Step(window, costs, slips, depth)
        for char, child in node.following.items():
            if char not in readable and char.isalnum():
                continue  # a slip would be needed
            if possible is not None and id(child) not in possible:
                continue
            most = budget.base + budget.per_letter * child.letters
            made = step.row(char, most, row, last, before)
            if made:
                yield child, made
                stack.append((child, depth + 1, made, row, char))


@cache
def _adds(costs: tuple[int, ...], depth: int) -> tuple[_Way, ...]:
    """Return what each arc adds to a way at a depth: cost, counts, slips; behind the second character all are alike."""
    adds = [(cost, _UNITS[arc], 0) for arc, cost in enumerate(costs)]
    for arc in SLIPS:
        first = depth == (arc == Arc.SWAP)  # the first letter, or the first two
        cost = costs[arc] + (costs[Arc.FIRST] if first else 0)
        adds[arc] = cost, _UNITS[arc] + (_UNITS[Arc.FIRST] if first else 0), 1
    return (*adds, (0, 0, 0))  # at -1: as it is


class _Step:
    """One more character of a name: from the row before it to the row behind it.

    Args:
        window: the text.
        costs: of every arc.
        slips: how many a way may have.
        depth: characters of the name before this one.
    """

    def __init__(self, window: _Window, costs: Sequence[int], slips: int, depth: int) -> None:
        self._window, self._slips = window, slips
        self._adds = _adds(tuple(costs), min(depth, 2))

    def row(self, char: str, most: int, row: _Row, last: str, before: _Row) -> _Row:
        """Return the ways behind a character that cost at most `most`.

        Args:
            char: the character of the name.
            most: what a way may cost.
            row: the ways before it.
            last: the character before it; "" for none.
            before: the ways before that one.
        """
        window = self._window
        lost, letter = dropped(char), char in LETTERS
        made: dict[int, _Way] = {}
        for place, way in row.items():
            if lost is not None:
                self._take(made, most, place, way, lost)
            if place == window.size:
                continue
            arc = window.reads[place].get(char)
            if arc is not None:
                self._take(made, most, place + 1, way, arc)
            elif letter and window.letter[place]:
                self._take(made, most, place + 1, way, Arc.SUBSTITUTE)
            elif window.sign[place] and not char.isalnum():
                self._take(made, most, place + 1, way, Arc.SIGN_CHANGED)
        if last and last != char:
            for place, way in before.items():
                self._swap(made, most, place, way, char, last)
        if not made:
            return made
        place, size = min(made), window.size
        while place < size:  # what is one too many, from the left
            if place in made and window.added[place] >= 0:
                self._take(made, most, place + 1, made[place], window.added[place])
            place += 1
        return made

    def _swap(
        self, made: dict[int, _Way], most: int, place: int, way: _Way, char: str, last: str
    ) -> None:
        window = self._window
        if place == window.size or char not in window.reads[place]:
            return
        other = window.behind[place]
        if other == window.size or last not in window.reads[other]:
            return
        between = [window.added[each] for each in range(place + 1, other)]
        arcs = (Arc.SWAP, window.reads[place][char], window.reads[other][last], *between)
        self._take(made, most, other + 1, way, *arcs)

    def _take(self, made: dict[int, _Way], most: int, place: int, way: _Way, *arcs: int) -> None:
        cost, counts, slips = way
        for arc in arcs:
            more, count, slip = self._adds[arc]
            cost += more
            counts += count
            slips += slip
        if cost > most or slips > self._slips:
            return
        old = made.get(place)
        if old is None or (cost, counts, slips) < old:
            made[place] = cost, counts, slips
