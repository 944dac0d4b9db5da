"""Labelled: what was reviewed, as rows of labelled text that training and `decloak evaluate` read."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from typing import Any

from decloak.core.entity import Status
from decloak.review.items import Action, Item
from decloak.review.store import ReviewStore

__all__ = ["labelled_rows"]


def labelled_rows(store: ReviewStore, *, whole: bool = False) -> Iterator[dict[str, Any]]:
    """Yield a row for every document: ``id``, ``source``, ``text``, ``entities``, ``ignore``, ``decided``.

    Accepted entities stay unless somebody rejected them; others count where somebody accepted, changed
    or added them. About what nobody decided, and what reviewers disagree on, the row says nothing: it
    stands in ``ignore``. ``decided`` are the ranges about which people agree, also those of what they rejected.

    Args:
        store: what was reviewed.
        whole: only documents in which everything is decided.
    """
    for name, source, text, items in store.documents():
        entities: list[dict[str, Any]] = []
        ignored: list[list[int]] = []
        decided: list[list[int]] = []
        for item in items:
            if item.conflict or (not item.decisions and item.status != Status.ACCEPTED.value):
                ignored.append([item.start, item.end])
                continue
            made = _entity(item)
            if made is not None:
                entities.append(made)
            if item.decisions:
                decided.append(
                    [item.start, item.end] if made is None else [made["start"], made["end"]]
                )
        if whole and ignored:
            continue
        if any(item.decisions for item in items) or not whole:
            yield {
                "id": name,
                "source": source,
                "text": text,
                "entities": _apart(entities),
                "ignore": ignored,
                "decided": decided,
            }


def _entity(item: Item) -> dict[str, Any] | None:
    if not item.decisions:
        return _row(item.start, item.end, item.label, item.value, "decloak")
    last = item.decisions[-1]
    if last.action is Action.REJECT:
        return None
    return _row(last.start, last.end, last.label, last.value, f"review:{last.reviewer}")


def _row(start: int, end: int, label: str, value: str, provenance: str) -> dict[str, Any]:
    return {"start": start, "end": end, "label": label, "value": value, "provenance": provenance}


def _apart(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return them in order; of those at one place what a person said comes first, then the longest."""
    ranked = sorted(
        entities,
        key=lambda each: (not each["provenance"].startswith("review"), each["start"] - each["end"]),
    )
    starts: list[int] = []
    kept: list[dict[str, Any]] = []
    for each in ranked:
        place = bisect(starts, each["start"])
        free = (place == 0 or kept[place - 1]["end"] <= each["start"]) and (
            place == len(kept) or each["end"] <= kept[place]["start"]
        )
        if free:
            starts.insert(place, each["start"])
            kept.insert(place, each)
    return kept
