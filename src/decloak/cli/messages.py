"""Messages: what goes to standard error, one safe line each."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TextIO

from decloak.export.sanitise import sanitise

__all__ = ["say", "suggest", "swallow"]


def say(message: str, name: str | None = None) -> None:
    """Write ``decloak: NAME: message`` to standard error; both may come from an attacker."""
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


def suggest(kind: str, name: str, known: Iterable[str]) -> str:
    """Return the message for an unknown name, with the nearest known ones."""
    from difflib import get_close_matches  # noqa: PLC0415 - only on an error

    names = list(known)
    near = get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(names)}"
    return f"unknown {kind} {name!r}; {hint}"
