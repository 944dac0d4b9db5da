"""Processes: one function over many items in worker processes; a worker that dies costs its item only.

Items are pulled as workers become free, so that a stream of any length is never held in memory. Workers
end with the process that started them, however that ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from decloak.core.errors import ResourceError
from decloak.core.threads import VARIABLE

__all__ = ["Died", "end_with_parent", "process_each", "process_map"]

_GROUP_ITEMS, _GROUP_WEIGHT = 32, 1 << 18

T = TypeVar("T")
R = TypeVar("R")

_GRACE = 5.0
"""Seconds that a worker has to end after it was told to."""
_LONGEST_FOLDER = 80
"""Bytes of the folder's name in which the socket of the fork server has a name that fits."""
_STARTS = 4
"""Times that a worker is started, where it does not begin."""
_PAUSES = (0.1, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds between tries to start one: a fork server that was killed is a while about beginning anew."""
_AHEAD = 4
"""Items per worker that may be done while an earlier one is not, where order is asked for."""


@dataclass(frozen=True, slots=True)
class Died:
    """What became of an item whose worker died.

    Attributes:
        exit_code: of the process; negative: the signal that ended it.
    """

    exit_code: int


def process_map(
    function: Callable[[T], R],
    items: Iterable[T],
    jobs: int,
    *,
    ordered: bool = False,
    preload: tuple[str, ...] = (),
) -> Iterator[tuple[T, R | Died]]:
    """Yield (item, result) of every item, as they are done or in order.

    Args:
        function: picklable; every worker has a copy of its own, which may keep what it has built.
        items: pulled when a worker is free; never more than `jobs` are under way, and in order at most
            four times as many wait for an earlier one.
        jobs: worker processes.
        ordered: whether results come in the order of the items.
        preload: modules that all workers need, loaded once for all where the system can do that.

    Raises:
        Exception: whatever the function raises; the run ends with it.
        ResourceError: when workers die before they begin.
    """
    crew: _Crew[T, R] = _Crew(function, jobs, preload)
    numbered = enumerate(items)
    done: dict[int, tuple[T, R | Died]] = {}
    first, given, more = 0, 0, True
    try:
        while more or crew.busy:
            while more and crew.has_room and (not ordered or given - first < jobs * _AHEAD):
                try:
                    number, item = next(numbered)
                except StopIteration:
                    more = False
                else:
                    given = number + 1
                    crew.give(number, item)
            for number, item, result in crew.hear() if crew.busy else ():
                if not ordered:
                    yield item, result
                else:
                    done[number] = item, result
            while first in done:
                yield done.pop(first)
                first += 1
    finally:
        crew.dismiss()


def process_each(
    function: Callable[[T], R],
    items: Iterable[T],
    jobs: int,
    *,
    weight: Callable[[T], int],
    ordered: bool = True,
    preload: tuple[str, ...] = (),
) -> Iterator[tuple[T, R | Died]]:
    """Yield (item, result) of many small items, which go to workers in groups.

    Where a worker dies, each item of its group is tried alone; one that kills a second worker is `Died`.

    Args:
        function: as for `process_map`.
        items: pulled a group at a time.
        jobs: worker processes.
        weight: of an item; a group holds one of 2^18, or up to 32 lighter ones.
        ordered: whether results come in the order of the items.
        preload: as for `process_map`.
    """
    groups = _groups(items, weight)
    work = _Each(function)
    for group, made in process_map(work, groups, jobs, ordered=ordered, preload=preload):
        if isinstance(made, Died):
            yield from process_map(function, group, 1, ordered=True, preload=preload)
        else:
            yield from zip(group, made, strict=True)


@dataclass(frozen=True, slots=True)
class _Each(Generic[T, R]):
    """Does one item after the other."""

    function: Callable[[T], R]

    def __call__(self, group: list[T]) -> list[R]:
        return [self.function(item) for item in group]


def _groups(items: Iterable[T], weight: Callable[[T], int]) -> Iterator[list[T]]:
    group: list[T] = []
    size = 0
    for item in items:
        group.append(item)
        size += weight(item)
        if len(group) >= _GROUP_ITEMS or size >= _GROUP_WEIGHT:
            yield group
            group, size = [], 0
    if group:
        yield group


class _Worker(Generic[T]):
    """One process and the item it is at."""

    def __init__(
        self, context: multiprocessing.context.BaseContext, function: Callable[[T], Any]
    ) -> None:
        self.channel, theirs = context.Pipe()
        self.process = context.Process(  # type: ignore[attr-defined] # every context has its Process
            target=_serve, args=(theirs, function), daemon=True
        )
        self.process.start()
        theirs.close()
        self.at: tuple[int, T] | None = None
        self.ready = False

    def end(self) -> int:
        """Wait for its end, bring it about where it does not come, and return the exit code."""
        self.channel.close()
        self.process.join(_GRACE)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        code = self.process.exitcode
        self.process.close()
        return 0 if code is None else code


class _Crew(Generic[T, R]):
    """Up to `jobs` workers, started as there is work for them and replaced when they die."""

    def __init__(self, function: Callable[[T], R], jobs: int, preload: tuple[str, ...]) -> None:
        self._function, self._jobs = function, jobs
        # Not fork: this process may have threads. The fork server loads what is needed once for all.
        method = "spawn"
        if "forkserver" in multiprocessing.get_all_start_methods():
            folder = multiprocessing.util.get_temp_dir()
            if len(os.fsencode(folder)) <= _LONGEST_FOLDER:
                method = "forkserver"
        self._context = multiprocessing.get_context(method)
        if method == "forkserver" and preload:
            self._context.set_forkserver_preload(list(preload))
        self._workers: list[_Worker[T]] = []
        self._waiting: deque[tuple[int, T]] = deque()
        self._unborn = 0

    @property
    def has_room(self) -> bool:
        """Whether an item would be begun at once."""
        return len(self._waiting) + sum(w.at is not None for w in self._workers) < self._jobs

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._waiting) or any(worker.at is not None for worker in self._workers)

    def give(self, number: int, item: T) -> None:
        """Take an item on."""
        self._waiting.append((number, item))
        self._hand_out()

    def _hand_out(self) -> None:
        idle = [worker for worker in self._workers if worker.at is None]
        while self._waiting:
            if not idle:
                if len(self._workers) >= self._jobs:
                    return
                self._workers.append(self._started())
                idle.append(self._workers[-1])
            worker = idle.pop()
            worker.at = self._waiting.popleft()
            try:
                worker.channel.send(worker.at[1])
            except OSError:  # it died while it was idle: found out when it is heard
                continue

    def _started(self) -> _Worker[T]:
        """Start a worker; a fork server that was ended is started anew.

        Raises:
            ResourceError: when none can be started.
        """
        for pause in _PAUSES:
            try:
                return _Worker(self._context, self._function)
            except (OSError, EOFError) as error:
                time.sleep(pause)
                reason = str(error) or type(error).__name__
        message = f"no worker process can be started ({reason}); use fewer --jobs"
        raise ResourceError(message)

    def hear(self) -> Iterator[tuple[int, T, R | Died]]:
        """Wait until a worker answers or dies, and yield what that says about its item."""
        by_channel = {worker.channel: worker for worker in self._workers}
        for channel in wait([*by_channel]):
            worker = by_channel[channel]  # type: ignore[index] # wait loses the type
            try:
                message = worker.channel.recv()
            except (EOFError, OSError):
                yield from self._bury(worker)
                continue
            if isinstance(message, _Ready):
                worker.ready = True
                self._unborn = 0
            elif isinstance(message, _Raised):
                raise message.error
            elif worker.at is not None:
                number, item = worker.at
                worker.at = None
                yield number, item, message
        self._hand_out()

    def _bury(self, worker: _Worker[T]) -> Iterator[tuple[int, T, R | Died]]:
        self._workers.remove(worker)
        code = worker.end()
        if worker.at is None:
            return
        number, item = worker.at
        if worker.ready:
            yield number, item, Died(code)
            return
        self._unborn += 1  # in a row
        if self._unborn > _STARTS * self._jobs:
            message = (
                "worker processes die before they begin; use fewer --jobs, or give more memory"
            )
            raise ResourceError(message)
        self._waiting.appendleft((number, item))

    def dismiss(self) -> None:
        """End all workers, at once where one is at something."""
        for worker in self._workers:
            worker.channel.close()  # an idle one ends by itself
            if worker.at is not None:
                worker.process.terminate()
        for worker in self._workers:
            worker.end()
        self._workers.clear()


class _Ready:
    """A worker has begun."""


@dataclass(frozen=True, slots=True)
class _Raised:
    """The function raised."""

    error: Exception


def _serve(channel: Connection, function: Callable[[Any], Any]) -> None:
    """Answer items until the other end of the channel is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ.setdefault(VARIABLE, "1")  # the other cores have workers of their own
    end_with_parent()
    try:
        channel.send(_Ready())
        while True:
            item = channel.recv()
            try:
                answer = function(item)
            except Exception as error:  # noqa: BLE001 - raised where the run is
                answer = _Raised(error)
            channel.send(answer)
    except (EOFError, OSError):  # nobody wants more
        return
    except MemoryError:  # the parent says what that means; a trace would say it again
        os._exit(1)


def end_with_parent(clean: Callable[[], object] | None = None) -> None:
    """End this process as soon as its parent is gone, also in the middle of its work.

    Args:
        clean: called before, to remove what the parent would have removed.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        if clean is not None:
            clean()
        os._exit(1)

    threading.Thread(target=watch, name="decloak-watch", daemon=True).start()
