"""Draft: a pack in the making, and how it is written."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from decloak.kb.packs import Source
from decloak.kb.table import Row

__all__ = ["Draft"]


@dataclass
class Draft:
    """Rows with their sources, before they are a pack.

    Attributes:
        name, about, columns: as in `decloak.kb.packs.Pack`.
        sources: code -> source.
        rows: in any order; a set, so that what two sources say alike stands once.
    """

    name: str
    about: str
    columns: tuple[str, ...]
    sources: dict[str, Source] = field(default_factory=dict)
    rows: set[Row] = field(default_factory=set)

    def add(self, *cells: str) -> None:
        """Add one row; white space within a cell becomes one blank.

        Raises:
            ValueError: when a cell is missing.
        """
        row = tuple(" ".join(cell.split()) for cell in cells)
        if len(row) != len(self.columns):
            message = f"{self.name}: {len(row)} cells where {len(self.columns)} belong: {row}"
            raise ValueError(message)
        if row[0]:
            self.rows.add(row)

    def content(self) -> bytes:
        """Return the table's bytes."""
        lines: Iterable[tuple[bytes, ...]] = (
            tuple(cell.encode("utf-8") for cell in row) for row in self.rows
        )
        return b"".join(b"\t".join(line) + b"\n" for line in sorted(lines))

    def written(self) -> tuple[bytes, dict[str, Any]]:
        """Return the packed table and its entry in the manifest."""
        content = self.content()
        packed = gzip.compress(content, 9, mtime=0)
        entry = {
            "about": self.about,
            "columns": list(self.columns),
            "rows": len(self.rows),
            "sha256": hashlib.sha256(packed).hexdigest(),
            "content_sha256": hashlib.sha256(content).hexdigest(),
            "sources": {code: asdict(source) for code, source in sorted(self.sources.items())},
        }
        return packed, entry
