"""Native: the optional extension, or None where it was not built, is of another revision, or is switched off.

Each function of it has a twin in Python that gives the same answers, which runs in its place.
"""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType

__all__ = ["REVISION", "extension", "name"]

REVISION = 7
"""Of the extension that this source goes with."""


def _load() -> ModuleType | None:
    if os.environ.get("DECLOAK_NATIVE") == "0":
        return None
    try:
        built = import_module("decloak._native")
    except ImportError:
        return None
    return built if built.REVISION == REVISION else None


extension: ModuleType | None = _load()
"""Read as ``native.extension``, so that tests can run both ways in one process."""


def name() -> str:
    """Return which way the hot paths run, for people to read."""
    return "pure Python" if extension is None else "native extension"
