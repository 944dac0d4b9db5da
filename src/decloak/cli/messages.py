"""Messages: what goes to standard error, one safe line each."""

from __future__ import annotations

import os
import sys
from typing import TextIO

__all__ = ["say", "swallow"]


def say(message: str, name: str | None = None) -> None:
    """Write ``decloak: NAME: message`` to standard error; both may come from an attacker."""
    from decloak.export.sanitise import sanitise  # noqa: PLC0415 - start-up time

    where = f"{sanitise(name)}: " if name is not None else ""
    line = f"decloak: {where}{sanitise(message)}\n"
    encoding = getattr(sys.stderr, "encoding", None) or "ascii"
    try:
        sys.stderr.write(line.encode(encoding, "backslashreplace").decode(encoding))
        sys.stderr.flush()
    except OSError:
        # Nobody reads the messages, or there is no room for them; the results may still have a reader.
        swallow(sys.stderr)


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
