"""Suggest: what corrections say beyond their documents: values never wanted, and names not known yet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from decloak.core.entity import Status
from decloak.review.items import Action
from decloak.review.store import ReviewStore

__all__ = ["Suggestion", "suggestions"]

_NAMES = frozenset({"MALWARE", "ORGANIZATION", "OS", "SOFTWARE", "THREAT_ACTOR"})
"""Labels whose names a pack of one's own may hold."""
_PLAIN = re.compile(r"[^\s/#][^\n#]*")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line of a list of one's own.

    Attributes:
        kind: ``ignore``: a value that was rejected wherever it stood; ``name``: one that decloak did not find or
            did not accept, and people did.
        label, value: what it is.
        times: places that were decided so.
        reviewers: how many people decided so.
    """

    kind: str
    label: str
    value: str
    times: int
    reviewers: int


def suggestions(store: ReviewStore, least: int = 2) -> list[Suggestion]:
    """Return what corrections suggest, what was decided most often first.

    Values about which anybody holds another view are left out.

    Args:
        store: what was reviewed.
        least: how many places have to be decided so.
    """
    rejected: Counter[tuple[str, str]] = Counter()
    named: Counter[tuple[str, str]] = Counter()
    people: dict[tuple[str, str, str], set[str]] = {}
    wanted: set[str] = set()
    unwanted: set[tuple[str, str]] = set()
    for kind, label, value, reviewers in _views(store):
        key = label, value.strip()
        if kind == "ignore":
            rejected[key] += 1
            unwanted.add(key)
        else:
            wanted.add(key[1].casefold())
            if kind == "name":
                named[key] += 1
        people.setdefault((kind, *key), set()).update(reviewers)
    found = [
        Suggestion("ignore", label, value, times, len(people["ignore", label, value]))
        for (label, value), times in rejected.items()
        if times >= least and value.casefold() not in wanted and _PLAIN.fullmatch(value)
    ]
    found += [
        Suggestion("name", label, value, times, len(people["name", label, value]))
        for (label, value), times in named.items()
        if times >= least and label in _NAMES and (label, value) not in unwanted
    ]
    return sorted(found, key=lambda each: (each.kind, -each.times, each.label, each.value))


def _views(store: ReviewStore) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield (``ignore``, ``name`` or ``known``, label, value, reviewers) of every item that people agree on."""
    for _, _, _, items in store.documents():
        for item in items:
            who = [each.reviewer for each in item.decisions]
            if item.conflict:
                continue
            if not item.decisions:
                if item.status == Status.ACCEPTED.value:
                    yield "known", item.label, item.value, who
                continue
            last = item.decisions[-1]
            if last.action is Action.REJECT:
                yield "ignore", item.label, item.value, who
            else:
                is_known = item.status == Status.ACCEPTED.value and last.action is Action.ACCEPT
                yield "known" if is_known else "name", last.label, last.value, who
