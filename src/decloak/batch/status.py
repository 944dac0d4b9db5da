"""Status: how far a run has come, and whether what it left is what it wrote."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import nlargest
from pathlib import Path
from typing import Any

from decloak.batch.files import Folder, digest_of
from decloak.batch.manifest import Manifest, opened
from decloak.batch.parts import rows_of
from decloak.batch.report import Report, Totals
from decloak.core.errors import StoreError

__all__ = ["Status", "status", "verify"]

_SLOWEST = 5


@dataclass(slots=True)
class Status:
    """How far a run has come.

    Attributes:
        manifest: of the run.
        running: whether a process works on it now.
        totals: of the shards that are done.
        slowest: the reports of the slowest ones.
        failed: the first failures, id and message.
    """

    manifest: Manifest
    running: bool
    totals: Totals = field(default_factory=Totals)
    slowest: list[Report] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """Return it as JSON values."""
        totals = self.totals
        return {
            "running": self.running,
            "shards": totals.shards,
            "of_shards": self.manifest.shards,
            "documents": totals.documents,
            "failures": totals.failures,
            "entities": totals.entities,
            "records": totals.records,
            "bytes": totals.read,
            "of_bytes": self.manifest.read,
            "bytes_written": totals.size,
            "cpu_seconds": round(totals.cpu, 1),
            "megabytes_per_cpu_second": totals.read / 1e6 / totals.cpu if totals.cpu else 0.0,
            "labels": totals.labels,
            "slowest": [
                {"shard": each.shard, "seconds": each.seconds, "worker": each.worker}
                for each in self.slowest
            ],
            "failed": self.failed,
        }


def status(path: Path) -> Status:
    """Say how far the run of a folder has come.

    Raises:
        StoreError: when there is none, or it is damaged.
    """
    folder = Folder(path)
    made = Status(opened(folder), folder.is_locked())
    reports = []
    for report in _reports(folder):
        made.totals.add(report)
        made.failed += report.failed[: 20 - len(made.failed)]
        reports.append(report)
    made.slowest = nlargest(_SLOWEST, reports, key=_seconds)
    return made


def _seconds(report: Report) -> float:
    return report.seconds


def _reports(folder: Folder) -> Iterator[Report]:
    for shard in sorted(folder.finished()):
        try:
            yield Report.load(json.loads(folder.marker(shard).read_bytes()))
        except (OSError, ValueError, TypeError) as error:
            message = f"{folder.marker(shard)}: damaged: {error}"
            raise StoreError(message) from error


def verify(path: Path, told: Callable[[int], object] = lambda _: None) -> Iterator[str]:
    """Yield everything that is wrong with the folder of a run; nothing when all is done and whole.

    Args:
        path: the folder.
        told: called with the number of every shard that was checked.

    Raises:
        StoreError: when there is no run, or its manifest or plan is damaged.
    """
    folder = Folder(path)
    manifest = opened(folder)
    finished = folder.finished()
    for shard in range(manifest.shards):
        if shard not in finished:
            yield f"shard {shard}: not done"
        else:
            yield from _wrong(folder, manifest, shard)
        told(shard)
    known = {folder.part(shard, manifest.ending).name for shard in finished}
    for part in sorted(folder.parts.iterdir()):
        if part.name not in known:
            yield f"{part}: belongs to no shard that is done"


def _wrong(folder: Folder, manifest: Manifest, shard: int) -> Iterator[str]:
    part = folder.part(shard, manifest.ending)
    try:
        report = Report.load(json.loads(folder.marker(shard).read_bytes()))
        if part.stat().st_size != report.size or digest_of(part) != report.sha256:
            yield f"{part}: damaged: not the bytes that were written"
            return
        documents, failures = rows_of(part)
    except (OSError, ValueError, TypeError) as error:
        yield f"{part}: damaged: {error}"
        return
    if report.shard != shard or (documents, failures) != (report.documents, report.failures):
        yield (
            f"{part}: holds {documents} documents and {failures} failures, its marker says "
            f"{report.documents} and {report.failures}"
        )
