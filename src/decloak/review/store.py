"""Store: a queue of items and the history of what people decided about them, in one SQLite file.

Everything is one transaction: a decision is on the disk when the call returns, or it did not happen. Two
processes may have the file open; each waits for the other's transaction.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, func, insert, select, text
from sqlalchemy.exc import DatabaseError

from decloak.core.entity import Entity, Status
from decloak.core.errors import InputError, StoreError
from decloak.core.labels import LABELS
from decloak.result import Result
from decloak.review.items import Action, Agreement, Change, Decision, Item
from decloak.review.tables import DECISIONS, DOCUMENTS, ITEMS, METADATA, VERSION

__all__ = ["ReviewStore"]

WAIT = 30.0
"""Seconds that a process waits for another's transaction."""
_CHUNK = 500


class ReviewStore:
    """A review store.

    Args:
        path: the SQLite file; made where there is none.

    Raises:
        StoreError: when the file is no review store, of another version, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": WAIT})
        event.listen(self._engine, "connect", _configure)
        event.listen(self._engine, "begin", _begin)
        with self._transaction() as connection:
            (version,) = connection.execute(text("PRAGMA user_version")).one()
            tables = connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar_one()
            if version not in {0, VERSION} or (version == 0 and tables):
                message = f"{path}: no review store of version {VERSION}; name another file"
                raise StoreError(message)
            METADATA.create_all(connection)
            connection.execute(text(f"PRAGMA user_version = {VERSION}"))

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except DatabaseError as error:
            reason = str(error.orig).splitlines()[0]
            message = f"{self.path}: {reason}; make room, or name another file"
            raise StoreError(message) from error

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def add(self, results: Iterable[Result]) -> int:
        """Add what was found in documents; return how many items are new.

        Accepted entities are kept too, so that labelled text is whole; the queue holds the others.
        """
        count = 0
        for result in results:
            digest = sha256(result.text.encode("utf-8", "surrogatepass")).hexdigest()
            kept = result.text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
            if len(kept) != len(result.text):  # lone surrogates would move all offsets
                kept = "".join(
                    char if not 0xD800 <= ord(char) < 0xE000 else "\ufffd" for char in result.text
                )
            with self._transaction() as connection:
                found = connection.execute(
                    select(DOCUMENTS.c.id).where(DOCUMENTS.c.digest == digest)
                ).scalar()
                if found is None:
                    row = insert(DOCUMENTS).values(
                        digest=digest, name=result.id, source=result.source, text=kept
                    )
                    found = connection.execute(row.returning(DOCUMENTS.c.id)).scalar_one()
                known = {
                    tuple(each)
                    for each in connection.execute(
                        select(ITEMS.c.start, ITEMS.c.end, ITEMS.c.label).where(
                            ITEMS.c.document == found
                        )
                    )
                }
                rows = [
                    _row(found, entity)
                    for key, entity in _places(result.all_entities).items()
                    if key not in known
                ]
                for low in range(0, len(rows), _CHUNK):
                    connection.execute(insert(ITEMS), rows[low : low + _CHUNK])
                count += len(rows)
        return count

    def queue(self, reviewer: str, most: int = 50) -> list[Item]:
        """Return what a reviewer has not decided, what teaches most first.

        Args:
            reviewer: whose queue.
            most: items, at most.
        """
        with self._transaction() as connection:
            current = _current(connection)
            rows = connection.execute(select(ITEMS).where(ITEMS.c.status != Status.ACCEPTED.value))
            undecided: list[Any] = []
            counts: dict[str, int] = {}
            decided: set[str] = set()
            for row in rows:
                by = current.get(row.id, {})
                if by:
                    decided.add(row.alike)
                if reviewer not in by:
                    undecided.append(row)
                    counts[row.alike] = counts.get(row.alike, 0) + 1
            ranked = sorted(
                undecided, key=lambda row: (-_worth(row, counts, decided), row.document, row.start)
            )
            return [
                self._item(
                    connection, row, current, counts[row.alike], _worth(row, counts, decided)
                )
                for row in ranked[:most]
            ]

    def item(self, number: int) -> Item:
        """Return one item.

        Raises:
            InputError: when there is none of this number.
        """
        with self._transaction() as connection:
            row = connection.execute(select(ITEMS).where(ITEMS.c.id == number)).one_or_none()
            if row is None:
                message = f"there is no item {number}"
                raise InputError(message)
            return self._item(connection, row, _current(connection), 1, 0.0)

    def _item(
        self,
        connection: Connection,
        row: Any,
        current: Mapping[int, Mapping[str, Decision]],
        alike: int,
        worth: float,
    ) -> Item:
        name, whole = connection.execute(
            select(DOCUMENTS.c.name, DOCUMENTS.c.text).where(DOCUMENTS.c.id == row.document)
        ).one()
        return Item(
            row.id, name, whole, row.start, row.end, row.label, row.value, row.confidence,
            row.status, tuple(json.loads(row.evidence)), alike, worth,
            tuple(current.get(row.id, {}).values()),
        )  # fmt: skip

    def decide(
        self,
        number: int,
        reviewer: str,
        action: Action,
        change: Change | None = None,
        *,
        alike: bool = False,
    ) -> list[int]:
        """Append a decision; return the items that it is about.

        Args:
            number: the item.
            reviewer: who decides.
            action: accept, reject or change.
            change: what is right, for a change.
            alike: also for all undecided items with the same label and value; the place of a change is of
                this one only.

        Raises:
            InputError: when there is no such item, or what is right cannot be.
        """
        item = self.item(number)
        if action not in {Action.ACCEPT, Action.REJECT, Action.CHANGE}:
            message = f"{action} is no decision about an item"
            raise InputError(message)
        change = change or Change()
        _check(item.text, change.start, change.end, change.label)
        with self._transaction() as connection:
            numbers = [number]
            if alike:
                current = _current(connection)
                key = _alike(item.label, item.value)
                rows = connection.execute(select(ITEMS.c.id).where(ITEMS.c.alike == key)).scalars()
                numbers += [
                    each
                    for each in rows
                    if each != number and reviewer not in current.get(each, {})
                ]
            made = {
                "label": change.label,
                "value": change.value,
                "action": action.value,
                "reviewer": reviewer,
            }
            at = _now()
            rows_made = [
                {**made, "item": each, "start": None, "end": None, "at": at} for each in numbers
            ]
            rows_made[0] |= {"start": change.start, "end": change.end}
            connection.execute(insert(DECISIONS), rows_made)
        return numbers

    def add_missed(
        self, name: str, reviewer: str, start: int, end: int, label: str, value: str | None = None
    ) -> int:
        """Add an entity that decloak did not find, as decided; return its number.

        Args:
            name: of the document.
            reviewer: who found it.
            start: first code point.
            end: behind the last one.
            label: what it is.
            value: what it means; the text there when None.

        Raises:
            InputError: when there is no such document, or no such place in it.
        """
        with self._transaction() as connection:
            row = connection.execute(select(DOCUMENTS).where(DOCUMENTS.c.name == name)).first()
            if row is None:
                message = f"there is no document {name!r}"
                raise InputError(message)
            _check(row.text, start, end, label)
            meant = row.text[start:end] if value is None else value
            found = insert(ITEMS).values(
                document=row.id, start=start, end=end, label=label, value=meant,
                alike=_alike(label, meant), confidence=1.0, status="added", evidence="[]",
            )  # fmt: skip
            number = int(connection.execute(found.returning(ITEMS.c.id)).scalar_one())
            connection.execute(
                insert(DECISIONS).values(
                    item=number, reviewer=reviewer, action=Action.ADD.value, at=_now()
                )
            )
            return number

    def undo(self, reviewer: str) -> list[int]:
        """Take back the reviewer's last decision (all that were made at once); return its items."""
        with self._transaction() as connection:
            rows = connection.execute(select(DECISIONS).order_by(DECISIONS.c.id)).all()
            undone = {row.undone for row in rows if row.undone is not None}
            mine = [
                row
                for row in rows
                if row.reviewer == reviewer and row.undone is None and row.id not in undone
            ]
            if not mine:
                return []
            last = [row for row in mine if row.at == mine[-1].at]
            connection.execute(
                insert(DECISIONS),
                [
                    {
                        "item": row.item, "reviewer": reviewer, "action": Action.UNDO.value,
                        "undone": row.id, "at": _now(),
                    }
                    for row in last
                ],
            )  # fmt: skip
            return [row.item for row in last]

    def history(self, number: int) -> list[dict[str, Any]]:
        """Return everything that was ever decided about an item, in order."""
        with self._transaction() as connection:
            rows = connection.execute(
                select(DECISIONS).where(DECISIONS.c.item == number).order_by(DECISIONS.c.id)
            )
            return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's name for it

    def counts(self) -> dict[str, int]:
        """Return how many documents, items, decided ones and conflicts there are."""
        with self._transaction() as connection:
            current = _current(connection)
            held = ITEMS.c.status != Status.ACCEPTED.value
            return {
                "documents": connection.execute(
                    select(func.count()).select_from(DOCUMENTS)
                ).scalar_one(),
                "items": connection.execute(
                    select(func.count()).select_from(ITEMS).where(held)
                ).scalar_one(),
                "decided": sum(bool(by) for by in current.values()),
                "conflicts": len(self._conflicts(connection, current)),
            }

    def conflicts(self) -> list[Item]:
        """Return the items about which reviewers disagree."""
        with self._transaction() as connection:
            return self._conflicts(connection, _current(connection))

    def _conflicts(
        self, connection: Connection, current: Mapping[int, Mapping[str, Decision]]
    ) -> list[Item]:
        several = [number for number, by in current.items() if len(by) > 1]
        found = []
        for number in several:
            row = connection.execute(select(ITEMS).where(ITEMS.c.id == number)).one()
            item = self._item(connection, row, current, 1, 0.0)
            if item.conflict:
                found.append(item)
        return found

    def agreement(self, first: str, second: str) -> Agreement:
        """Return how far two reviewers agree."""
        with self._transaction() as connection:
            pairs = [
                (by[first], by[second])
                for by in _current(connection).values()
                if first in by and second in by
            ]
        same = sum(_view(a) == _view(b) for a, b in pairs)
        if not pairs:
            return Agreement(0, 0, None)
        kept = [(a.action is not Action.REJECT, b.action is not Action.REJECT) for a, b in pairs]
        observed = sum(a == b for a, b in kept) / len(kept)
        yes = sum(a for a, _ in kept) / len(kept), sum(b for _, b in kept) / len(kept)
        expected = yes[0] * yes[1] + (1 - yes[0]) * (1 - yes[1])
        kappa = None if expected == 1 else (observed - expected) / (1 - expected)
        return Agreement(len(pairs), same, kappa)

    def documents(self) -> Iterator[tuple[str, str, str, list[Item]]]:
        """Yield (name, source, text, items) of every document, for whoever makes labelled text of it."""
        with self._transaction() as connection:
            current = _current(connection)
            numbers = connection.execute(select(DOCUMENTS.c.id).order_by(DOCUMENTS.c.id)).scalars()
            for number in list(numbers):
                row = connection.execute(select(DOCUMENTS).where(DOCUMENTS.c.id == number)).one()
                items = [
                    self._item(connection, each, current, 1, 0.0)
                    for each in connection.execute(
                        select(ITEMS).where(ITEMS.c.document == number).order_by(ITEMS.c.start)
                    )
                ]
                yield row.name, row.source, row.text, items


