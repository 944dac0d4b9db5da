"""Taken: what was labelled elsewhere, as decisions of a reviewer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from decloak.core.errors import InputError
from decloak.review.items import Action, Change
from decloak.review.store import ReviewStore

__all__ = ["take_decision", "take_labelled"]


def take_decision(store: ReviewStore, row: Mapping[str, Any]) -> int:
    """Append one decision: ``{"item", "reviewer", "action", "label"?, "value"?, "start"?, "end"?}``.

    Returns:
        One.

    Raises:
        InputError: when it is none.
    """
    try:
        change = Change(*(row.get(name) for name in ("start", "end", "label", "value")))
        number, reviewer, action = int(row["item"]), str(row["reviewer"]), Action(row["action"])
    except (KeyError, TypeError, ValueError) as error:
        message = f"this is no decision: {error}"
        raise InputError(message) from error
    store.decide(number, reviewer, action, change)
    return 1


def take_labelled(store: ReviewStore, rows: Iterable[Mapping[str, Any]], reviewer: str) -> int:
    """Take whole labellings as decisions; return how many there are.

    What a row labels is accepted, or added; what the store holds there and the row does not is rejected,
    except in the ranges of ``ignore``. Documents that the store does not have are added.

    Args:
        store: to add to.
        rows: ``id``, ``text``, ``entities`` (``start``, ``end``, ``label``, ``value``?), ``ignore``?.
        reviewer: whose labels they are.

    Raises:
        InputError: when a row is none; those before it are taken.
    """
    count = 0
    for row in rows:
        try:
            name, text = str(row["id"]), str(row["text"])
            ignored = [(int(low), int(high)) for low, high in row.get("ignore", ())]
            said = {
                (int(each["start"]), int(each["end"]), str(each["label"])): each.get("value")
                for each in row["entities"]
            }
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            message = f"this is no labelled row: {error}"
            raise InputError(message) from error
        document, _ = store.add_document(name, str(row.get("source") or "prose"), text, ())
        for number, place in store.places(document):
            if place in said or any(low < place[1] and place[0] < high for low, high in ignored):
                continue
            store.decide(number, reviewer, Action.REJECT)
            count += 1
        for (start, end, label), value in said.items():
            store.add_missed(document, reviewer, start, end, label, value)
            count += 1
    return count
