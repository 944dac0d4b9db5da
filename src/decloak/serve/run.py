"""Run: the service under uvicorn, until it is told to end; what was accepted is answered first."""

from __future__ import annotations

import logging

import uvicorn

from decloak.core.errors import SettingsError
from decloak.serve.app import create_app
from decloak.serve.guard import is_loopback
from decloak.serve.logs import configure
from decloak.serve.settings import ServeSettings

__all__ = ["run"]

DRAIN = 60
"""Seconds that requests under way have when the service is told to end."""


def run(settings: ServeSettings, *, quiet: bool = False) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        SettingsError: when it would listen to other machines without tokens.
    """
    if settings.tokens is None and not is_loopback(settings.host):
        message = (
            f"{settings.host}: without tokens the service listens to loopback only; "
            "make a token with `decloak serve-token` and name its file with --tokens"
        )
        raise SettingsError(message)
    configure(logging.WARNING if quiet else logging.INFO)
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=DRAIN,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=32 << 10,
        lifespan="on",
    )
    uvicorn.Server(config).run()
