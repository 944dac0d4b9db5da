"""Suggest: what to say of a name that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["suggest"]


def suggest(kind: str, name: str, known: Iterable[str]) -> str:
    """Return the message for an unknown name, with the nearest known ones."""
    from difflib import get_close_matches  # noqa: PLC0415 - only on an error

    names = list(known)
    near = get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(names)}"
    return f"unknown {kind} {name!r}; {hint}"
