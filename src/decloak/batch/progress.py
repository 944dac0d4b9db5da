"""Progress: how a run is told to people, to programs and to Prometheus."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from decloak.batch.files import written
from decloak.batch.report import Totals
from decloak.batch.run import Event

__all__ = ["Clock", "summed", "table", "write_metrics"]


class Clock:
    """Rates and what is left, by a clock that never jumps."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def told(self, event: Event) -> dict[str, Any]:
        """Return how far a run has come, as JSON values; `left` is None until something is done."""
        seconds = time.monotonic() - self._begun
        now, before, whole = event.now, event.before, event.manifest
        rate = now.read / seconds if seconds > 0 and now.read else None
        left = None if rate is None else max(0, whole.read - before.read - now.read) / rate
        return {
            "shards": before.shards + now.shards,
            "of_shards": whole.shards,
            "documents": before.documents + now.documents,
            "failures": before.failures + now.failures,
            "entities": before.entities + now.entities,
            "records": before.records + now.records,
            "bytes": before.read + now.read,
            "of_bytes": whole.read,
            "seconds": round(seconds, 1),
            "bytes_per_second": None if rate is None else round(rate),
            "seconds_left": None if left is None else round(left),
        }


_METRICS = (
    ("shards", "shards", "Shards that are done."),
    ("planned_shards", "of_shards", "Shards of the plan."),
    ("documents", "documents", "Documents that gave a result."),
    ("failures", "failures", "Documents that gave none."),
    ("entities", "entities", "Entities found."),
    ("records", "records", "Records found."),
    ("read_bytes", "bytes", "Bytes of input that are done."),
    ("planned_bytes", "of_bytes", "Bytes of input in the plan."),
)


def write_metrics(path: Path, told: dict[str, Any]) -> None:
    """Write gauges for the textfile collector of Prometheus' node exporter, whole or not at all.

    Raises:
        OutputError: when the file cannot be written.
    """
    lines = []
    for name, key, described in _METRICS:
        full = f"decloak_batch_{name}"
        lines += [f"# HELP {full} {described}", f"# TYPE {full} gauge", f"{full} {told[key]}"]
    text = "\n".join(lines) + "\n"
    written(path, lambda stream: stream.write(text.encode("ascii")))


def table(totals: Totals) -> Iterator[tuple[str, str, int]]:
    """Yield (source, label, entities), the most frequent first within each source."""
    for source in sorted(totals.labels):
        for label, count in sorted(totals.labels[source].items(), key=_by_count):
            yield source, label, count


def _by_count(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def summed(event: Event) -> Totals:
    """Return what was done before this process and by it."""
    totals = Totals()
    for part in (event.before, event.now):
        totals.take(part)
    return totals
