"""Matching: pair what is known with what was said, one to one.

*Exact*: same range, right label. *Overlap*: right label and at least one code point in common. Of
all one-to-one pairings one of the largest is taken, equal ranges before others (maximum bipartite
matching by augmenting paths). Both sides are sorted first, so nothing depends on the order of lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from decloak.evaluation.score import Gold
from decloak.evaluation.tagger.mentions import Mention

__all__ = ["Pairing", "pair"]


class Pairing(NamedTuple):
    """The outcome for one text.

    Attributes:
        hits: gold with the mention that is right about it.
        missed: gold that no mention is right about.
        spurious: mentions that are right about nothing.
    """

    hits: tuple[tuple[Gold, Mention], ...]
    missed: tuple[Gold, ...]
    spurious: tuple[Mention, ...]


def pair(gold: Iterable[Gold], said: Iterable[Mention], *, exact: bool) -> Pairing:
    """Pair gold with mentions.

    Args:
        gold: what is known to stand in the text.
        said: what a system reports; may overlap and repeat.
        exact: ask for equal ranges instead of overlapping ones.
    """
    known = sorted(gold, key=lambda each: (each.start, each.end, each.label, sorted(each.alt)))
    found = sorted(said, key=lambda each: (each.start, each.end, each.label, -each.confidence))
    edges = _edges(known, found, exact=exact)
    pairs: dict[int, int] = {}
    owner: dict[int, int] = {}
    _take_equal(known, found, edges, pairs, owner)
    for index in range(len(known)):
        if index not in pairs:
            _augment(index, edges, pairs, owner)
    return Pairing(
        tuple((known[one], found[other]) for one, other in sorted(pairs.items())),
        tuple(each for index, each in enumerate(known) if index not in pairs),
        tuple(each for index, each in enumerate(found) if index not in owner),
    )


def _edges(known: Sequence[Gold], found: Sequence[Mention], *, exact: bool) -> list[list[int]]:
    """Return for each gold the mentions that may be right about it, the best first."""
    edges: list[list[int]] = []
    active: list[int] = []
    ahead = 0
    for each in known:
        while ahead < len(found) and found[ahead].start < each.end:
            active.append(ahead)
            ahead += 1
        active = [index for index in active if found[index].end > each.start]
        fitting = []
        for index in active:
            other = found[index]
            if other.label not in each.labels or other.start >= each.end:
                continue
            equal = (other.start, other.end) == (each.start, each.end)
            if equal or not exact:
                common = min(each.end, other.end) - max(each.start, other.start)
                fitting.append((not equal, other.label != each.label, -common, index))
        edges.append([index for *_, index in sorted(fitting)])
    return edges


def _take_equal(
    known: Sequence[Gold],
    found: Sequence[Mention],
    edges: Sequence[Sequence[int]],
    pairs: dict[int, int],
    owner: dict[int, int],
) -> None:
    """Pair equal ranges first: under the gold's own label, then under an alternative."""
    for own in (True, False):
        for index, each in enumerate(known):
            for other in edges[index] if index not in pairs else ():
                said = found[other]
                equal = (said.start, said.end) == (each.start, each.end)
                if equal and other not in owner and (said.label == each.label) == own:
                    pairs[index], owner[other] = other, index
                    break


def _augment(
    root: int, edges: Sequence[Sequence[int]], pairs: dict[int, int], owner: dict[int, int]
) -> None:
    """Pair `root` too, where re-pairing others makes room; nobody loses a partner."""
    came: dict[int, int] = {}
    queue = [root]
    for one in queue:
        for other in edges[one]:
            if other in came:
                continue
            came[other] = one
            if other in owner:
                queue.append(owner[other])
                continue
            step: int | None = other
            while step is not None:
                taker = came[step]
                before = pairs.get(taker)
                pairs[taker], owner[step] = step, taker
                step = before
            return
