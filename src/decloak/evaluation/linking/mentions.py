"""Mentions: names in labelled reports, as they are labelled and under a label that they do not have.

The rows hold no identifiers, so that accuracy cannot be measured on them: told is how many mentions are tied to
anything, beside how many an exact match ties; and how many of mentions of other things are tied to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import sha256

from decloak.evaluation.gold import GoldDocument
from decloak.kb.packs import pack
from decloak.link import links_of
from decloak.link.names import weights

__all__ = ["ASKED", "exact", "mentions", "tied"]

ASKED = ("THREAT_ACTOR", "MALWARE", "TECHNIQUE", "SOFTWARE")
_OTHERS = ("LOCATION", "SECTOR", "TIME", "ORGANIZATION")
"""Labels of the data set whose mentions are no attackers and no malware."""


def mentions(gold: Iterator[GoldDocument]) -> tuple[dict[str, set[str]], set[str]]:
    """Return label -> distinct mentions of the scored half, and those of other things."""
    found: dict[str, set[str]] = {label: set() for label in ASKED}
    others: set[str] = set()
    for row in gold:
        if sha256(row.group.encode()).digest()[0] % 2 == 0:
            continue
        for each in row.entities:
            text = row.text[each.start : each.end]
            if each.label in found:
                found[each.label].add(text)
            elif each.label in _OTHERS:
                others.add(text)
    return found, others - set().union(*found.values())


def tied(label: str, mention: str) -> bool:
    """Whether a mention is tied to anything under a label."""
    return bool(links_of(label, mention))


@cache
def _exact_names() -> frozenset[tuple[str, str]]:
    return frozenset((row[2], row[1].lower()) for row in pack("names"))


def exact(label: str, mention: str) -> bool:
    """Whether a source has exactly this name, whatever its case, for a thing of a label's kinds."""
    names = _exact_names()
    return any((kind, mention.lower()) in names for kind in weights()["kinds"][label])
