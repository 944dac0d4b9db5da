"""Jobs: several processes, one ordered stream of outcomes, a bounded amount in flight."""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import tempfile
import threading
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import count
from pathlib import Path
from typing import cast

from decloak.acquire import Input, documents_of, holds_json_lines
from decloak.cli.work import Item, Outcome, Task, outcomes
from decloak.core.document import Document
from decloak.core.errors import DecloakError
from decloak.core.result import Failure
from decloak.core.threads import VARIABLE

__all__ = ["run"]

_BATCH_ITEMS, _BATCH_SIZE = 32, 1 << 18
"""Most items, and most bytes or code points, that go to a worker at once."""

_IN_FLIGHT = 3
"""Batches per worker that are under way or wait to be written."""

_SPOOL = 4 << 20
"""Characters of output from which a worker hands over a file instead of a string."""

_STEP = 1 << 20

Batch = list[Item]


def run(task: Task, items: Iterable[Item], jobs: int) -> Generator[Outcome, None, None]:
    """Process items in `jobs` processes; outcomes come in the order of the items.

    With one job everything happens here, and each outcome is made when it is asked for.
    """
    if jobs == 1:
        yield from outcomes(task, items)
        return
    with tempfile.TemporaryDirectory(prefix="decloak-") as spool:
        crew = _Crew(task, jobs, spool)
        feeder = _Feeder(items, crew, jobs * _IN_FLIGHT)
        feeder.start()
        finished = False
        try:
            yield from _collect(feeder, crew)
            finished = True
        finally:
            feeder.stop()
            crew.dismiss(finished=finished)


def _collect(feeder: _Feeder, crew: _Crew) -> Iterator[Outcome]:
    """Yield what the workers made, oldest batch first."""
    while (pending := feeder.pending.get()) is not None:
        batch, future = pending
        for outcome in crew.result(batch, future):
            if outcome.spooled is None:
                yield outcome
            else:
                yield outcome._replace(pieces=_read_spooled(outcome.spooled))
                outcome.spooled.unlink(missing_ok=True)
        del batch, future, pending
        feeder.slots.release()
    if not feeder.complete:
        message = "reading the inputs ended early because of a bug; please report it"
        raise DecloakError(message)


def _read_spooled(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        while piece := stream.read(_STEP):
            yield piece


class _Feeder(threading.Thread):
    """Reads ahead of the workers, so that a slow standard input holds back no finished result."""

    def __init__(self, items: Iterable[Item], crew: _Crew, in_flight: int) -> None:
        # A daemon: a read that waits for standard input cannot be interrupted.
        super().__init__(name="decloak-feeder", daemon=True)
        self.pending: queue.SimpleQueue[tuple[Batch, Future[list[Outcome]]] | None] = (
            queue.SimpleQueue()
        )
        self.slots = threading.Semaphore(in_flight)
        self.complete = False
        self._items = items
        self._crew = crew
        self._stopped = threading.Event()

    def run(self) -> None:
        """Submit one batch after the other; the last entry of `pending` is None."""
        try:
            for batch in _batches(self._items):
                self.slots.acquire()
                if self._stopped.is_set():
                    return
                self.pending.put((batch, self._crew.submit(batch)))
            self.complete = True
        finally:
            self.pending.put(None)

    def stop(self) -> None:
        """Let the thread end when it next has something to submit."""
        self._stopped.set()
        self.slots.release()


def _batches(items: Iterable[Item]) -> Iterator[Batch]:
    """Group small items. What comes from a stream is never held back for company.

    Plain files are read by the worker; JSON lines and streams are read here, because one file
    of them is work for all.
    """
    batch: Batch = []
    size = 0
    for item in items:
        streamed = isinstance(item, Input) and (item.path is None or not item.size)
        by_rows = isinstance(item, Input) and (streamed or holds_json_lines(item))
        rows: Iterable[Item] = (
            documents_of(item) if by_rows and isinstance(item, Input) else (item,)
        )
        for row in rows:
            batch.append(row)
            size += _size(row)
            if streamed or len(batch) >= _BATCH_ITEMS or size >= _BATCH_SIZE:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def _size(item: Item) -> int:
    if isinstance(item, Input):
        return item.size
    return len(item.text) if isinstance(item, Document) else 0


class _Crew:
    """A pool of workers that is replaced when one of them dies."""

    def __init__(self, task: Task, jobs: int, spool: str) -> None:
        self._task = task
        self._jobs = jobs
        self._spool = spool
        self._lock = threading.Lock()
        methods = multiprocessing.get_all_start_methods()
        # Not fork: this process has threads. The fork server loads the pipeline once for all.
        self._context = multiprocessing.get_context(
            "forkserver" if "forkserver" in methods else "spawn"
        )
        if "forkserver" in methods:
            self._context.set_forkserver_preload(["decloak.cli.jobs"])
        self._pool = self._new_pool(jobs)

    def _new_pool(self, jobs: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            jobs,
            mp_context=self._context,
            initializer=_begin,
            initargs=(self._task, self._spool),
        )

    def submit(self, batch: Batch) -> Future[list[Outcome]]:
        """Hand a batch to the pool, to a new one when the old one broke."""
        with self._lock:
            try:
                return self._pool.submit(_work, batch)
            except BrokenProcessPool:
                self._pool.shutdown(wait=False)
                self._pool = self._new_pool(self._jobs)
                return self._pool.submit(_work, batch)

    def result(self, batch: Batch, future: Future[list[Outcome]]) -> Iterator[Outcome]:
        """Yield a batch's outcomes; where its worker died, find out which item kills it."""
        try:
            yield from future.result()
        except BrokenProcessPool:
            for item in batch:
                yield from self._alone(item)

    def _alone(self, item: Item) -> list[Outcome]:
        """Process one item in a worker of its own."""
        with self._new_pool(1) as pool:
            try:
                return pool.submit(_work, [item]).result()
            except BrokenProcessPool:
                message = "the worker process died, most likely out of memory; split the input"
                failure = Failure(item.id, "DecloakError", message, 1)
                return list(outcomes(self._task, [failure]))

    def dismiss(self, *, finished: bool) -> None:
        """End all workers; at once when the run was broken off."""
        with self._lock:
            if not finished:
                for worker in multiprocessing.active_children():
                    worker.terminate()
            self._pool.shutdown(wait=finished, cancel_futures=True)


_state: dict[str, Task | str] = {}
_names = count()


def _begin(task: Task, spool: str) -> None:
    """Set up one worker. Ctrl-C is for the parent, which then ends the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ.setdefault(VARIABLE, "1")  # the other cores have workers of their own
    _state.update(task=task, spool=spool)


def _work(batch: Batch) -> list[Outcome]:
    """Process a batch; large outputs go to files, so that they never pile up in a queue."""
    task, spool = cast("Task", _state["task"]), Path(cast("str", _state["spool"]))
    return [_packed(outcome, spool) for outcome in outcomes(task, batch)]


def _packed(outcome: Outcome, spool: Path) -> Outcome:
    held: list[str] = []
    size = 0
    pieces = iter(outcome.pieces)
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _SPOOL:
            break
    else:
        return outcome._replace(pieces=("".join(held),) if held else ())
    path = spool / f"{os.getpid()}-{next(_names)}"
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(held)
        stream.writelines(pieces)
    return outcome._replace(pieces=(), spooled=path)
