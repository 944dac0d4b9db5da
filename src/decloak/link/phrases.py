"""Phrases: techniques by the words of their names, in any form and order.

``an email with a spearphishing attachment`` has the words of T1566.001. Words weigh by how few techniques have them; a
phrase is as near as the share of both sides' weight that they have in common.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from math import log

from decloak.kb.known import Thing, thing
from decloak.kb.packs import pack
from decloak.kb.tables import pairs

__all__ = ["techniques_like"]

_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 16
_MOST = 5
_ENDINGS = (
    "izations", "ization", "isation", "ations", "ation", "ating", "ators", "ator", "ings", "ing", "ment", "ions", "ion",
    "ies", "ied", "ers", "es", "ed", "er", "e", "y", "s",
)  # fmt: skip
_SHORTEST_STEM = 3
_EMPTY = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "by",
        "for",
        "from",
        "in",
        "into",
        "of",
        "on",
        "or",
        "over",
        "the",
        "their",
        "through",
        "to",
        "use",
        "used",
        "uses",
        "using",
        "via",
        "with",
    ]
)


def _stem(word: str) -> str:
    """Return a word without its ending: ``injecting``, ``injection`` and ``injects`` are one."""
    low = word.lower()
    for _ in range(2):  # attach-ment-s
        for ending in _ENDINGS:
            if low.endswith(ending) and len(low) - len(ending) >= _SHORTEST_STEM:
                low = low[: -len(ending)]
                break
    return low


def _stems(text: str) -> frozenset[str]:
    words = [found[0] for found in _WORD.finditer(text)][: 4 * _MOST_WORDS]
    return frozenset(_stem(word) for word in words if word.lower() not in _EMPTY)


@cache
def _index() -> tuple[
    Mapping[str, frozenset[str]], Mapping[str, float], Mapping[str, tuple[str, ...]]
]:
    """Return name -> stems, stem -> weight, stem -> names; names of techniques, tactics, and ways to say them."""
    names: dict[str, frozenset[str]] = {}
    for row in pack("attack"):
        if row[1] in {"technique", "tactic"} and row[5] == "current":
            last = row[2].rpartition(": ")[2]
            for name in {row[2], last}:
                names[f"{row[0]}\t{name}"] = _stems(name)
    for phrase, identifier in pairs("technique"):
        names[f"{identifier}\t{phrase}"] = _stems(phrase)
    having: dict[str, list[str]] = {}
    for name, stems in names.items():
        for stem in stems:
            having.setdefault(stem, []).append(name)
    weights = {stem: log(1 + len(names) / len(found)) for stem, found in having.items()}
    return names, weights, {stem: tuple(found) for stem, found in having.items()}


def techniques_like(phrase: str, least: float) -> Iterator[tuple[Thing, float]]:
    """Yield the techniques whose names have the words of a phrase, with their nearness, the nearest first.

    Args:
        phrase: a few words; of a long text nothing is near.
        least: in [0, 1], the nearness from which a technique counts.
    """
    stems = _stems(phrase)
    names, weights, having = _index()
    if not 0 < len(stems) <= _MOST_WORDS:
        return
    unknown = max(weights.values())
    mine = sum(weights.get(stem, unknown) for stem in stems)
    best: dict[str, float] = {}
    for name in {name for stem in stems for name in having.get(stem, ())}:
        theirs = names[name]
        common = sum(weights[stem] for stem in stems & theirs)
        near = 2 * common / (mine + sum(weights[stem] for stem in theirs))
        identifier = name.partition("\t")[0]
        if near >= least and near > best.get(identifier, 0.0):
            best[identifier] = near
    for identifier, near in sorted(best.items(), key=_nearest)[:_MOST]:
        found = thing(identifier)
        if found is not None:
            yield found, near


def _nearest(item: tuple[str, float]) -> tuple[float, int, str]:
    return -item[1], len(item[0]), item[0]
