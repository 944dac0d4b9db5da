"""Pool: worker processes behind one bounded queue. A worker that dies costs its job, and is replaced."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from decloak.core.errors import ResourceError
from decloak.core.processes import Died, process_map
from decloak.core.result import Failure
from decloak.serve.errors import BusyError
from decloak.serve.jobs import Answer, Job, Part, failed_part, work

__all__ = ["Pool"]


@dataclass(slots=True)
class _Ticket:
    """A job under way, and whom to tell."""

    job: Job
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Answer]


class Pool:
    """Runs jobs in worker processes.

    One thread per process hands it a job at a time, so that a worker is busy or idle and nothing waits
    in a pipe. `submit` and `close` belong to the event loop.

    Args:
        workers: processes.
        waiting: jobs that may wait for one.
    """

    def __init__(self, workers: int, waiting: int) -> None:
        self._tickets: queue.SimpleQueue[_Ticket | None] = queue.SimpleQueue()
        self._most = waiting
        self._lock = threading.Lock()
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
        """Queue a job and return its answer to come.

        Raises:
            BusyError: when as many wait as may.
        """
        loop = asyncio.get_running_loop()
        with self._lock:
            if self.free <= 0:
                message = "as many jobs wait as may; ask again later"
                raise BusyError(message)
            self.waiting += 1
        answer: asyncio.Future[Answer] = loop.create_future()
        self._tickets.put(_Ticket(job, loop, answer))
        return answer

    def _run(self) -> None:
        """Feed one worker process until the pool is closed."""
        at: list[_Ticket] = []

        def jobs() -> Iterator[Job]:
            while True:
                ticket = self._tickets.get()
                if ticket is None:
                    return
                with self._lock:
                    self.waiting -= 1
                    self.running += not ticket.answer.cancelled()
                if ticket.answer.cancelled():  # whoever asked is gone
                    continue
                at.append(ticket)
                yield ticket.job

        while True:
            try:
                for job, answer in process_map(work, jobs(), 1, preload=("decloak.serve.jobs",)):
                    ticket = at.pop()
                    self._tell(ticket, self._died(job) if isinstance(answer, Died) else answer)
            except Exception as error:  # noqa: BLE001 - a worker that cannot be started, or a bug: told, and tried again
                while at:
                    ticket = at.pop()
                    self._tell(ticket, (_failed(ticket.job, str(error)),))
            else:
                return

    def _died(self, job: Job) -> Answer:
        self.died += 1
        return (_failed(job, "the worker process died at it; it was left out"),)

    def _tell(self, ticket: _Ticket, answer: Answer) -> None:
        with self._lock:
            self.running -= 1

        def tell() -> None:
            if not ticket.answer.done():
                ticket.answer.set_result(answer)

        ticket.loop.call_soon_threadsafe(tell)

    async def close(self) -> None:
        """Let the workers end what they are at, and what waits, then end them."""
        for _ in self._threads:
            self._tickets.put(None)
        for thread in self._threads:
            if thread.ident is not None:
                await asyncio.to_thread(thread.join)


def _failed(job: Job, message: str) -> Part:
    return failed_part(job, Failure(job.name, ResourceError.__name__, message, 1))
