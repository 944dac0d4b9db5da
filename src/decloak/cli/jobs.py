"""Jobs: several processes, one ordered stream of outcomes, a bounded amount in flight."""

from __future__ import annotations

import multiprocessing
import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator

from decloak.cli.crew import Crew
from decloak.cli.work import Item, Outcome, Task, outcomes
from decloak.core.document import Document
from decloak.core.errors import DecloakError
from decloak.readers import Input, ReadOptions, documents_of, holds_many

__all__ = ["run"]

_BATCH_ITEMS, _BATCH_SIZE = 32, 1 << 18
"""Most items, and most bytes or code points, that go to a worker at once."""

_IN_FLIGHT = 3
"""Batches per worker that are under way or wait to be written."""

Batch = list[Item]


def run(
    task: Task,
    items: Iterable[Item],
    jobs: int,
    watch: Callable[[int, int], None] | None = None,
) -> Generator[Outcome, None, None]:
    """Process items in `jobs` processes; outcomes come in the order of the items.

    With one job everything happens here, each outcome is made when it is asked for, and `watch` is told how
    far a long document has come.
    """
    if jobs == 1:
        yield from outcomes(task, items, watch=watch)
        return
    crew, feeder = Crew(task, jobs), _Feeder(items, jobs * _IN_FLIGHT, task.reading)
    feeder.start()
    finished = False
    try:
        yield from _collect(feeder, crew)
        finished = True
    finally:
        feeder.stop()
        crew.dismiss(finished=finished)


def _collect(feeder: _Feeder, crew: Crew) -> Iterator[Outcome]:
    """Yield what the workers made, in order."""
    ends: set[int] = set()  # numbers of the last items of batches
    fed = False
    while not (fed and crew.is_idle):
        if crew.work(feeder.bell):
            feeder.bell.recv_bytes()
            batch = feeder.batches.get()
            if batch is None:
                fed = True
            else:
                ends.add(crew.give(batch))
        for number, made in crew.take():
            yield from made
            if number in ends:
                ends.discard(number)
                feeder.slots.release()
    if not feeder.complete:
        message = "reading the inputs ended early because of a bug; please report it"
        raise DecloakError(message)


class _Feeder(threading.Thread):
    """Reads ahead of the workers, so that a slow standard input holds back no finished result.

    Attributes:
        bell: has one message for each entry of `batches`, to wait for.
        batches: what was read; the last entry is None.
        slots: one is taken for each batch, and given back by who is done with it.
        complete: whether everything was read.
    """

    def __init__(self, items: Iterable[Item], in_flight: int, reading: ReadOptions) -> None:
        # A daemon: a read that waits for standard input cannot be interrupted.
        super().__init__(name="decloak-feeder", daemon=True)
        self.batches: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self.bell, self._ring = multiprocessing.Pipe(duplex=False)
        self.slots = threading.Semaphore(in_flight)
        self.complete = False
        self._items, self._reading = items, reading
        self._stopped = threading.Event()

    def run(self) -> None:
        """Read one batch after the other."""
        try:
            for batch in _batches(self._items, self._reading):
                self.slots.acquire()
                if self._stopped.is_set():
                    return
                self._put(batch)
            self.complete = True
        finally:
            self._put(None)

    def _put(self, batch: Batch | None) -> None:
        self.batches.put(batch)
        self._ring.send_bytes(b"!")

    def stop(self) -> None:
        """Let the thread end when it next has something to hand over."""
        self._stopped.set()
        self.slots.release()


def _batches(items: Iterable[Item], reading: ReadOptions) -> Iterator[Batch]:
    """Group small items. What comes from a stream is never held back for company.

    Plain files are read by the worker; JSON lines, archives and streams are read here, because one
    file of them is work for all.
    """
    batch: Batch = []
    size = 0
    for item in items:
        unknown = isinstance(item, Input) and (item.path is None or not item.size)
        streamed = unknown or isinstance(item, Document)
        by_rows = isinstance(item, Input) and (unknown or holds_many(item, reading))
        rows: Iterable[Item] = (
            documents_of(item, reading) if by_rows and isinstance(item, Input) else (item,)
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
