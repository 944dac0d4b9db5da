"""Store: a queue of items and the history of what people decided about them.

Everything is one transaction: a decision is on the disk when the call returns, or it did not happen. Any number
of processes may use one store; who writes waits for the others who do, who reads waits for nobody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select

from decloak.core.entity import Entity, Status
from decloak.core.errors import InputError
from decloak.core.labels import LABELS
from decloak.core.result import Result
from decloak.review.agreement import agreement
from decloak.review.database import Database
from decloak.review.items import (
    Action,
    Agreement,
    Change,
    Decision,
    Found,
    Item,
    Progress,
    UnknownItemError,
    view,
)
from decloak.review.standing import (
    current,
    decided,
    disputed,
    is_held,
    items_of,
    queue,
    standing,
    undecided,
)
from decloak.review.tables import DECISIONS, DOCUMENTS, ITEMS

__all__ = ["ReviewStore"]

_CHUNK = 500


class ReviewStore:
    """A review store.

    Args:
        place: an SQLite file, made where there is none, or ``postgresql://...``.

    Raises:
        StoreError: when it is no review store, of another version, or cannot be reached or written.
    """

    def __init__(self, place: str | Path) -> None:
        self._database = Database(place)

    @property
    def name(self) -> str:
        """Where it is, without a password."""
        return self._database.name

    def close(self) -> None:
        """Let go of it."""
        self._database.close()

    def add(self, results: Iterable[Result]) -> int:
        """Add what was found in documents; return how many items are new.

        Accepted entities are kept too, so that labelled text is whole; the queue holds the others.
        """
        return sum(
            len(self.add_document(each.id, each.source, each.text, _found(each.all_entities))[1])
            for each in results
        )

    def add_document(
        self, name: str, source: str, whole: str, found: Iterable[Found]
    ) -> tuple[int, list[int]]:
        """Add one document, or to one with the same text; return its number and those of the new items.

        Args:
            name: of the document; it keeps that with which it came first.
            source: what it is.
            whole: its text. What cannot be stored (lone surrogates, NUL) becomes U+FFFD.
            found: what stands in it.

        Raises:
            InputError: when something found cannot stand in it.
        """
        found = list(found)
        for each in found:
            _check(len(whole), each.start, each.end, each.label)
        digest = sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
        with self._database.writing() as connection:
            number = connection.execute(
                select(DOCUMENTS.c.id).where(DOCUMENTS.c.digest == digest)
            ).scalar()
            if number is None:
                values = {"name": _storable(name), "source": source, "text": _storable(whole)}
                row = insert(DOCUMENTS).values(digest=digest, **values)
                number = connection.execute(row.returning(DOCUMENTS.c.id)).scalar_one()
            known = set(_places_known(connection, number))
            last = connection.execute(select(func.max(ITEMS.c.id))).scalar() or 0
            rows = [_row(number, each) for key, each in _places(found).items() if key not in known]
            for low in range(0, len(rows), _CHUNK):
                connection.execute(insert(ITEMS), rows[low : low + _CHUNK])
            fresh = select(ITEMS.c.id).where(ITEMS.c.document == number, ITEMS.c.id > last)
            return int(number), list(connection.execute(fresh.order_by(ITEMS.c.id)).scalars())

    def queue(self, reviewer: str, most: int = 50, skipped: Iterable[int] = ()) -> list[Item]:
        """Return what a reviewer has not decided, what teaches most first.

        Args:
            reviewer: whose queue.
            most: items, at most.
            skipped: items to leave out.
        """
        with self._database.reading() as connection:
            return queue(connection, reviewer, most, skipped)

    def item(self, number: int) -> Item:
        """Return one item.

        Raises:
            UnknownItemError: when there is none of this number.
        """
        with self._database.reading() as connection:
            found = items_of(connection, [number])
        if not found:
            message = f"there is no item {number}"
            raise UnknownItemError(message)
        return found[0]

    def places(self, document: int) -> list[tuple[int, tuple[int, int, str]]]:
        """Return the number and (start, end, label) of every item of a document."""
        with self._database.reading() as connection:
            asked = select(ITEMS.c.id, ITEMS.c.start, ITEMS.c.end, ITEMS.c.label)
            rows = connection.execute(
                asked.where(ITEMS.c.document == document).order_by(ITEMS.c.id)
            )
            return [(row.id, (row.start, row.end, row.label)) for row in rows]

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
            action: accept, reject or change; `FLAG` asks others for a decision.
            change: what is right, for a change.
            alike: also for all undecided items with the same label and value; the place of a change is of
                this one only.

        Raises:
            UnknownItemError: when there is no such item.
            InputError: when what is right cannot be.
        """
        _check_reviewer(reviewer)
        if action not in {Action.ACCEPT, Action.REJECT, Action.CHANGE, Action.FLAG}:
            message = f"{action} is no decision about an item"
            raise InputError(message)
        right = change or Change() if action is Action.CHANGE else Change()
        if action is Action.CHANGE and right == Change():
            message = "a change says what is right: a label, a value or a place"
            raise InputError(message)
        with self._database.writing() as connection:
            asked = (
                select(ITEMS.c.alike, func.length(DOCUMENTS.c.text).label("length"))
                .join(DOCUMENTS, DOCUMENTS.c.id == ITEMS.c.document)
                .where(ITEMS.c.id == number)
            )
            row = connection.execute(asked).one_or_none()
            if row is None:
                message = f"there is no item {number}"
                raise UnknownItemError(message)
            _check(row.length, right.start, right.end, right.label)
            numbers = [number]
            if alike:
                same = select(ITEMS.c.id).where(
                    ITEMS.c.alike == row.alike, ITEMS.c.id != number, is_held(), undecided(reviewer)
                )
                numbers += connection.execute(same.order_by(ITEMS.c.id)).scalars()
            made = {
                "reviewer": reviewer,
                "action": action.value,
                "label": right.label,
                "value": None if right.value is None else _storable(right.value),
                "at": _now(),
            }
            rows = [{**made, "item": each, "start": None, "end": None} for each in numbers]
            rows[0] |= {"start": right.start, "end": right.end}
            connection.execute(insert(DECISIONS), rows)
        return numbers

    def add_missed(
        self,
        document: int,
        reviewer: str,
        start: int,
        end: int,
        label: str,
        value: str | None = None,
    ) -> int:
        """Add an entity that decloak did not find, as decided; return its number.

        What decloak did find there, under that label, is accepted.

        Args:
            document: its number.
            reviewer: who found it.
            start: first code point.
            end: behind the last one.
            label: what it is.
            value: what it means; the text there when None.

        Raises:
            UnknownItemError: when there is no such document.
            InputError: when there is no such place in it.
        """
        _check_reviewer(reviewer)
        with self._database.writing() as connection:
            surface = func.substr(DOCUMENTS.c.text, start + 1, max(end - start, 0)).label("surface")
            asked = select(surface, func.length(DOCUMENTS.c.text).label("length"))
            row = connection.execute(asked.where(DOCUMENTS.c.id == document)).one_or_none()
            if row is None:
                message = f"there is no document {document}"
                raise UnknownItemError(message)
            _check(row.length, start, end, label)
            made: dict[str, Any] = {"reviewer": reviewer, "action": Action.ADD.value, "at": _now()}
            number = _item_at(connection, document, start, end, label)
            if number is not None:
                action = Action.ACCEPT if value is None else Action.CHANGE
                made |= {
                    "action": action.value,
                    "value": None if value is None else _storable(value),
                }
            else:
                meant = row.surface if value is None else value
                found = insert(ITEMS).values(
                    _row(document, Found(start, end, label, meant, 1.0, "added"))
                )
                number = int(connection.execute(found.returning(ITEMS.c.id)).scalar_one())
            connection.execute(insert(DECISIONS).values(item=number, **made))
            return number

    def undo(self, reviewer: str) -> list[int]:
        """Take back the reviewer's last decision (all that were made at once); return its items."""
        with self._database.writing() as connection:
            mine = select(DECISIONS.c.at).where(DECISIONS.c.reviewer == reviewer, standing())
            at = connection.execute(mine.order_by(DECISIONS.c.id.desc()).limit(1)).scalar()
            if at is None:
                return []
            asked = select(DECISIONS.c.id, DECISIONS.c.item).where(
                DECISIONS.c.reviewer == reviewer, DECISIONS.c.at == at, standing()
            )
            last = connection.execute(asked.order_by(DECISIONS.c.id)).all()
            made = {"reviewer": reviewer, "action": Action.UNDO.value, "at": _now()}
            connection.execute(
                insert(DECISIONS), [{**made, "item": row.item, "undone": row.id} for row in last]
            )
            return [row.item for row in last]

    def history(self, number: int) -> list[dict[str, Any]]:
        """Return everything that was ever decided about an item, in order."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(DECISIONS).where(DECISIONS.c.item == number).order_by(DECISIONS.c.id)
            )
            return [dict(row) for row in rows.mappings()]

    def decided(self, reviewer: str, most: int = 50) -> list[Item]:
        """Return what a reviewer decided, the last first."""
        with self._database.reading() as connection:
            mine = select(DECISIONS.c.item, func.max(DECISIONS.c.id).label("last")).where(
                DECISIONS.c.reviewer == reviewer,
                DECISIONS.c.action != Action.FLAG.value,
                standing(),
            )
            ranked = mine.group_by(DECISIONS.c.item).order_by(func.max(DECISIONS.c.id).desc())
            return items_of(
                connection, [row.item for row in connection.execute(ranked.limit(most))]
            )

    def progress(self, reviewer: str) -> Progress:
        """Return how far a reviewer is."""
        with self._database.reading() as connection:
            left = select(func.count()).select_from(ITEMS).where(is_held(), undecided(reviewer))
            made = select(func.count(DECISIONS.c.item.distinct())).where(
                DECISIONS.c.reviewer == reviewer,
                DECISIONS.c.action != Action.FLAG.value,
                standing(),
            )
            return Progress(
                connection.execute(made).scalar_one(), connection.execute(left).scalar_one()
            )

    def reviewers(self) -> list[str]:
        """Return who decided anything, in order."""
        with self._database.reading() as connection:
            asked = select(DECISIONS.c.reviewer).distinct().order_by(DECISIONS.c.reviewer)
            return list(connection.execute(asked).scalars())

    def counts(self) -> dict[str, int]:
        """Return how many documents, items of the queue, decided ones and conflicts there are."""
        with self._database.reading() as connection:
            held = select(func.count()).select_from(ITEMS).where(is_held())
            documents = select(func.count()).select_from(DOCUMENTS)
            return {
                "documents": connection.execute(documents).scalar_one(),
                "items": connection.execute(held).scalar_one(),
                "decided": decided(connection),
                "conflicts": len(_conflicting(disputed(connection))),
            }

    def conflicts(self, most: int | None = None) -> list[Item]:
        """Return the items about which reviewers disagree; at most so many."""
        with self._database.reading() as connection:
            return items_of(connection, _conflicting(disputed(connection))[:most])

    def agreement(self, first: str, second: str) -> Agreement:
        """Return how far two reviewers agree."""
        with self._database.reading() as connection:
            return agreement(disputed(connection).values(), first, second)

    def agreements(self) -> dict[tuple[str, str], Agreement]:
        """Return how far every two reviewers agree who decided about the same items."""
        with self._database.reading() as connection:
            views = list(disputed(connection).values())
        pairs = {pair for by in views for pair in combinations(sorted(by), 2)}
        return {pair: agreement(views, *pair) for pair in sorted(pairs)}

    def documents(self) -> Iterator[tuple[str, str, str, list[Item]]]:
        """Yield (name, source, text, items) of every document, for whoever makes labelled text of it.

        All of it is the state of one moment; others may write meanwhile. Items have no surroundings.
        """
        with self._database.reading() as connection:
            numbers = connection.execute(select(DOCUMENTS.c.id).order_by(DOCUMENTS.c.id)).scalars()
            for number in list(numbers):
                row = connection.execute(select(DOCUMENTS).where(DOCUMENTS.c.id == number)).one()
                views = current(connection, ITEMS.c.document == number)
                asked = select(ITEMS).where(ITEMS.c.document == number)
                items = [
                    Item(
                        each.id, number, row.name, "", row.text[each.start : each.end], "",
                        each.start, each.end, each.label, each.value, each.confidence, each.status,
                        tuple(json.loads(each.evidence)),
                        decisions=tuple(views.get(each.id, {}).values()),
                    )
                    for each in connection.execute(asked.order_by(ITEMS.c.start, ITEMS.c.id))
                ]  # fmt: skip
                yield row.name, row.source, row.text, items

    def document(self, *, text: str | None = None, name: str | None = None) -> int | None:
        """Return the number of the document with this text, or else this name; None where there is none."""
        if text is not None:
            digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            asked = select(DOCUMENTS.c.id).where(DOCUMENTS.c.digest == digest)
        else:
            asked = select(DOCUMENTS.c.id).where(DOCUMENTS.c.name == name).order_by(DOCUMENTS.c.id)
        with self._database.reading() as connection:
            return connection.execute(asked.limit(1)).scalar()

    def text(self, document: int) -> str:
        """Return the text of a document.

        Raises:
            UnknownItemError: when there is none of this number.
        """
        with self._database.reading() as connection:
            asked = select(DOCUMENTS.c.text).where(DOCUMENTS.c.id == document)
            found = connection.execute(asked).scalar()
        if found is None:
            message = f"there is no document {document}"
            raise UnknownItemError(message)
        return str(found)


def _conflicting(views: Mapping[int, Mapping[str, Decision]]) -> list[int]:
    return [number for number, by in views.items() if len({view(each) for each in by.values()}) > 1]


def _item_at(connection: Connection, document: int, start: int, end: int, label: str) -> int | None:
    place = (ITEMS.c.document == document) & (ITEMS.c.start == start) & (ITEMS.c.end == end)
    return connection.execute(select(ITEMS.c.id).where(place, ITEMS.c.label == label)).scalar()


def _places_known(connection: Connection, document: int) -> Iterator[tuple[int, int, str]]:
    asked = select(ITEMS.c.start, ITEMS.c.end, ITEMS.c.label).where(ITEMS.c.document == document)
    return (tuple(each) for each in connection.execute(asked))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _alike(label: str, value: str) -> str:
    folded = " ".join(value.casefold().split())
    return sha256(f"{label}\0{folded}".encode("utf-8", "surrogatepass")).hexdigest()


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _storable(text: str) -> str:
    """Return a text as both databases take it, code point for code point."""
    return _UNSTORABLE.sub("\ufffd", text)


_RANK = {Status.ACCEPTED.value: 0, Status.REVIEW.value: 1, Status.REJECTED.value: 2}


def _found(entities: Iterable[Entity]) -> Iterator[Found]:
    for each in entities:
        status = str(each.status.value)
        yield Found(
            each.start, each.end, each.label, each.value, each.confidence, status, each.evidence
        )


def _places(found: Sequence[Found]) -> dict[tuple[int, int, str], Found]:
    """Return one for each place and label: the one that is nearest to being accepted."""
    kept: dict[tuple[int, int, str], Found] = {}
    for each in found:
        key = (each.start, each.end, each.label)
        if key not in kept or _RANK.get(each.status, 3) < _RANK.get(kept[key].status, 3):
            kept[key] = each
    return kept


def _row(document: int, found: Found) -> dict[str, Any]:
    return {
        "document": document,
        "start": found.start,
        "end": found.end,
        "label": found.label,
        "value": _storable(found.value),
        "alike": _alike(found.label, found.value),
        "confidence": found.confidence,
        "status": found.status,
        "evidence": json.dumps(list(found.evidence)),
    }


def _check_reviewer(name: str) -> None:
    if not 0 < len(name) <= 64 or not name.isprintable():
        message = "a reviewer has a name of 1 to 64 characters"
        raise InputError(message)


def _check(length: int, start: int | None, end: int | None, label: str | None) -> None:
    if label is not None and label not in LABELS:
        message = f"there is no label {label!r}; see `decloak labels`"
        raise InputError(message)
    if (start is None) != (end is None):
        message = "a place has a start and an end"
        raise InputError(message)
    if start is not None and end is not None and not 0 <= start < end <= length:
        message = f"[{start}, {end}) is no place in a text of {length} code points"
        raise InputError(message)
