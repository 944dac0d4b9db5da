"""Observe: every request is counted and logged; never what it holds."""

from __future__ import annotations

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from decloak.serve.guard import RefusedError
from decloak.serve.metrics import Metrics

__all__ = ["Observed"]

LOG = logging.getLogger("decloak.serve")


class Observed:
    """An ASGI middleware: counts and logs.

    Args:
        app: what it watches.
        metrics: where it counts.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on.

        Raises:
            RefusedError: of the guard, which answers.
            Exception: a bug in the middle of an answer, which can only be broken off.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        status, ended = 500, False

        async def noting(message: Message) -> None:
            nonlocal status, ended
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)
            ended = message["type"] == "http.response.body" and not message.get("more_body")

        try:
            await self._app(scope, receive, noting)
        except RefusedError as error:
            status = error.status
            raise
        except Exception as error:
            said = {"path": scope["path"], "error": type(error).__name__}
            LOG.error("bug", extra={"fields": said})  # noqa: TRY400 - a trace may quote a document
            if not ended:
                raise
        finally:
            self._note(scope, status, time.perf_counter() - start)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        path = getattr(scope.get("route"), "path", "unknown")
        self._metrics.requests.labels(path, str(status)).inc()
        self._metrics.latency.labels(path).observe(seconds)
        fields = {
            "method": scope["method"],
            "path": path,
            "status": status,
            "seconds": round(seconds, 4),
        }
        LOG.info("request", extra={"fields": fields})
