"""Shard: what a worker does with one: its documents through the pipeline into a part and a marker."""

from __future__ import annotations

import os
import re
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple

from decloak.batch.files import Folder, digest_of, written
from decloak.batch.limits import OutOfTime, cpu_limit, memory_limit
from decloak.batch.parts import ending, open_part
from decloak.batch.pieces import Piece, documents, pieces_of
from decloak.batch.recipe import Recipe
from decloak.batch.report import Report
from decloak.core.document import Document
from decloak.core.errors import ResourceError
from decloak.core.result import Failure
from decloak.export import EXPORTERS
from decloak.pipeline import Pipeline
from decloak.sources.known import with_known_source

__all__ = ["ALL", "Probe", "ShardWorker", "Task"]

ALL = 1 << 62
"""More documents than a piece has."""
_HELD = 32 << 20
"""Characters of a row that are held in memory, before they go to a file."""
_MOST_FAILED = 20
_ENTITY = re.compile(r'\{"label": "([A-Z0-9_]+)", "text": "')
_RECORD = re.compile(r'"kind": "')

_WARM_UP = "The server 192.0.2.1 (www.example.com) ran Apache 2.4, says a report."
POISON = "the worker process died at it every time; it was left out"


class Probe(NamedTuple):
    """Which documents to process only to see whether a worker outlives them.

    Attributes:
        first, last: half-open range of pieces.
        begin, end: half-open range of the documents of each; the ones before are read only.
    """

    first: int
    last: int
    begin: int = 0
    end: int = ALL


class Task(NamedTuple):
    """One thing for a worker to do.

    Attributes:
        line: the shard, as a line of the plan.
        skip: documents that kill workers, as (piece, number in it); number -1 for a piece that cannot
            even be read.
        probe: what to try, instead of making the part; the answer counts the documents.
    """

    line: str
    skip: tuple[tuple[int, int], ...] = ()
    probe: Probe | None = None


class ShardWorker:
    """Makes parts. Picklable; builds its pipeline when it is first called, once per process.

    Args:
        path: the folder of the run.
        recipe: what to do.
        isolated: whether this process is a worker's, which limits may end.
    """

    def __init__(self, path: Path, recipe: Recipe, *, isolated: bool) -> None:
        self._folder, self._recipe, self._isolated = Folder(path), recipe, isolated
        self._reading = recipe.reading()
        self._pipeline: Pipeline | None = None

    def __call__(self, task: Task) -> Report:
        """Do one task.

        Raises:
            OutputError: when the part cannot be written.
            DecloakError: when the pipeline cannot be built.
        """
        if self._pipeline is None:
            if self._isolated:
                memory_limit(self._recipe.memory)
            self._pipeline = self._recipe.pipeline()
            self._pipeline.run(Document("-", _WARM_UP))  # what is loaded late is no document's time
        shard, pieces = pieces_of(task.line)
        report = Report(shard, worker=f"{socket.gethostname()}:{os.getpid()}")
        if task.probe is not None:
            self._try(pieces, task.probe, frozenset(task.skip), report)
            return report
        begun, cpu = time.monotonic(), time.process_time()
        path = self._folder.part(shard, ending(self._recipe))
        written(path, partial(self._write, pieces, frozenset(task.skip), report))
        report.size, report.sha256 = path.stat().st_size, digest_of(path)
        report.seconds = round(time.monotonic() - begun, 3)
        report.cpu = round(time.process_time() - cpu, 3)
        self._folder.write_json(self._folder.marker(shard), report.dump())
        return report

    def _write(
        self,
        pieces: list[Piece],
        skip: frozenset[tuple[int, int]],
        report: Report,
        stream: IO[bytes],
    ) -> None:
        part = open_part(self._recipe, stream)
        for number, piece in enumerate(pieces):
            report.read += piece.size
            for row in self._rows(number, piece, skip, report):
                part.write(row)
        part.close()

    def _rows(
        self, number: int, piece: Piece, skip: frozenset[tuple[int, int]], report: Report
    ) -> Iterator[Iterator[str]]:
        """Yield the row of every document of a piece."""
        if (number, -1) in skip:
            yield _failed(report, Failure(piece.id, ResourceError.__name__, POISON, 1))
            return
        for place, (document, base) in enumerate(documents(piece, self._reading)):
            if isinstance(document, Failure):
                yield _failed(report, document)
            elif (number, place) in skip:
                yield _failed(report, Failure(document.id, ResourceError.__name__, POISON, 1))
            else:
                yield self._row(document, base, report)

    def _row(self, document: Document, base: int, report: Report) -> Iterator[str]:
        """Return the row of a document, made whole before any of it is given."""
        counts: Counter[str] = Counter()
        held = tempfile.SpooledTemporaryFile(_HELD, "w+", encoding="ascii", newline="")  # noqa: SIM115 - closed when read
        try:
            with cpu_limit(self._recipe.seconds, isolated=self._isolated):
                source, records = self._render(document, base, counts, held.write)
        except OutOfTime:
            held.close()
            message = (
                f"it took more than {self._recipe.seconds:g} seconds of CPU time; it was left out"
            )
            return _failed(report, Failure(document.id, ResourceError.__name__, message, 1))
        except Exception as error:  # noqa: BLE001 - one document costs no other one
            held.close()
            return _failed(report, Failure.of(document.id, error))
        report.documents += 1
        report.records += records
        sums = report.labels.setdefault(source, {})
        for label, count in counts.items():
            sums[label] = sums.get(label, 0) + count
        return _given_back(held)

    def _render(
        self, document: Document, base: int, counts: Counter[str], write: Callable[[str], object]
    ) -> tuple[str, int]:
        assert self._pipeline is not None  # noqa: S101 - made by the call
        result = self._pipeline.run(with_known_source(document))
        shape = self._recipe.shape(base)
        records = 0
        for piece in EXPORTERS.get("jsonl").render(result, shape):
            counts.update(_ENTITY.findall(piece))
            records += len(_RECORD.findall(piece))
            write(piece)
        return result.source, records

    def _try(
        self, pieces: list[Piece], probe: Probe, skip: frozenset[tuple[int, int]], report: Report
    ) -> None:
        """Process a range and keep nothing of it; the report counts what was read."""
        for number in range(probe.first, probe.last):
            if (number, -1) in skip:
                continue
            for place, (document, base) in enumerate(documents(pieces[number], self._reading)):
                if place >= probe.end:
                    break
                report.documents += 1
                tried = place >= probe.begin and (number, place) not in skip
                if tried and isinstance(document, Document):
                    for _ in self._row(document, base, Report(report.shard)):
                        pass


def _failed(report: Report, failure: Failure) -> Iterator[str]:
    report.failures += 1
    if len(report.failed) < _MOST_FAILED:
        report.failed.append((failure.id, failure.message))
    return iter((EXPORTERS.get("jsonl").render_failure(failure),))


def _given_back(held: tempfile.SpooledTemporaryFile[str]) -> Iterator[str]:
    with held:
        held.seek(0)
        while piece := held.read(1 << 20):
            yield piece
