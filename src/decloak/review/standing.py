"""Standing: what follows from the history: who holds what now, what is left to decide, what teaches most."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from heapq import nsmallest
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, exists, func, or_, select

from decloak.core.entity import Status
from decloak.review.items import Action, Decision, Item
from decloak.review.tables import DECISIONS, DOCUMENTS, ITEMS

__all__ = [
    "current",
    "decided",
    "disputed",
    "is_flagged",
    "is_held",
    "items_of",
    "queue",
    "standing",
    "undecided",
]

AROUND = 300
"""Code points that an item shows on either side."""
_LATER = DECISIONS.alias("later")
_IN = 500  # numbers of one IN list


def standing() -> ColumnElement[bool]:
    """Return the condition that an event is neither an undo nor undone."""
    return DECISIONS.c.undone.is_(None) & ~exists().where(_LATER.c.undone == DECISIONS.c.id)


def _is_decision() -> ColumnElement[bool]:
    return standing() & (DECISIONS.c.action != Action.FLAG.value)


def is_flagged() -> ColumnElement[bool]:
    """Return the condition that somebody asked for a decision about an item."""
    asked = (DECISIONS.c.item == ITEMS.c.id) & (DECISIONS.c.action == Action.FLAG.value)
    return exists().where(asked & standing())


def is_held() -> ColumnElement[bool]:
    """Return the condition that an item belongs to the queue."""
    return or_(ITEMS.c.status != Status.ACCEPTED.value, is_flagged())


def undecided(reviewer: str) -> ColumnElement[bool]:
    """Return the condition that a reviewer has not decided about an item."""
    mine = (DECISIONS.c.item == ITEMS.c.id) & (DECISIONS.c.reviewer == reviewer)
    return ~exists().where(mine & _is_decision())


def current(
    connection: Connection, condition: ColumnElement[bool] | None = None
) -> dict[int, dict[str, Decision]]:
    """Return what every reviewer holds now: the last decision that is not taken back, by item.

    Args:
        connection: of the store.
        condition: on the items; all when None.
    """
    asked = (
        select(DECISIONS, ITEMS.c.start, ITEMS.c.end, ITEMS.c.label, ITEMS.c.value)
        .join(ITEMS, ITEMS.c.id == DECISIONS.c.item)
        .where(_is_decision())
        .order_by(DECISIONS.c.id)
    )
    if condition is not None:
        asked = asked.where(condition)
    found: dict[int, dict[str, Decision]] = {}
    for row in connection.execute(asked):
        start, end, label, value = row[-4:]
        views = found.setdefault(row.item, {})
        views.pop(row.reviewer, None)  # who decided last comes last
        views[row.reviewer] = Decision(
            row.reviewer,
            Action(row.action),
            start if row.start is None else row.start,
            end if row.end is None else row.end,
            row.label or label,
            value if row.value is None else row.value,
            row.at,
        )
    return found


def disputed(connection: Connection) -> dict[int, dict[str, Decision]]:
    """Return what reviewers hold of the items about which several decided."""
    who = func.count(DECISIONS.c.reviewer.distinct())
    several = (
        select(DECISIONS.c.item).where(_is_decision()).group_by(DECISIONS.c.item).having(who > 1)
    )
    return current(connection, ITEMS.c.id.in_(several))


def decided(connection: Connection) -> int:
    """Return how many items anybody decided."""
    asked = select(func.count(DECISIONS.c.item.distinct())).where(_is_decision())
    return int(connection.execute(asked).scalar_one())


def queue(
    connection: Connection, reviewer: str, most: int, skipped: Iterable[int] = ()
) -> list[Item]:
    """Return the items that a reviewer has not decided, what teaches most first."""
    left = set(skipped)
    rows = connection.execute(
        select(ITEMS.c.id, ITEMS.c.document, ITEMS.c.start, ITEMS.c.alike, ITEMS.c.confidence,
               is_flagged().label("flagged")).where(is_held(), undecided(reviewer))
    ).all()  # fmt: skip
    counts = Counter(row.alike for row in rows)
    asked = select(ITEMS.c.alike).join(DECISIONS, DECISIONS.c.item == ITEMS.c.id)
    decided = set(connection.execute(asked.where(_is_decision()).distinct()).scalars())
    worth = {
        row.id: _worth(row, counts[row.alike], is_new=row.alike not in decided) for row in rows
    }
    ranked = nsmallest(
        most,
        (row for row in rows if row.id not in left),
        key=lambda row: (-worth[row.id], row.document, row.start, row.id),
    )
    alike = {row.id: (counts[row.alike], worth[row.id]) for row in ranked}
    return items_of(connection, [row.id for row in ranked], alike)


def _worth(row: Any, count: int, *, is_new: bool) -> float:
    """Uncertainty in [0, 1] times the logarithm of the frequency times novelty.

    What a person asks about is as uncertain as can be.
    """
    uncertainty = 1.0 if row.flagged else 1 - abs(2 * float(row.confidence) - 1)
    return (0.05 + uncertainty) * math.log2(1 + count) * (1.0 if is_new else 0.25)


def items_of(
    connection: Connection,
    numbers: Sequence[int],
    alike: dict[int, tuple[int, float]] | None = None,
) -> list[Item]:
    """Return items in the order of their numbers, with their surroundings; those that are not there are left out.

    Args:
        connection: of the store.
        numbers: of the items.
        alike: for each, how many are alike, and what it is worth.
    """
    found: dict[int, Item] = {}
    for low in range(0, len(numbers), _IN):
        part = ITEMS.c.id.in_(numbers[low : low + _IN])
        views = current(connection, part)
        for row in connection.execute(_with_surroundings().where(part)):
            count, worth = (alike or {}).get(row.id, (1, 0.0))
            decisions = tuple(views.get(row.id, {}).values())
            found[row.id] = _item(row, count, worth, decisions)
    return [found[number] for number in numbers if number in found]


def _with_surroundings() -> Select[Any]:
    first = case((ITEMS.c.start > AROUND, ITEMS.c.start - AROUND), else_=0)
    whole = DOCUMENTS.c.text
    return select(
        ITEMS,
        DOCUMENTS.c.name,
        func.substr(whole, first + 1, ITEMS.c.start - first).label("before"),
        func.substr(whole, ITEMS.c.start + 1, ITEMS.c.end - ITEMS.c.start).label("surface"),
        func.substr(whole, ITEMS.c.end + 1, AROUND).label("after"),
        is_flagged().label("flagged"),
    ).join(DOCUMENTS, DOCUMENTS.c.id == ITEMS.c.document)


def _item(row: Any, count: int, worth: float, decisions: tuple[Decision, ...]) -> Item:
    return Item(
        row.id, row.document, row.name, row.before, row.surface, row.after, row.start, row.end,
        row.label, row.value, row.confidence, row.status, tuple(json.loads(row.evidence)),
        bool(row.flagged), count, worth, decisions,
    )  # fmt: skip
