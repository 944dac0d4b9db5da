"""Standing: what is known of a name as evidence for or against what the model takes it for.

A name that sources have for the very kind of thing is likelier right, one that they have for other things only is likelier
wrong, and one that is an ordinary word says less than the model believes. How much each is worth is measured
(``data/standing.json``, in log-odds), per label. What no source has says nothing: new names are what is looked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from math import exp, log
from typing import Any

from decloak.core.entity import Tagged
from decloak.core.remember import remembered
from decloak.kb.keys import name_key
from decloak.kb.known import named
from decloak.kb.lexicon import lookup_all
from decloak.kb.store import Store

__all__ = ["KNOWN_AS", "moved", "standing_of", "weighed"]

KNOWN_AS: Mapping[str, frozenset[str]] = {
    "THREAT_ACTOR": frozenset({"THREAT_ACTOR", "group", "campaign"}),
    "MALWARE": frozenset(
        {"MALWARE", "malware", "ransomware", "rat", "botnet", "exploit-kit", "tool"}
    ),
    "SOFTWARE": frozenset({"SOFTWARE", "OS", "tool"}),
    "ORGANIZATION": frozenset({"ORGANIZATION", "organization"}),
}
"""Label -> what sources call the things that it means."""
_GAP = 2
"""Code points between a name and its version."""
_EDGE = 1e-6


@cache
def _weights() -> Mapping[str, Mapping[str, float]]:
    path = files("decloak.tag") / "data" / "standing.json"
    table: Any = json.loads(path.read_text("utf-8"))
    return {
        label: {standing: row["weight"] for standing, row in rows.items()}
        for label, rows in table["labels"].items()
    }


@remembered(1 << 12)
def standing_of(label: str, name: str, store: Store | None) -> str:
    """Return how sources know a name: ``known``, ``weak`` (as an ordinary word), ``other``, or ``unknown``.

    Args:
        label: one of `KNOWN_AS`.
        name: as it stands in the text.
        store: what the user added, or None.
    """
    found = [(row.kind, row.weak) for row in named(name, store)]
    found += [(entry.label, entry.is_weak(name)) for entry in lookup_all(name)]
    mine = [weak for kind, weak in found if kind in KNOWN_AS[label]]
    if mine:
        return "weak" if all(mine) else "known"
    return "other" if found else "unknown"


def weighed(tagged: Iterable[Tagged], text: str, store: Store | None) -> Iterator[Tagged]:
    """Yield the same spans, more or less confident for what is known of their names.

    Args:
        tagged: spans of the model.
        text: what their offsets point into.
        store: what the user added, or None.
    """
    spans = list(tagged)
    for at, each in enumerate(spans):
        weights = _weights().get(each.label)
        if weights is None:
            yield each
            continue
        name = text[each.start : each.end]
        standing = standing_of(each.label, name, store)
        if store is not None and each.label == "SOFTWARE" and at + 1 < len(spans):
            after = spans[at + 1]
            beside = after.label == "VERSION" and 0 < after.start - each.end <= _GAP
            if beside and _is_released(store, name, text[after.start : after.end]):
                standing = "released"
        weight = weights.get(standing, 0.0)
        yield each._replace(confidence=moved(each.confidence, weight)) if weight else each


def moved(probability: float, weight: float) -> float:
    """Return a probability after evidence of so many log-odds."""
    held = min(max(probability, _EDGE), 1 - _EDGE)
    return 1 / (1 + exp(-(log(held / (1 - held)) + weight)))


def _is_released(store: Store, name: str, version: str) -> bool:
    """Whether the user's dictionary has this version of a product of this name."""
    return any(
        store.has_release(vendor, product, version.lower())
        for _, vendor, product, _, _ in store.products(name_key(name))
    )
