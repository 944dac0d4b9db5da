"""Engines: where shards are worked on. An engine maps one function over tasks, and knows nothing else."""

from __future__ import annotations

from decloak.batch.engines.base import Died, Engine
from decloak.core.errors import SettingsError
from decloak.core.threads import usable_cores

__all__ = ["Died", "Engine", "open_engine"]


def open_engine(
    name: str, jobs: int = 0, *, address: str | None = None, num_gpus: float = 0.0
) -> Engine:
    """Return an engine by its name: ``local``, ``ray`` or ``here``.

    Args:
        name: of the engine.
        jobs: workers; 0 for one per usable core, on Ray for as many as there is room for.
        address: of a Ray cluster; None starts one here.
        num_gpus: of each worker, on Ray.

    Raises:
        SettingsError: when there is none of this name.
        ToolError: when its extra is not installed.
        ResourceError: when its cluster cannot be reached.
    """
    if name == "local":
        from decloak.batch.engines.local import LocalEngine  # noqa: PLC0415 - only the one asked for

        return LocalEngine(jobs or usable_cores())
    if name == "ray":
        from decloak.batch.engines.ray import RayEngine  # noqa: PLC0415 - likewise

        return RayEngine(address, jobs, num_gpus)
    if name == "here":
        from decloak.batch.engines.here import HereEngine  # noqa: PLC0415 - likewise

        return HereEngine()
    message = f"unknown engine {name!r}; known: local, ray, here"
    raise SettingsError(message)
