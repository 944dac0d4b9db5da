"""Places: where the store lies."""

from __future__ import annotations

import os
from pathlib import Path

from decloak.core.errors import StoreError

__all__ = ["VARIABLE", "needed_path", "store_path"]

VARIABLE = "DECLOAK_KB"


def store_path() -> Path | None:
    """Return the store's file, there or not: ``DECLOAK_KB``, else the user's data folder; None where there is none.

    An empty ``DECLOAK_KB`` means that no store is wanted.
    """
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    try:
        home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    except RuntimeError:  # nobody's home
        return None
    return Path(home) / "decloak" / "kb.sqlite"


def needed_path() -> Path:
    """Return the store's file.

    Raises:
        StoreError: when none is wanted, or there is no home for it.
    """
    path = store_path()
    if path is None:
        message = f"no place for a store: let {VARIABLE} name a file"
        raise StoreError(message)
    return path
