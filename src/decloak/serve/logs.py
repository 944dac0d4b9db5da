"""Logs of the service: one line of JSON each on standard error, without text of documents."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

__all__ = ["configure"]


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        row = {"time": when, "level": record.levelname.lower(), "event": record.getMessage()}
        row |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0] is not None:
            row["error"] = record.exc_info[0].__name__
        return json.dumps(row)


def configure(level: int = logging.INFO) -> None:
    """Send what the service and its server log to standard error as lines of JSON."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Lines())
    for name in ("decloak.serve", "uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(level)
