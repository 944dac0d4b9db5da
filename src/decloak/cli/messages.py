"""Messages: what goes to standard error, one safe line each, as text or as JSON."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TextIO

__all__ = ["LOG", "Level", "LogForm", "detail", "say", "swallow"]

Level = Literal["error", "warning", "info"]


class LogForm(StrEnum):
    """Forms of the messages."""

    text = "text"
    json = "json"


@dataclass(slots=True)
class _Log:
    """How messages are written; set once, by the command line.

    Attributes:
        form: ``text`` or ``json`` (one object per line: time, level, document, message).
        verbose: whether details are told too.
    """

    form: LogForm = LogForm.text
    verbose: bool = False


LOG = _Log()


def say(message: str, name: str | None = None, level: Level = "info") -> None:
    """Write ``decloak: NAME: message`` to standard error; both may come from an attacker."""
    line = _object(message, name, level) if LOG.form == LogForm.json else _text(message, name)
    encoding = getattr(sys.stderr, "encoding", None) or "ascii"
    try:
        sys.stderr.write(line.encode(encoding, "backslashreplace").decode(encoding))
        sys.stderr.flush()
    except OSError:
        # Nobody reads the messages, or there is no room for them; the results may still have a reader.
        swallow(sys.stderr)


def detail(message: str, name: str | None = None) -> None:
    """Say what only those want to know who asked for details."""
    if LOG.verbose:
        say(message, name)


def _text(message: str, name: str | None) -> str:
    from decloak.export.sanitise import sanitise  # noqa: PLC0415 - start-up time

    where = f"{sanitise(name)}: " if name is not None else ""
    return f"decloak: {where}{sanitise(message)}\n"


def _object(message: str, name: str | None, level: Level) -> str:
    from datetime import UTC, datetime  # noqa: PLC0415 - start-up time

    from decloak.export.json_text import dumps  # noqa: PLC0415 - likewise

    time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return dumps({"time": time, "level": level, "document": name, "message": message}) + "\n"


def swallow(stream: TextIO | None) -> None:
    """Point a stream nowhere, so that the interpreter's last flush cannot fail."""
    try:
        descriptor = stream.fileno() if stream is not None else None
    except (OSError, ValueError):
        return
    if descriptor is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
