"""Schema: the tables of a store, and how their rows are written."""

from __future__ import annotations

from importlib.resources import files

__all__ = ["APPLICATION", "INSERTS", "VERSION", "tables"]

APPLICATION = 0x6465636C  # "decl", so that `file` and we know it
VERSION = 1

_COLUMNS = {
    "name": ("key", "alias", "kind", "name", "target", "weak", "dataset"),
    "thing": ("id", "kind", "name", "stix_id", "tactics", "state", "dataset"),
    "relation": ("id", "relation", "target", "dataset"),
    "cve": ("cve", "feed", "state", "published", "modified", "cwes", "severity", "dataset"),
    "affects": (
        "vendor_key", "product_key", "cve", "feed", "part", "vendor", "product", "version",
        "low", "low_open", "high", "high_open", "only_with", "dataset",
    ),
    "kev": ("cve", "added", "ransomware", "title", "dataset"),
    "epss": ("cve", "probability", "percentile", "dataset"),
    "product": ("key", "part", "vendor", "product", "dataset"),
    "release": ("vendor", "product", "version", "dataset"),
    "listed": ("value", "kind", "dataset"),
    "listed_range": ("first", "last", "dataset"),
}  # fmt: skip

INSERTS = {
    table: f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - our own names
    for table, columns in _COLUMNS.items()
}


def tables() -> tuple[str, ...]:
    """Return the statements that make a store."""
    text = (files("decloak.kb.store") / "schema.sql").read_text("utf-8")
    return tuple(filter(None, (each.strip() for each in text.split(";"))))
