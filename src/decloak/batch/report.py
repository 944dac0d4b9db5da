"""Report: what became of one shard, as its marker says it, and sums of reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Report", "Totals"]


@dataclass(slots=True)
class Report:
    """Counts and digest of the part of one shard.

    Attributes:
        shard: its number.
        documents: that gave a result.
        failures: that gave none; each has its row.
        records: of all documents, those within others too.
        read: bytes of input.
        size: bytes of the part.
        sha256: of the part.
        seconds, cpu: that it took, by a clock that never jumps, and of CPU time.
        worker: host and process.
        labels: entities by source and label.
        failed: the first failures, id and message.
    """

    shard: int
    documents: int = 0
    failures: int = 0
    records: int = 0
    read: int = 0
    size: int = 0
    sha256: str = ""
    seconds: float = 0.0
    cpu: float = 0.0
    worker: str = ""
    labels: dict[str, dict[str, int]] = field(default_factory=dict)
    failed: list[tuple[str, str]] = field(default_factory=list)

    def dump(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def load(cls, state: Mapping[str, Any]) -> Report:
        """Return the report that `dump` made JSON values of."""
        return cls(**state)

    @property
    def entities(self) -> int:
        """Entities of all sources and labels."""
        return sum(sum(counts.values()) for counts in self.labels.values())


class Totals:
    """Sums over shards."""

    def __init__(self) -> None:
        self.shards = self.documents = self.failures = self.records = self.read = self.size = 0
        self.seconds = self.cpu = 0.0
        self.labels: dict[str, Counter[str]] = {}

    def add(self, report: Report) -> None:
        """Add one shard."""
        self.shards += 1
        self._sum(report)

    def take(self, other: Totals) -> None:
        """Add what others have summed."""
        self.shards += other.shards
        self._sum(other)

    def _sum(self, other: Report | Totals) -> None:
        self.documents += other.documents
        self.failures += other.failures
        self.records += other.records
        self.read += other.read
        self.size += other.size
        self.seconds += other.seconds
        self.cpu += other.cpu
        for source, counts in other.labels.items():
            self.labels.setdefault(source, Counter()).update(counts)

    @property
    def entities(self) -> int:
        """Entities of all sources and labels."""
        return sum(counts.total() for counts in self.labels.values())
