"""Sought: what a report says to look for, as against what a tool saw.

An address in a scan is where somebody looked, and one on a warning list is everybody's: neither is good to
alert on.
"""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.entity import Entity
from decloak.core.result import RecordRow, Result
from decloak.export.platforms import is_listed

__all__ = ["Sought"]


class Sought:
    """Tells the two apart within one document."""

    def __init__(self, result: Result) -> None:
        self._report = result.source == "prose"
        self._seen = {span for record in result.record_rows for span in _spans(record)}

    def was_seen(self, entity: Entity) -> bool:
        """Whether a tool saw it: all that stands in a tool's record, and in a text of tools all."""
        return not self._report or (entity.start, entity.end) in self._seen

    def to_alert_on(self, entity: Entity) -> bool:
        """Whether a report names it, for sure, and no warning list knows it."""
        return not self.was_seen(entity) and entity.status == "accepted" and not is_listed(entity)


def _spans(record: RecordRow) -> Iterator[tuple[int, int]]:
    """Yield the places of all fields of a record and of those inside it."""
    for value in record.values():
        for each in value if isinstance(value, list) else (value,):
            if isinstance(each, dict):
                if "kind" in each:
                    yield from _spans(each)
                else:
                    yield each["start"], each["end"]
