"""assemble: entities that belong together become records."""

from __future__ import annotations

from decloak.assemble.records import Records, assemble

__all__ = ["Records", "assemble"]
