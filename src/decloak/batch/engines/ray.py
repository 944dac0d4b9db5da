"""Ray: actors on a cluster that is there, or on one that is started here.

The only module that imports Ray. Every actor keeps one copy of the function, and with it one pipeline. The folder of
the run has to be the same on every node: a file system that they share.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from decloak.batch.engines.base import Died
from decloak.core.errors import ResourceError
from decloak.core.extras import need_extra
from decloak.core.threads import VARIABLE

__all__ = ["RayEngine"]

T = TypeVar("T")
R = TypeVar("R")

_STARTS = 2
"""Times that a cluster is started here: on a busy machine the first may not come up in time."""
_START_SECONDS = "120"
_KNOCK_SECONDS = 10.0
_LOOK = 5.0
"""Seconds after which the size of the cluster is looked at again."""
_LOST = -1
"""Exit code of an actor of which nobody knows it: its node may be gone."""


class RayEngine:
    """Does tasks in actors, one per core or per share of a GPU.

    Args:
        address: of a cluster (``auto``, ``ray://host:10001``); None starts one on this machine.
        workers: most actors; 0 for as many as the cluster has room for, also when it grows.
        num_gpus: GPUs of each actor; may be a fraction.

    Raises:
        ToolError: when Ray is not installed.
        ResourceError: when no cluster can be reached or started.
    """

    isolated = True

    def __init__(
        self,
        address: str | None = None,
        workers: int = 0,
        num_gpus: float = 0.0,
    ) -> None:
        with need_extra("ray"):
            import ray  # noqa: PLC0415 - the extra

        self._ray: Any = ray
        self._started = not ray.is_initialized()
        if self._started:
            _connect(ray, address, workers)
        self._most = workers
        self._options = {"num_cpus": 1, "num_gpus": num_gpus, "max_restarts": 0}

    @property
    def workers(self) -> int:
        """Actors that the cluster has room for now."""
        have = self._ray.cluster_resources()
        room = have.get("CPU", 0)
        if self._options["num_gpus"]:
            room = min(room, have.get("GPU", 0) / self._options["num_gpus"])
        return max(1, min(int(room), self._most or int(room)))

    def map(self, function: Callable[[T], R], tasks: Iterable[T]) -> Iterator[tuple[T, R | Died]]:
        """Yield every task with its answer, as they are done.

        A task is handed out when an actor is free, so that a plan of any length waits here. Actors are added
        as the cluster grows and replaced as they die.
        """
        pool = _Pool(self._ray, self._options, function)
        todo = iter(tasks)
        more = True
        looked = -_LOOK
        room = 0
        try:
            while more or pool.busy:
                if time.monotonic() - looked > _LOOK:
                    room, looked = self.workers, time.monotonic()
                while more and pool.busy < room:
                    try:
                        task = next(todo)
                    except StopIteration:
                        more = False
                    else:
                        pool.give(task)
                yield from pool.hear()
        finally:
            pool.dismiss()

    def close(self) -> None:
        """Leave the cluster; one that was started here ends."""
        if self._started:
            self._ray.shutdown()


class _Pool:
    """The actors, and what each is at."""

    def __init__(self, ray: Any, options: dict[str, Any], function: Callable[[Any], Any]) -> None:
        self._ray = ray
        self._kind = ray.remote(**options)(_Actor)
        self._function = ray.put(function)
        self._idle: list[Any] = []
        self._at: dict[Any, tuple[Any, Any]] = {}

    @property
    def busy(self) -> int:
        """How many are at something."""
        return len(self._at)

    def give(self, task: Any) -> None:
        """Hand a task to an idle actor, or to a new one."""
        actor = self._idle.pop() if self._idle else self._kind.remote(self._function)
        self._at[actor.do.remote(task)] = (task, actor)

    def hear(self) -> Iterator[tuple[Any, Any]]:
        """Yield what is done; wait for it, but not for ever."""
        if not self._at:
            return
        done, _ = self._ray.wait(list(self._at), num_returns=1, timeout=_LOOK)
        for each in done:
            task, actor = self._at.pop(each)
            try:
                answer = self._ray.get(each)
            except self._ray.exceptions.RayTaskError as error:
                raise error.cause from None
            except self._ray.exceptions.RayError:
                answer = Died(_LOST)
                with contextlib.suppress(self._ray.exceptions.RayError):
                    self._ray.kill(actor)
            else:
                self._idle.append(actor)
            yield task, answer

    def dismiss(self) -> None:
        """End all actors."""
        for actor in [*self._idle, *(actor for _, actor in self._at.values())]:
            with contextlib.suppress(self._ray.exceptions.RayError):
                self._ray.kill(actor)


class _Actor:
    """Keeps one copy of the function."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        os.environ.setdefault(VARIABLE, "1")  # the other cores have actors of their own
        self._function = function

    def do(self, task: Any) -> Any:
        """Do one task."""
        return self._function(task)


def _connect(ray: Any, address: str | None, workers: int) -> None:
    """Connect to a cluster, or start one; once more where the first start takes too long.

    Raises:
        ResourceError: when neither can be done.
    """
    quiet = {"log_to_driver": False, "logging_level": "error"}
    if address is not None:
        try:
            _knock(address)
            ray.init(address=address, **quiet)
        except (OSError, RuntimeError, ValueError) as error:
            message = f"no Ray cluster at {address}: {error}"
            raise ResourceError(message) from error
        return
    os.environ.setdefault("RAY_gcs_server_port_wait_time_s", _START_SECONDS)
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it phones home otherwise
    reason = ""
    for _ in range(_STARTS):
        try:
            ray.init(num_cpus=workers or None, include_dashboard=False, **quiet)
        except Exception as error:  # noqa: BLE001 - Ray raises many kinds where a start takes too long
            reason = str(error).partition("\n")[0]
            ray.shutdown()
        else:
            return
    message = f"Ray does not start here: {reason}; try again when the machine is less busy"
    raise ResourceError(message)


def _knock(address: str) -> None:
    """See whether anybody is at HOST:PORT, before Ray waits for it for minutes.

    Raises:
        OSError: when nobody is.
    """
    host, _, port = address.rpartition(":")
    if host and port.isdecimal():
        host = host.removeprefix("ray://").strip("[]")
        socket.create_connection((host, int(port)), _KNOCK_SECONDS).close()
