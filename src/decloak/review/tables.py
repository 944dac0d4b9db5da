"""Tables of the review store. What happened is appended and never changed: states follow from it.

The database itself refuses to change or delete a decision, whoever asks.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

__all__ = ["APPEND_ONLY", "DECISIONS", "DOCUMENTS", "ITEMS", "METADATA", "VERSION"]

VERSION = 1
"""Of the tables; another one is refused by name."""
METADATA = MetaData()

DOCUMENTS = Table(
    "documents",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("source", String(64), nullable=False),
    Column("text", Text, nullable=False),
)
ITEMS = Table(
    "items",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("document", ForeignKey("documents.id"), nullable=False, index=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("label", String(32), nullable=False),
    Column("value", Text, nullable=False),
    Column("alike", String(64), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("status", String(16), nullable=False),
    Column("evidence", Text, nullable=False),
    UniqueConstraint("document", "start", "end", "label"),
    Index("items_alike", "alike"),
)
DECISIONS = Table(
    "decisions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("item", ForeignKey("items.id"), nullable=False, index=True),
    Column("reviewer", String(64), nullable=False),
    Column("action", String(16), nullable=False),
    Column("start", Integer),
    Column("end", Integer),
    Column("label", String(32)),
    Column("value", Text),
    Column("undone", Integer),
    Column("at", String(32), nullable=False),
    Index("decisions_undone", "undone"),
)

_REFUSAL = "decisions are appended, never changed"
_SQLITE = (
    "CREATE TRIGGER IF NOT EXISTS decisions_no_{event} BEFORE {event} ON decisions "
    "BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
)
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION decisions_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"
)
_TRIGGER = (
    "CREATE OR REPLACE TRIGGER decisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
    "ON decisions FOR EACH STATEMENT EXECUTE FUNCTION decisions_refuse()"
)
APPEND_ONLY = {
    "sqlite": [_SQLITE.format(event=each, refusal=_REFUSAL) for each in ("update", "delete")],
    "postgresql": [_FUNCTION.format(refusal=_REFUSAL), _TRIGGER],
}
"""What makes the database refuse, by dialect."""