def _configure(connection: Any, _record: Any) -> None:
    # SQLAlchemy begins transactions itself (its documentation, "Serializable isolation").
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _alike(label: str, value: str) -> str:
    folded = " ".join(value.casefold().split())
    return sha256(f"{label}\0{folded}".encode("utf-8", "surrogatepass")).hexdigest()


_RANK = {Status.ACCEPTED: 0, Status.REVIEW: 1, Status.REJECTED: 2}


def _places(entities: Iterable[Entity]) -> dict[tuple[int, int, str], Entity]:
    """Return one entity for each place and label: the one that is nearest to being accepted."""
    found: dict[tuple[int, int, str], Entity] = {}
    for entity in entities:
        key = (entity.start, entity.end, entity.label)
        if key not in found or _RANK[entity.status] < _RANK[found[key].status]:
            found[key] = entity
    return found


def _row(document: int, entity: Entity) -> dict[str, Any]:
    return {
        "document": document,
        "start": entity.start,
        "end": entity.end,
        "label": entity.label,
        "value": entity.value.encode("utf-8", "replace").decode(),
        "alike": _alike(entity.label, entity.value),
        "confidence": entity.confidence,
        "status": str(entity.status.value),
        "evidence": json.dumps(list(entity.evidence)),
    }


def _worth(row: Any, counts: Mapping[str, int], decided: set[str]) -> float:
    """Uncertainty in [0, 1] times the logarithm of the frequency times novelty."""
    uncertainty = 1 - abs(2 * float(row.confidence) - 1)
    novelty = 0.25 if row.alike in decided else 1.0
    return (0.05 + uncertainty) * math.log2(1 + counts[row.alike]) * novelty


