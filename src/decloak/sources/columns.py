"""Columns: the values of tables whose head names their fields; see `decloak.indicators.columns`."""

from __future__ import annotations

from functools import cache

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.core.limits import MAX_TOKEN
from decloak.indicators.columns import Sheet, bare, cells_of, heads_pattern, sheets_of
from decloak.indicators.engine import Pattern
from decloak.kb.fields import NAME, NUMBER, field_words, role_of
from decloak.sources.keyed import read_value

__all__ = ["note_columns"]

_ROLES = ("PORT", "ASN", "HOSTNAME", NAME, "VERSION", "SOFTWARE", "FINGERPRINT", "HASH",
          "USER_AGENT", "MUTEX", "PROTOCOL", "SERVICE")  # fmt: skip
_DIGITS = frozenset(b"0123456789")


def note_columns(view: View, start: int, end: int, facts: Facts, noted: set[int]) -> None:
    """Note the cells of a range that stand below the name of their field; see `note_keyed`."""
    for sheet in sheets_of(view, start, end, heads(), is_field):
        roles = [(index, role_of(head)) for index, head in enumerate(sheet.heads)]
        _note_rows(view, sheet, dict(roles), facts, noted)


@cache
def heads() -> Pattern:
    """Return the pattern that finds heads of tables with fields that have a reader."""
    return heads_pattern(field_words(*_ROLES))


def is_field(head: str) -> bool:
    """Whether the head of a column names a field whose values are read."""
    return role_of(head) in _ROLES


def _note_rows(
    view: View, sheet: Sheet, roles: dict[int, str], facts: Facts, noted: set[int]
) -> None:
    shadow, low = view.shadow, sheet.start
    while low < sheet.end:
        stop = shadow.find(b"\n", low, sheet.end)
        stop = stop if stop >= 0 else sheet.end
        for index, cell in enumerate(cells_of(shadow, low, stop, sheet.separator)):
            role = roles.get(index, "")
            start, end = bare(shadow, *cell)
            if role == NUMBER and start < end and shadow[start] in _DIGITS:
                facts.note("", start, end, "column.number")
            elif role and 0 < end - start <= MAX_TOKEN:
                for label, first, last in read_value(view, role, start, end):
                    if first not in noted:
                        noted.add(first)
                        facts.note(label, first, last, f"column.{role.lower()}")
        low = stop + 1
