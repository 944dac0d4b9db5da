"""Places: where the store lies."""

from __future__ import annotations

import os
from pathlib import Path

from decloak.core.errors import StoreError

__all__ = ["VARIABLE", "needed_path", "store_path"]

VARIABLE = "DECLOAK_KB"


def store_path(chosen: Path | None = None) -> Path | None:
    """Return the store's file, there or not: the chosen one, ``DECLOAK_KB``, or that of the user's data folder.

    None where there is none: an empty ``DECLOAK_KB`` means that no store is wanted.
    """
    if chosen is not None:
        return chosen
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    try:
        home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    except RuntimeError:  # nobody's home
        return None
    return Path(home) / "decloak" / "kb.sqlite"


def needed_path(chosen: Path | None = None) -> Path:
    """Return the store's file; see `store_path`.

    Raises:
        StoreError: when none is wanted, or there is no home for it.
    """
    path = store_path(chosen)
    if path is None:
        message = f"no place for a store: let {VARIABLE} name a file"
        raise StoreError(message)
    return path
