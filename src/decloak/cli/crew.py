"""Crew: the processes of `--jobs`, seen from the one that was started.

Each worker has one batch at a time and answers item by item, so that it is known what it was at when it
died: that item is tried once more, alone, and what is done stays done.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.util
import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection, wait

from decloak.cli.spool import Spool
from decloak.cli.work import Item, Outcome, Task, failed
from decloak.cli.worker import Message, serve
from decloak.core.errors import DecloakError, OutputError, ResourceError
from decloak.core.result import Failure

__all__ = ["Crew"]

_TRIES = 2
"""Workers that an item may take with it."""
_GRACE = 5.0
"""Seconds that a worker has to end after it was told to."""

_LONGEST_FOLDER = 80
"""Bytes of the folder's name in which the socket of the fork server has a name that fits."""

Numbered = tuple[int, Item]
"""An item with its place in the order of the output."""


class Crew:
    """Up to `jobs` workers, started as there is work for them and replaced when they die.

    Args:
        task: what to do with every item.
        jobs: most workers.
    """

    def __init__(self, task: Task, jobs: int) -> None:
        self._task, self._jobs = task, jobs
        self._folder: str | None = None
        # Not fork: this process has threads. The fork server loads the pipeline once for all.
        method = "spawn"
        if "forkserver" in multiprocessing.get_all_start_methods():
            self._folder = multiprocessing.util.get_temp_dir()
            if len(os.fsencode(self._folder)) <= _LONGEST_FOLDER:
                method = "forkserver"
        self._context = multiprocessing.get_context(method)
        if method == "forkserver":
            self._context.set_forkserver_preload(["decloak.cli.worker"])
        self._workers: list[_Worker] = []
        self._work: deque[list[Numbered]] = deque()
        self._deaths: Counter[int] = Counter()
        self._done: dict[int, list[Outcome]] = {}
        self._given = self._taken = 0

    @property
    def processes(self) -> tuple[int, ...]:
        """The process ids of the workers."""
        return tuple(worker.process.pid or 0 for worker in self._workers)

    @property
    def is_idle(self) -> bool:
        """Whether all that was given was taken."""
        return self._taken == self._given

    def give(self, batch: Iterable[Item]) -> int:
        """Take a batch on; return the number of the last of its items, from 1."""
        numbered = list(enumerate(batch, self._given))
        self._given += len(numbered)
        self._work.append(numbered)
        return self._given

    def take(self) -> Iterator[tuple[int, list[Outcome]]]:
        """Yield (number, outcomes) of what is done, in the order given, as far as that goes."""
        while self._taken in self._done:
            found = self._done.pop(self._taken)
            self._taken += 1
            yield self._taken, found

    def work(self, bell: Connection) -> bool:
        """Hand out work and wait until a worker answers or dies, or the bell rings; say whether it did.

        Raises:
            DecloakError: when workers cannot be started, or refuse the task.
        """
        self._hand_out()
        by_channel = {worker.channel: worker for worker in self._workers}
        heard = wait([bell, *by_channel])
        for channel in heard:
            if (worker := by_channel.get(channel)) is not None:  # type: ignore[call-overload] # wait loses the type
                self._hear(worker)
        return bell in heard

    def _hand_out(self) -> None:
        idle = [worker for worker in self._workers if worker.ready and not worker.todo]
        starting = sum(not worker.ready for worker in self._workers)
        for _ in range(
            min(len(self._work) - len(idle) - starting, self._jobs - len(self._workers))
        ):
            self._workers.append(_Worker(self._context, self._task, self._folder))
        for worker in idle:
            if self._work:
                worker.begin(self._work.popleft())

    def _hear(self, worker: _Worker) -> None:
        try:
            message = worker.channel.recv()
        except (EOFError, OSError):
            self._bury(worker)
            return
        if isinstance(message, DecloakError):
            raise message
        if (found := worker.hear(message)) is not None:
            self._done[found[0]] = found[1]

    def _bury(self, worker: _Worker) -> None:
        """Let others do what a dead worker had left."""
        self._workers.remove(worker)
        worker.end()
        if not worker.ready:
            message = "a worker process died before it began; leave out --jobs"
            raise ResourceError(message)
        if not worker.todo:
            return
        number, item = worker.todo.popleft()
        if worker.todo:
            self._work.appendleft(list(worker.todo))
        self._deaths[number] += 1
        if self._deaths[number] < _TRIES:
            self._work.appendleft([(number, item)])
            return
        message = "the worker process died, most likely out of memory; split the input"
        failure = Failure(item.id, ResourceError.__name__, message, ResourceError.exit_code)
        self._done[number] = [failed(self._task, failure)]

    def dismiss(self, *, finished: bool) -> None:
        """End all workers; at once when the run was broken off."""
        for worker in self._workers:
            worker.channel.close()  # an idle one ends by itself
            if not finished:
                worker.process.terminate()
        for worker in self._workers:
            worker.end()
        self._workers.clear()


class _Worker:
    """One process, the batch it is at, and what it has told of the item it is at."""

    def __init__(
        self, context: multiprocessing.context.BaseContext, task: Task, folder: str | None
    ) -> None:
        self.channel, theirs = context.Pipe()
        self.process = context.Process(  # type: ignore[attr-defined] # every context has its Process
            target=serve, args=(theirs, task, folder), daemon=True
        )
        self.process.start()
        theirs.close()
        self._task = task
        self.ready = False
        self.todo: deque[Numbered] = deque()
        self._made: list[Outcome] = []
        self._spool: Spool | None = None
        self._full: OutputError | None = None

    def begin(self, batch: list[Numbered]) -> None:
        """Hand a batch over; one that died meanwhile is found out when it is heard."""
        self.todo.extend(batch)
        try:
            self.channel.send([item for _, item in batch])
        except OSError:
            return

    def hear(self, message: Message) -> tuple[int, list[Outcome]] | None:
        """Take one message; return the number and the outcomes of an item that is done."""
        if isinstance(message, str):
            self._keep(message)
        elif isinstance(message, Outcome):
            self._made.append(self._whole(message))
        elif not self.ready:
            self.ready = True
        else:
            number, _ = self.todo.popleft()
            made, self._made = self._made, []
            return number, made
        return None

    def _keep(self, piece: str) -> None:
        if self._full is not None:
            return
        self._spool = self._spool or Spool()
        try:
            self._spool.add(piece)
        except OutputError as error:
            self._full = error

    def _whole(self, outcome: Outcome) -> Outcome:
        """Put the pieces together that came before."""
        if self._spool is None:
            return outcome
        for piece in outcome.pieces:
            self._keep(piece)
        spool, self._spool = self._spool, None
        full, self._full = self._full, None
        if full is None:
            return outcome._replace(pieces=spool.read())
        return failed(self._task, Failure.of(outcome.id, full))

    def end(self) -> None:
        """Wait for its end, and bring it about where it does not come."""
        self.channel.close()
        self.process.join(_GRACE)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process.close()
