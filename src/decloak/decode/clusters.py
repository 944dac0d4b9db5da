"""Clusters: edits that stand in one token and are therefore judged together.

``192[.]0[.]2[.]1`` holds three edits, of which none alone makes an address. Two edits belong
together when they overlap, or when nothing that ends a token stands between them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from decloak.core.alignment import Edit

__all__ = ["Cluster", "clusters", "greedy", "render"]

_CONTEXT = 256  # code points of a token that are looked at on either side of its edits
_MOST_EDITS = 256  # edits judged together; a longer row is judged in pieces
_MOST_SPAN = 2048  # code points between the first and the last edit of a cluster

_HARD = " \t\r\n\f\v\"'<>|,;\u00a0\u2028\u2029"
_SOFT = _HARD + "()[]{}="
_HARD_END = re.compile(f"[{re.escape(_HARD)}]")
_SOFT_END = re.compile(f"[{re.escape(_SOFT)}]")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Edits of one token, sorted by start, and the text around them.

    Attributes:
        edits: sorted; they may overlap.
        start, end: the range from the first edit's start to the last one's end.
        wide: what stands before and after, up to white space or a quotation mark.
        narrow: the same, up to a bracket or an equals sign.
    """

    edits: tuple[Edit, ...]
    start: int
    end: int
    wide: tuple[str, str]
    narrow: tuple[str, str]


def clusters(text: str, edits: Sequence[Edit]) -> Iterator[Cluster]:
    """Group sorted edits into clusters."""
    held: list[Edit] = []
    end = 0
    for edit in edits:
        if held and not _together(text, held, end, edit):
            yield _cluster(text, held, end)
            held = []
        if not held:
            end = 0
        held.append(edit)
        end = max(end, edit.end)
    if held:
        yield _cluster(text, held, end)


def _together(text: str, held: Sequence[Edit], end: int, edit: Edit) -> bool:
    if edit.start < end:
        return True
    if edit.start - end > _CONTEXT or len(held) >= _MOST_EDITS:
        return False
    if edit.end - held[0].start > _MOST_SPAN:
        return False
    return _HARD_END.search(text, end, edit.start) is None


def _cluster(text: str, edits: list[Edit], end: int) -> Cluster:
    start = edits[0].start
    left, right = text[max(start - _CONTEXT, 0) : start], text[end : end + _CONTEXT]
    return Cluster(
        tuple(edits), start, end, _around(left, right, _HARD_END),
        _around(left, right, _SOFT_END),
    )  # fmt: skip


def _around(left: str, right: str, ends: re.Pattern[str]) -> tuple[str, str]:
    before, behind = ends.search(left[::-1]), ends.search(right)
    return (
        left[len(left) - before.start() :] if before else left,
        right[: behind.start()] if behind else right,
    )


def render(text: str, cluster: Cluster, chosen: Iterable[Edit]) -> str:
    """Return what the cluster's range reads when the chosen, sorted edits are made."""
    parts: list[str] = []
    position = cluster.start
    for edit in chosen:
        parts += (text[position : edit.start], edit.replacement)
        position = edit.end
    parts.append(text[position : cluster.end])
    return "".join(parts)


def greedy(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Take edits in the order given, leave out those that overlap one taken; sort by start.

    Costs n log n: taken ranges are kept sorted.
    """
    taken: list[tuple[int, int]] = []
    kept: list[Edit] = []
    for edit in edits:
        place = bisect_left(taken, (edit.start, edit.end))
        if place and taken[place - 1][1] > edit.start:
            continue
        if place < len(taken) and taken[place][0] < edit.end:
            continue
        insort(taken, (edit.start, edit.end))
        kept.append(edit)
    return tuple(sorted(kept))