def _view(decision: Decision) -> object:
    if decision.action is Action.REJECT:
        return True
    return decision.start, decision.end, decision.label, decision.value


def _check(whole: str, start: int | None, end: int | None, label: str | None) -> None:
    if label is not None and label not in LABELS:
        message = f"there is no label {label!r}; see `decloak labels`"
        raise InputError(message)
    if (start is None) != (end is None):
        message = "a place has a start and an end"
        raise InputError(message)
    if start is not None and end is not None and not 0 <= start < end <= len(whole):
        message = f"[{start}, {end}) is no place in a text of {len(whole)} code points"
        raise InputError(message)


def _current(connection: Connection) -> dict[int, dict[str, Decision]]:
    """Return what every reviewer holds of every item now: the last decision that is not taken back."""
    rows: Sequence[Any] = connection.execute(
        select(DECISIONS, ITEMS.c.start, ITEMS.c.end, ITEMS.c.label, ITEMS.c.value)
        .join(ITEMS, ITEMS.c.id == DECISIONS.c.item)
        .order_by(DECISIONS.c.id)
    ).all()
    undone = {row.undone for row in rows if row.undone is not None}
    found: dict[int, dict[str, Decision]] = {}
    for row in rows:
        if row.undone is not None or row.id in undone:
            continue
        start, end, label, value = row[-4:]
        found.setdefault(row.item, {})[row.reviewer] = Decision(
            row.reviewer,
            Action(row.action),
            start if row.start is None else row.start,
            end if row.end is None else row.end,
            row.label or label,
            value if row.value is None else row.value,
            row.at,
        )
    return found
