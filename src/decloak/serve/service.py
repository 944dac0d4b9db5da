"""Service: what the routes share: settings, tokens, workers, metrics."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime

from decloak.options import Settings
from decloak.serve.auth import Tokens
from decloak.serve.errors import BusyError
from decloak.serve.jobs import Answer, Job, Part
from decloak.serve.metrics import Metrics
from decloak.serve.pool import Pool
from decloak.serve.settings import ServeSettings

__all__ = ["Service"]

_AHEAD = 16
"""Documents of one request that wait for each worker."""


class Service:
    """What the routes share.

    Args:
        settings: of the service.

    Attributes:
        state: ``starting``, ``ok`` or ``draining``.
    """

    def __init__(self, settings: ServeSettings) -> None:
        self.settings = settings
        self.tokens = Tokens.load(settings.tokens)
        self.pool = Pool(settings.workers, settings.queue)
        self.metrics = Metrics(lambda: self.pool.waiting, lambda: self.pool.running)
        self.state = "starting"

    async def start(self) -> None:
        """Start the workers, and ask each for one answer: then models and packs are loaded."""
        self.pool.start()
        warm = [
            self.pool.submit(Job("warm", "198.51.100.7, said a report.", self.settings.defaults))
            for _ in range(min(self.settings.workers, self.pool.free))
        ]
        await asyncio.gather(*warm)
        if self.state == "starting":
            self.state = "ok"

    def job(
        self, name: str, content: str | bytes, settings: Settings, form: str, *, text: bool = False
    ) -> Job:
        """Return a job within the limits of the service."""
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        limits = self.settings
        return Job(name, content, settings, form, stamp, limits.seconds, limits.max_pages, text)

    async def answers(self, jobs: Sequence[Job]) -> AsyncGenerator[Part, None]:
        """Yield the answers in the order of the jobs.

        The first job is queued at once or refused; the others follow as there is room, so that one long
        request neither fills the queue nor is refused for its length.

        Raises:
            BusyError: when there is no room for the first.
        """
        ahead = max(2, min(self.settings.workers * _AHEAD, self.settings.queue // 2))
        pending: list[asyncio.Future[Answer]] = []
        place = 0
        try:
            while place < len(jobs) or pending:
                while place < len(jobs) and len(pending) < ahead:
                    try:
                        pending.append(self.pool.submit(jobs[place]))
                    except BusyError:
                        if place == 0:
                            raise
                        if pending:
                            break
                        await asyncio.sleep(0.05)
                        continue
                    place += 1
                for part in await pending.pop(0):
                    self.metrics.count(part)
                    yield part
        finally:
            for each in pending:  # the client is gone: what has not begun is not done
                each.cancel()
