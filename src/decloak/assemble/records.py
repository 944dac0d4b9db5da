"""Records: the facts that belong together, nested as the tool wrote them."""

from __future__ import annotations

from decloak.core.document import Decoded
from decloak.core.facts import RECORDS, Facts
from decloak.core.result import Record

__all__ = ["assemble"]


_PLURALS = frozenset(kind.plural for kind in RECORDS.values() if kind.plural)


def assemble(decoded: Decoded, facts: Facts, values: list[str]) -> tuple[Record, ...]:
    """Build nested records; each field is ``{"value", "start", "end"}`` in raw offsets.

    Args:
        decoded: the text the facts' offsets point into.
        facts: fields and the records they belong to.
        values: the canonical value of every fact.

    Returns:
        The records without a parent, in order of the text. Records without any field or child
        are left out.
    """
    kinds, parents = facts.kinds, facts.parents
    records: list[Record] = [{"kind": kind} for kind in kinds]
    many = [RECORDS[kind].many for kind in kinds]
    identity = decoded.alignment.is_identity
    to_raw = decoded.alignment.to_raw
    for (start, end, index, field, _, _, _), value in zip(facts.items, values, strict=True):
        if index < 0:
            continue
        low, high = (start, end) if identity else to_raw(start, end)
        entry = {"value": value, "start": low, "end": high}
        if field in many[index]:
            records[index].setdefault(field, []).append(entry)
        else:
            records[index].setdefault(field, entry)
    top: list[Record] = []
    # Children were opened after their parents: walking backwards, every child is complete.
    for index in range(len(records) - 1, -1, -1):
        record = records[index]
        for plural in _PLURALS.intersection(record):
            record[plural].reverse()
        if len(record) == 1:
            continue
        parent = parents[index]
        if parent < 0:
            top.append(record)
        else:
            records[parent].setdefault(RECORDS[kinds[index]].plural, []).append(record)
    top.reverse()
    return tuple(top)
