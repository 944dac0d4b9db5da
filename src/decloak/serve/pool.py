"""Pool: worker processes behind one bounded queue. A worker that dies costs nothing but a document that kills two."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from decloak.core.errors import ResourceError
from decloak.core.processes import Died, process_map
from decloak.core.result import Failure
from decloak.serve.errors import BusyError
from decloak.serve.jobs import Answer, Job, Part, failed_part, work_all

__all__ = ["Pool"]

_MOST, _HEAVIEST = 16, 16_000
"""Small jobs that a worker is given at once, and characters or bytes that they come to."""
_DEATHS = 2
"""Workers that a job may take with it."""


@dataclass(slots=True, eq=False)
class _Ticket:
    """A job under way, and whom to tell.

    Attributes:
        deaths: of workers that were at it.
    """

    job: Job
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Answer]
    deaths: int = 0


class Pool:
    """Runs jobs in worker processes.

    One thread per process hands it jobs: one, or several small ones where they wait anyway, so that a worker
    is busy or idle and nothing waits in a pipe. What a worker was at when it died is done again, alone; a job
    that kills a second one is given up. `submit` and `close` belong to the event loop.

    Args:
        workers: processes.
        waiting: jobs that may wait for one.

    Attributes:
        waiting: jobs that do.
        running: workers that are at something.
        died: workers that died.
    """

    def __init__(self, workers: int, waiting: int) -> None:
        self._tickets: deque[_Ticket] = deque()
        self._most = waiting
        self._changed = threading.Condition()
        self._closing = False
        self.waiting = self.running = self.died = 0
        self._threads = [
            threading.Thread(target=self._run, name=f"decloak-worker-{number}", daemon=True)
            for number in range(workers)
        ]

    def start(self) -> None:
        """Start the workers."""
        for thread in self._threads:
            thread.start()

    @property
    def free(self) -> int:
        """How many jobs could be taken on now."""
        return self._most + len(self._threads) - self.waiting - self.running

    def submit(self, job: Job) -> asyncio.Future[Answer]:
        """Queue a job and return its answer to come; where that is cancelled, what has not begun is not done.

        Raises:
            BusyError: when as many wait as may.
        """
        loop = asyncio.get_running_loop()
        ticket = _Ticket(job, loop, loop.create_future())
        with self._changed:
            if self.free <= 0:
                message = "as many jobs wait as may; ask again later"
                raise BusyError(message)
            self._queue(ticket)
        ticket.answer.add_done_callback(lambda answer: self._drop(ticket, answer))
        return ticket.answer

    def _queue(self, ticket: _Ticket) -> None:
        self._tickets.append(ticket)
        self.waiting += 1
        self._changed.notify()

    def _drop(self, ticket: _Ticket, answer: asyncio.Future[Answer]) -> None:
        """Take a job whose client is gone out of the queue."""
        if answer.cancelled():
            with self._changed:
                if ticket in self._tickets:
                    self._tickets.remove(ticket)
                    self.waiting -= 1

    def _take(self) -> list[_Ticket]:
        """Wait for jobs and return this worker's share of those that are small; none: the pool is closed."""
        with self._changed:
            while not self._tickets:
                if self._closing:
                    return []
                self._changed.wait()
            share = min(-(-self.waiting // len(self._threads)), _MOST)
            taken = [self._tickets.popleft()]
            weight = len(taken[0].job.content)
            while self._tickets and len(taken) < share and not taken[0].deaths:
                weight += len(self._tickets[0].job.content)
                if weight > _HEAVIEST or self._tickets[0].deaths:
                    break
                taken.append(self._tickets.popleft())
            self.waiting -= len(taken)
            self.running += 1
        return taken

    def _run(self) -> None:
        """Feed one worker process until the pool is closed."""
        at: list[_Ticket] = []

        def groups() -> Iterator[tuple[Job, ...]]:
            while taken := self._take():
                at[:] = taken
                yield tuple(ticket.job for ticket in taken)

        while True:
            try:
                for _, made in process_map(work_all, groups(), 1, preload=("decloak.serve.jobs",)):
                    taken, at[:] = at[:], ()
                    if isinstance(made, Died):
                        self._died(taken)
                        continue
                    self._left()
                    for ticket, answer in zip(taken, made, strict=True):
                        self._tell(ticket, answer)
            except Exception as error:  # noqa: BLE001 - a worker that cannot be started, or a bug: told, and tried again
                taken, at[:] = at[:], ()
                if taken:
                    self._left()
                for ticket in taken:
                    self._tell(ticket, (_failed(ticket.job, str(error)),))
            else:
                return

    def _left(self) -> None:
        with self._changed:
            self.running -= 1

    def _died(self, taken: list[_Ticket]) -> None:
        """Queue again what a worker was at, or give it up."""
        self._left()
        self.died += 1
        for ticket in taken:
            ticket.deaths += 1
            if ticket.deaths >= _DEATHS:
                message = f"{_DEATHS} worker processes died at it; it was left out"
                self._tell(ticket, (_failed(ticket.job, message),))
            elif not ticket.answer.cancelled():
                with self._changed:
                    self._queue(ticket)

    def _tell(self, ticket: _Ticket, answer: Answer) -> None:
        def tell() -> None:
            if not ticket.answer.done():
                ticket.answer.set_result(answer)

        ticket.loop.call_soon_threadsafe(tell)

    async def close(self) -> None:
        """Let the workers end what they are at, and what waits, then end them."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for thread in self._threads:
            if thread.ident is not None:
                await asyncio.to_thread(thread.join)


def _failed(job: Job, message: str) -> Part:
    return failed_part(job, Failure(job.name, ResourceError.__name__, message, 1))
