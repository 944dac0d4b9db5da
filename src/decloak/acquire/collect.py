"""Collect: do jobs and store their runs. A failed one ends nothing; what is done is not repeated."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

from decloak.acquire.store import Run, RunStore
from decloak.core.errors import StoreError
from decloak.readers.run import run_id

__all__ = ["Job", "Outcome", "Outcomes", "collect"]


class Job(Protocol):
    """One run that is still to be done. Frozen: the same job always has the same command."""

    @property
    def tool(self) -> str:
        """One of the tools of a store."""

    @property
    def target(self) -> str:
        """What is asked about."""

    @property
    def command(self) -> tuple[str, ...]:
        """The command as it will be stored."""

    def run(self, stop: threading.Event) -> Run:
        """Do it. What goes wrong with this target is told by the run's `error`.

        Raises:
            Stopped: when `stop` was set.
            DecloakError: when no other job can succeed either.
        """


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: its run, or None where the store had it already."""

    job: Job
    run: Run | None


Outcomes = Generator[Outcome, None, None]
"""Close it to stop early: `contextlib.closing`, or a loop to its end."""


def collect(jobs: Iterable[Job], store: RunStore, *, workers: int = 1) -> Outcomes:
    """Do every job whose run is not in the store; yield the outcomes as they come.

    Each run is on the disk before its outcome is yielded. When the caller stops early (an
    exception, Ctrl-C, a closed generator), running programs are ended and their output is dropped;
    what has finished by then is stored.

    Args:
        jobs: taken one by one, so they may be a long generator.
        store: where the runs go.
        workers: how many run at the same time; at least 1.

    Raises:
        StoreError: when a run cannot be stored.
        DecloakError: whatever a job raises: nothing further can succeed.
    """
    stop = threading.Event()
    done: dict[str, set[str]] = {}
    running: dict[Future[Run], Job] = {}
    pool = ThreadPoolExecutor(workers, thread_name_prefix="acquire")
    try:
        for job in jobs:
            if job.tool not in done:
                done[job.tool] = set(store.ids(job.tool))
            key = run_id(job.tool, job.command)
            if key in done[job.tool]:
                yield Outcome(job, None)
                continue
            done[job.tool].add(key)
            running[pool.submit(job.run, stop)] = job
            if len(running) >= workers:
                yield from _finished(running, store)
        while running:
            yield from _finished(running, store)
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
        for future in running:
            if not future.cancelled() and future.exception() is None:
                # A full disk may be why we stop.
                with contextlib.suppress(StoreError):
                    store.append(future.result())


def _finished(running: dict[Future[Run], Job], store: RunStore) -> Iterator[Outcome]:
    """Wait for at least one job; store and yield what has finished."""
    finished, _ = wait(running, return_when=FIRST_COMPLETED)
    for future in finished:
        job, run = running.pop(future), future.result()
        store.append(run)
        yield Outcome(job, run)
